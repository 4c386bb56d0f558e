"""What rests on an import and keeps it from being undone: rows that can be opened one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from django.db import connection

from encours.imports.models import FileImport
from encours.parties.ports import MASTER_DATA

Kind = Literal["import", "allocation", "customer", "note"]
RECORDS: Final = ("master", "contacts")
"""Kinds of import that write customers and contacts, and nothing of the ledger."""
SHOWN_MAX: Final = 1_000
# Ledger exports rest on those before them. Electronic invoices stand alone, unless one completed
# or replaced what the other brought. Lists of customers and of contacts rest on each other alone,
# where they say something of the same record.
LATER: Final = """
select 'import', f.id, f.file_name, f.applied_at, null::bigint, null::bigint, ''
from imports_fileimport f
where f.tenant_id = %(tenant)s and f.creditor_id = %(creditor)s and f.state = 'applied'
  and f.applied_at > %(applied_at)s and (
    (f.kind <> all (%(alone)s) and %(kind)s <> all (%(alone)s))
    or exists (
        select from parties_recordchange mine
        join parties_recordchange theirs on theirs.tenant_id = mine.tenant_id
            and theirs.batch_id = f.batch_id and theirs.customer_id = mine.customer_id
        where mine.tenant_id = f.tenant_id and mine.batch_id = %(batch)s and (
            (mine.is_new and mine.contact_id is null)
            or (mine.contact_id is not distinct from theirs.contact_id
                and mine.after ?| array(select jsonb_object_keys(theirs.after)))))
    or exists (
        select from receivables_instalment i
        join receivables_invoice v on v.tenant_id = i.tenant_id and v.id = i.invoice_id
        where i.tenant_id = f.tenant_id and i.batch_id = f.batch_id and i.undone_at is null
          and v.batch_id = %(batch)s)
    or exists (
        select from receivables_invoice v
        where v.tenant_id = f.tenant_id and v.creditor_id = f.creditor_id
          and v.batch_id = %(batch)s and v.undone_by_id = f.batch_id)
    or exists (
        select from receivables_instalment i
        where i.tenant_id = f.tenant_id and i.creditor_id = f.creditor_id
          and i.batch_id = %(batch)s and i.undone_by_id = f.batch_id))
order by f.applied_at desc limit %(most)s
"""
# A record that is no longer as the import left it, or that is new and was used since.
CHANGED_SINCE: Final = """
select distinct 'customer', c.id, c.name, null::timestamptz, null::bigint, c.id, c.name
from parties_recordchange h
join parties_customer c on c.tenant_id = h.tenant_id and c.id = h.customer_id
left join parties_contact t on t.tenant_id = h.tenant_id and t.id = h.contact_id
cross join lateral (select case when h.contact_id is null then to_jsonb(c) else to_jsonb(t) end
    as now) n
where h.tenant_id = %(tenant)s and h.batch_id = %(batch)s
    and exists (select from jsonb_each_text(h.after) a
        where a.value is distinct from n.now ->> a.key)
order by 3, 2 limit %(most)s
"""
USED_SINCE: Final = """
select distinct 'customer', c.id, c.name, null::timestamptz, null::bigint, c.id, c.name
from parties_recordchange h
join parties_customer c on c.tenant_id = h.tenant_id and c.id = h.customer_id
where h.tenant_id = %(tenant)s and h.batch_id = %(batch)s and h.is_new
    and ({used})
order by 3, 2 limit %(most)s
"""
REFERENCES: Final = """
select k.conrelid::regclass::text, k.confrelid::regclass::text, a.attname,
    exists (select from pg_attribute own where own.attrelid = k.conrelid
        and own.attname = 'batch_id' and not own.attisdropped)
from pg_constraint k
cross join lateral unnest(k.conkey, k.confkey) one (mine, theirs)
join pg_attribute a on a.attrelid = k.conrelid and a.attnum = one.mine
join pg_attribute b on b.attrelid = k.confrelid and b.attnum = one.theirs and b.attname = 'id'
where k.contype = 'f' and k.conparentid = 0
    and k.confrelid in ('parties_customer'::regclass, 'parties_contact'::regclass)
    and k.conrelid <> 'parties_recordchange'::regclass
order by 1, 3
"""
SET_BY_HAND: Final = """
select 'allocation', v.id, coalesce(nullif(v.number, ''), nullif(v.piece, ''), v.label),
    a.recorded_at, a.amount_cents, a.customer_id, k.name
