"""What rests on an import and keeps it from being undone: rows that can be opened one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from django.db import connection

from encours.imports.models import FileImport

Kind = Literal["import", "allocation"]
SHOWN_MAX: Final = 1_000
# Ledger exports rest on those before them. Electronic invoices stand alone, unless one completed
# or replaced what the other brought.
LATER: Final = """
select 'import', f.id, f.file_name, f.applied_at, null::bigint, null::bigint, ''
from imports_fileimport f
where f.tenant_id = %(tenant)s and f.creditor_id = %(creditor)s and f.state = 'applied'
  and f.applied_at > %(applied_at)s and (
    (f.kind <> 'einvoice' and %(kind)s <> 'einvoice')
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


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing to undo first: a later import, or an allocation of an invoice (`id` is its)."""

    kind: Kind
    id: int
    name: str
    since: datetime
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
    }
    found: list[Blocker] = []
    with connection.cursor() as cursor:
        for query in (LATER, SET_BY_HAND):
            cursor.execute(query, params)
            found += [Blocker(*values) for values in cursor.fetchall()]
    return tuple(found)


def undoing(*, tenant_id: int, import_id: int) -> Undoing | None:
    """Return what undoing an import would meet; None unless it is applied."""
    row = FileImport.objects.of(tenant_id).filter(pk=import_id, state="applied").first()
    if row is None or row.batch_id is None:
        return None
    return Undoing(row.pk, row.file_name, row.last_on, blockers(row))
