"""Documents that a program sends by rows: compared, then written as an import writes (COPY).

What is there already and unchanged stays; what changed takes the place of the former, which stays
dated. All of it is one act, kept in the history of imports and undone as a file is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

import polars as pl
from django.db import connection, transaction

from encours.imports.actions import due_dates
from encours.imports.actions.keeping import NO_CONTROL, NO_COUNTS, Kept, issues_kept
from encours.imports.rules.rows import KNOWN, ROWS, Sorted, sort_rows
from encours.kernel.issue import Issue
from encours.parties import bulk as parties
from encours.parties.models import Batch
from encours.receivables.actions import bulk, portfolios
from encours.receivables.actions.bulk import Rows
from encours.tenancy import journal
from encours.tenancy.frames import read_frame, stage_frame
from encours.tenancy.models import Creditor

KIND: Final = "api"
ANALYZE_FROM: Final = 1_000
NAMES: Final = {"invoice": "factures", "payment": "règlements", "credit_note": "avoirs"}
COUNTED: Final = {"invoice": "invoices", "payment": "payments", "credit_note": "credit_notes"}
INVOICES: Final = """
select i.id, i.key, i.number, i.customer_id, i.kind, i.issued_on, i.currency, i.amount_cents,
    i.net_cents, i.vat_cents, i.label,
    (select string_agg(l.due_on::text || ':' || l.amount_cents, '|' order by l.position, l.id)
     from receivables_instalment l
     where l.tenant_id = i.tenant_id and l.invoice_id = i.id and l.undone_at is null),
    exists (select from receivables_instalment l
        join receivables_allocation a on a.tenant_id = l.tenant_id and a.instalment_id = l.id
        where l.tenant_id = i.tenant_id and l.invoice_id = i.id and l.undone_at is null
            and a.undone_at is null)
from receivables_invoice i
where i.tenant_id = %(tenant)s and i.creditor_id = %(creditor)s and i.undone_at is null
    and (i.key in (select key from stage_sent)
        or i.number in (select number from stage_sent where number <> ''))
"""
CREDITS: Final = """
select c.id, c.key, c.number,
    c.customer_id, c.kind, c.received_on, c.currency, c.amount_cents, c.net_cents, c.vat_cents,
    c.label, null::text,
    exists (select from receivables_allocation a
        where a.tenant_id = c.tenant_id and a.credit_id = c.id and a.undone_at is null)
from receivables_credit c
where c.tenant_id = %(tenant)s and c.creditor_id = %(creditor)s and c.undone_at is null
    and (c.key in (select key from stage_sent)
        or (c.kind = 'credit_note' and %(by_number)s
            and c.number in (select number from stage_sent where number <> '')))
"""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a program sent: its digest and size, as those of a file."""

    name: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class RowsOutcome:
    """What a call did, or why it did nothing."""

    applied: bool
    import_id: int | None
    created: int
    updated: int
    unchanged: int
    issues: tuple[Issue, ...]


@transaction.atomic
def upsert_documents(
    rows: pl.DataFrame,
    *,
    tenant_id: int,
    creditor_id: int,
    kind: str,
    sent: Sent,
    issues: Sequence[Issue] = (),
    accept_rest: bool = False,
    actor_id: int | None = None,
    today: date,
) -> RowsOutcome:
    """Bring in rows (`rules.rows.ROWS`) of invoices, payments or credit notes.

    `issues` is what was wrong already in rows left out. With any error nothing is written, unless
    the rest is accepted.
    """
    assert kind in NAMES, kind
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtext('encours.import'), %s)", [creditor_id]
        )
    creditor = Creditor.objects.of(tenant_id).get(pk=creditor_id)
    owner = {"tenant_id": tenant_id, "creditor_id": creditor_id}
    rows = rows.with_columns(pl.col("currency").fill_null(creditor.currency))
    known = _known(rows, kind, owner)
    found = sort_rows(rows.select(ROWS.keys()), parties.customer_ids(**owner), known)
    every = (*issues, *found.issues)
    counts = {"created": found.fresh.height, "updated": found.changed.height}
    if every and not accept_rest:
        return RowsOutcome(
            applied=False, import_id=None, created=0, updated=0, unchanged=0, issues=every
        )
    if not any(counts.values()):
        return RowsOutcome(
            applied=False, import_id=None, **counts, unchanged=found.unchanged, issues=every
        )
    batch = Batch.objects.create(**owner, kind=KIND, author_id=actor_id)
    _write(found, kind, owner, batch.pk)
    shown = {**NO_COUNTS, COUNTED[kind]: sum(counts.values()), "withdrawn": counts["updated"]}
    kept = issues_kept(every) | {"accepted_rest": accept_rest, "counts": shown, "batch": batch}
    import_id = _keep(sent, creditor, actor_id, kept, today)
    return RowsOutcome(
        applied=True, import_id=import_id, **counts, unchanged=found.unchanged, issues=every
    )