from receivables_allocation a
join receivables_instalment i on i.tenant_id = a.tenant_id and i.id = a.instalment_id
join receivables_invoice v on v.tenant_id = i.tenant_id and v.id = i.invoice_id
join parties_customer k on k.tenant_id = a.tenant_id and k.id = a.customer_id
left join receivables_credit c on c.tenant_id = a.tenant_id and c.id = a.credit_id
where a.tenant_id = %(tenant)s and a.creditor_id = %(creditor)s and a.undone_at is null
    and a.batch_id is distinct from %(batch)s
    and (i.batch_id = %(batch)s or c.batch_id = %(batch)s)
order by 3, a.id limit %(most)s
"""


BILLED: Final = """
select distinct 'note', n.invoice_id, n.number, n.recorded_at,
    n.interest_cents + n.indemnity_cents, k.id, k.name
from receivables_penaltypart p
join receivables_invoice v on v.tenant_id = p.tenant_id and v.id = p.invoice_id
join receivables_penaltynote n on n.tenant_id = p.tenant_id and n.id = p.note_id
join parties_customer k on k.tenant_id = n.tenant_id and k.id = n.customer_id
where p.tenant_id = %(tenant)s and p.creditor_id = %(creditor)s and p.released_on is null
    and v.batch_id = %(batch)s and v.undone_at is null
order by 3 limit %(most)s
"""


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing to undo first: a later import, an allocation of an invoice (`id` is its).

    Or a customer whose record changed, or was used, since; or a note of penalties on an invoice.
    """

    kind: Kind
    id: int
    name: str
    since: datetime | None
    amount_cents: int | None
    customer_id: int | None
    customer_name: str


@dataclass(frozen=True, slots=True)
class Undoing:
    """An import that could be undone, and what is in the way."""

    import_id: int
    file_name: str
    last_on: date | None
    blockers: tuple[Blocker, ...]


def blockers(row: FileImport) -> tuple[Blocker, ...]:
    """Return what must be undone before this import, later imports first."""
    params = {
        "tenant": row.tenant_id,
        "creditor": row.creditor_id,
        "applied_at": row.applied_at,
        "kind": row.kind,
        "batch": row.batch_id,
        "most": SHOWN_MAX,
        "alone": ["einvoice", "numbers", *RECORDS],
    }
    found: list[Blocker] = []
    with connection.cursor() as cursor:
        asked = [LATER, SET_BY_HAND, BILLED]
        if row.kind in RECORDS:
            asked += [CHANGED_SINCE, USED_SINCE.format(used=_used(cursor))]
        for query in asked:
            cursor.execute(query, params)
            found += [Blocker(*values) for values in cursor.fetchall()]
    if row.kind in RECORDS:
        found += _kept_elsewhere(row)
    return tuple(dict.fromkeys(found))


def _kept_elsewhere(row: FileImport) -> list[Blocker]:
    """Return the later imports that changed limits or mandates that this one said."""
    assert row.batch_id is not None
    batches = {
        batch_id
        for code in MASTER_DATA
        for batch_id in MASTER_DATA[code].rests_on(tenant_id=row.tenant_id, batch_id=row.batch_id)
    }
    later = FileImport.objects.of(row.tenant_id).filter(batch_id__in=batches, state="applied")
    return [
        Blocker("import", one.pk, one.file_name, one.applied_at, None, None, "")
        for one in later.exclude(pk=row.pk).order_by("-applied_at")
    ]


def _used(cursor: Any) -> str:
    """Return the condition that some table names a new record: whatever package owns it."""
    cursor.execute(REFERENCES)
    said = []
    kept = {MASTER_DATA[code].table for code in MASTER_DATA}
    for table, parent, column, has_batch in cursor.fetchall():
        mine = "h.customer_id" if parent == "parties_customer" else "h.contact_id"
        only = "h.contact_id is null" if parent == "parties_customer" else "true"
        # what the import itself added goes with it: contacts, limits, mandates
        ours = " and r.batch_id is distinct from h.batch_id" if has_batch else ""
        ours += " and r.undone_at is null" if table in kept else ""
        said.append(
            f"({only} and exists (select from {table} r where r.tenant_id = h.tenant_id"
            f" and r.{column} = {mine}{ours}))"
        )
    return " or ".join(said) or "false"


def undoing(*, tenant_id: int, import_id: int) -> Undoing | None:
    """Return what undoing an import would meet; None unless it is applied."""
    row = FileImport.objects.of(tenant_id).filter(pk=import_id, state="applied").first()
    if row is None or row.batch_id is None:
        return None
    return Undoing(row.pk, row.file_name, row.last_on, blockers(row))
