"""What the ledger holds of a creditor's exports, as frames: the other side of each difference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from encours.tenancy.frames import read_frame

FROM_EXPORTS: Final = """
t.tenant_id = %(tenant)s and t.creditor_id = %(creditor)s and t.undone_at is null
  and t.batch_id in (select id from parties_batch
                     where tenant_id = %(tenant)s and creditor_id = %(creditor)s and kind = 'fec')
"""
DUE_LINES: Final = """
select t.id, coalesce(t.lineage_id, t.id), t.invoice_id, v.key, t.position, t.due_on,
    t.amount_cents, t.customer_id, t.issued_on, t.currency, t.due_source
from receivables_instalment t
join receivables_invoice v on v.tenant_id = t.tenant_id and v.id = t.invoice_id
where t.tenant_id = %(tenant)s and t.creditor_id = %(creditor)s and t.undone_at is null
  and v.batch_id in (select id from parties_batch
                     where tenant_id = %(tenant)s and creditor_id = %(creditor)s and kind = 'fec')
"""
"""Due lines of exported invoices, whoever wrote them: an e-invoice may have said their dates."""
DOCUMENT: Final = {
    "id": pl.Int64,
    "key": pl.String,
    "customer_id": pl.Int64,
    "amount_cents": pl.Int64,
    "issued_on": pl.Date,
    "entry_on": pl.Date,
    "number": pl.String,
}
INSTALMENT: Final = {
    "id": pl.Int64,
    "lineage_id": pl.Int64,
    "invoice_id": pl.Int64,
    "claim_key": pl.String,
    "position": pl.Int16,
    "due_on": pl.Date,
    "amount_cents": pl.Int64,
    "customer_id": pl.Int64,
    "issued_on": pl.Date,
    "currency": pl.String,
    "due_source": pl.String,
}
ALLOCATION: Final = {
    "id": pl.Int64,
    "credit_id": pl.Int64,
    "instalment_id": pl.Int64,
    "amount_cents": pl.Int64,
    "effective_on": pl.Date,
    "letter": pl.String,
    "from_export": pl.Boolean,
    "origin": pl.String,
}


@dataclass(frozen=True, slots=True)
class Live:
    """The creditor's live rows that came from exports, and every live allocation."""

    invoices: pl.DataFrame
    credits: pl.DataFrame
    instalments: pl.DataFrame
    allocations: pl.DataFrame
    reclassifications: pl.DataFrame
    proposals: pl.DataFrame
    sales: pl.DataFrame


def live(*, tenant_id: int, creditor_id: int) -> Live:
    """Read them all; a creditor without any earlier export costs nothing."""
    params = {"tenant": tenant_id, "creditor": creditor_id}

    def rows(query: str, schema: dict[str, Any]) -> pl.DataFrame:
        return read_frame(query, params, schema=schema)

    return Live(
        invoices=rows(
            "select id, key, customer_id, amount_cents, issued_on, entry_on, number"
            f" from receivables_invoice t where {FROM_EXPORTS}",
            DOCUMENT,
        ),
        credits=rows(
            "select id, key, customer_id, amount_cents, received_on, entry_on, number"
            f" from receivables_credit t where {FROM_EXPORTS}",
            DOCUMENT,
        ),
        instalments=rows(DUE_LINES, INSTALMENT),
        allocations=rows(
            "select t.id, t.credit_id, t.instalment_id, t.amount_cents, t.effective_on, t.letter,"
            " b.kind = 'fec', t.origin from receivables_allocation t"
            " left join parties_batch b on b.tenant_id = t.tenant_id and b.id = t.batch_id"
            " where t.tenant_id = %(tenant)s and t.creditor_id = %(creditor)s"
            " and t.undone_at is null",
            ALLOCATION,
        ).with_columns(pl.col("from_export").fill_null(value=False)),
        reclassifications=rows(
            "select instalment_id, state, from_on from receivables_reclassification t"
            f" where {FROM_EXPORTS}",
            {"instalment_id": pl.Int64, "state": pl.String, "from_on": pl.Date},
        ),
        proposals=rows(
            "select id, credit_id, instalment_id, amount_cents from receivables_proposedallocation"
            f" t where decided_at is null and {FROM_EXPORTS}",
            {
                "id": pl.Int64,
                "credit_id": pl.Int64,
                "instalment_id": pl.Int64,
                "amount_cents": pl.Int64,
            },
        ),
        sales=rows(
            "select id, month, net_cents, vat_cents, cash_cents from receivables_salesmonth t"
            f" where {FROM_EXPORTS}",
            {
                "id": pl.Int64,
                "month": pl.Date,
                "net_cents": pl.Int64,
                "vat_cents": pl.Int64,
                "cash_cents": pl.Int64,
            },
        ),
    )


DEPOSIT: Final = "|A"
"""How the key of a deposit ends that an e-invoice says was paid before."""
ENTERED: Final = """
t.tenant_id = %(tenant)s and t.creditor_id = %(creditor)s and t.undone_at is null
  and t.batch_id in (select id from parties_batch
                     where tenant_id = %(tenant)s and creditor_id = %(creditor)s
                       and kind = 'einvoice')
"""


@dataclass(frozen=True, slots=True)
class Entered:
    """The live documents that electronic invoices brought, and their due lines."""

    invoices: pl.DataFrame
    credits: pl.DataFrame
    instalments: pl.DataFrame


def entered(*, tenant_id: int, creditor_id: int) -> Entered:
    """Read them all; `entry_on` is null, since no accounts said it."""
    params = {"tenant": tenant_id, "creditor": creditor_id}
    schema = {**DOCUMENT, "currency": pl.String}
    columns = "id, key, customer_id, amount_cents, {day}, null::date, number, currency"
    documents = [
        read_frame(
            f"select {columns.format(day=day)} from receivables_{table} t where {ENTERED}",
            params,
            schema=schema,
        )
        for table, day in (("invoice", "issued_on"), ("credit", "received_on"))
    ]
    of_entered = DUE_LINES.replace("kind = 'fec'", "kind = 'einvoice'")
    lines = read_frame(of_entered, params, schema=INSTALMENT)
    return Entered(documents[0], documents[1], lines)


NET: Final = """
select customer_id, sum(cents)::bigint from (
    select i.customer_id, i.amount_cents as cents, coalesce(v.entry_on, i.issued_on) as moved_on
    from receivables_instalment i
    join receivables_invoice v on v.tenant_id = i.tenant_id and v.id = i.invoice_id
    where i.tenant_id = %(tenant)s and i.creditor_id = %(creditor)s and i.undone_at is null
    union all
    select customer_id, -amount_cents, coalesce(entry_on, received_on) from receivables_credit
    where tenant_id = %(tenant)s and creditor_id = %(creditor)s and undone_at is null
) moves
where moved_on between coalesce(%(since)s::date, '-infinity') and %(on)s group by 1
"""


def net_by_customer(
    *, tenant_id: int, creditor_id: int, on: date, since: date | None = None
) -> pl.DataFrame:
    """Return what each customer owes at the end of a day, by the entries' dates.

    With `since`, only what moved from that day on.
    """
    return read_frame(
        NET,
        {"tenant": tenant_id, "creditor": creditor_id, "on": on, "since": since},
        schema={"customer_id": pl.Int64, "ledger_cents": pl.Int64},
    )