def _keep(
    sent: Sent, creditor: Creditor, actor_id: int | None, kept: dict[str, Any], today: date
) -> int:
    """Write the call in the history of imports and in the journal."""
    import_id = Kept(None, KIND, actor_id).write(
        sent,
        creditor,
        state="applied",
        control=dict(NO_CONTROL),
        progress=100,
        applied_at=datetime.now(UTC),
        **kept,
    )
    journal.record(
        "import.applied",
        tenant_id=creditor.tenant_id,
        subject=("import", import_id),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=creditor.pk,
        data={"sha256": sent.sha256, "counts": kept["counts"]},
    )
    portfolios.apply_rules(
        tenant_id=creditor.tenant_id,
        creditor_ids=(creditor.pk,),
        only_new=True,
        actor_id=actor_id,
        today=today,
    )
    return import_id


def _known(rows: pl.DataFrame, kind: str, owner: dict[str, int]) -> pl.DataFrame:
    """Read the live documents that rows may be, by their key or their number."""
    stage_frame("stage_sent", rows.select("key", "number"))
    params: dict[str, Any] = {"tenant": owner["tenant_id"], "creditor": owner["creditor_id"]}
    query = INVOICES if kind == "invoice" else CREDITS
    found = read_frame(query, {**params, "by_number": kind == "credit_note"}, schema=KNOWN)
    with connection.cursor() as cursor:
        cursor.execute("drop table stage_sent")
    if kind == "payment":  # two payments may bear one number
        found = found.with_columns(number=pl.col("number").fill_null(""))
        return found.filter(pl.col("key").is_in(rows["key"].implode()))
    return found


def _write(found: Sorted, kind: str, owner: dict[str, int], batch_id: int) -> None:
    table = "invoice" if kind == "invoice" else "credit"
    columns = pl.concat([found.fresh, found.changed], how="vertical")
    heads = columns.with_columns(
        bulk.new_ids(table, columns.height).alias("id"),
        *(pl.lit("").alias(name) for name in ("journal", "entry_number", "piece")),
        pl.lit(None, pl.Date).alias("entry_on"),
    ).rename({"on": "issued_on" if table == "invoice" else "received_on"})
    former = found.changed["known_id"]
    if table == "invoice":
        _withdraw_lines(former, owner["tenant_id"], batch_id)
    bulk.withdraw(tenant_id=owner["tenant_id"], table=table, ids=former, batch_id=batch_id)
    written = [Rows(table, heads)]
    if table == "invoice":
        written.append(Rows("instalment", _lines(heads, owner)))
    bulk.write(batch_id=batch_id, rows=written, **owner)
    if heads.height >= ANALYZE_FROM:
        bulk.refresh_statistics()


def _withdraw_lines(invoice_ids: pl.Series, tenant_id: int, batch_id: int) -> None:
    if invoice_ids.is_empty():
        return
    lines = read_frame(
        "select id from receivables_instalment where tenant_id = %(tenant)s"
        " and undone_at is null and invoice_id = any(%(ids)s)",
        {"tenant": tenant_id, "ids": invoice_ids.to_list()},
        schema={"id": pl.Int64},
    )
    bulk.withdraw(tenant_id=tenant_id, table="instalment", ids=lines["id"], batch_id=batch_id)


def _lines(heads: pl.DataFrame, owner: dict[str, int]) -> pl.DataFrame:
    """Return the due lines of invoices: as sent, else by the terms of each customer."""
    pieces = heads.select(
        "key", "kind", "customer_id", "issued_on", "currency", "amount_cents",
        pl.col("due").str.split("|"), invoice_id="id",
    ).explode("due")  # fmt: skip
    parts = pl.col("due").str.split(":")
    rows = pieces.with_columns(
        due_on=parts.list.get(0).str.to_date(),
        amount_cents=pl.coalesce(parts.list.get(1).cast(pl.Int64), "amount_cents"),
        position=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("key"),
        invoice_is_fresh=pl.lit(value=True),
    )
    termed = due_dates.with_terms(rows, **owner)
    return termed.with_columns(
        bulk.new_ids("instalment", termed.height).alias("id"),
        lineage_id=pl.lit(None, pl.Int64),
    )
