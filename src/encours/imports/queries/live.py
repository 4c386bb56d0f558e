"""What the ledger holds of a creditor's exports, as frames: the other side of each difference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl
from django.db import connection

from encours.tenancy.frames import read_frame, stage_frame

LIVE: Final = """
t.tenant_id = %(tenant)s and t.creditor_id = %(creditor)s and t.undone_at is null
  and t.batch_id is distinct from %(batch)s
"""
EXPORTS: Final = """
select id from parties_batch
where tenant_id = %(tenant)s and creditor_id = %(creditor)s and kind in ('fec', 'table')
  and undone_at is null and id <> %(batch)s
"""
"""What an export of the accounts takes the place of: earlier ones, and tables of the same."""
EINVOICES: Final = """
select id from parties_batch
where tenant_id = %(tenant)s and creditor_id = %(creditor)s
  and kind in ('einvoice', 'penalty_note', 'discount')
"""
"""What an export takes as its own where it names it: e-invoices, notes of penalties issued here,
discounts granted here."""
FROM_EXPORTS: Final = f"{LIVE} and t.batch_id in ({EXPORTS})"
ASKED: Final = "t.customer_id in (select customer_id from stage_asked)"
OF_LINE: Final = """
t.instalment_id in (select i.id from receivables_instalment i
                    where i.tenant_id = %(tenant)s and i.customer_id in (
                        select customer_id from stage_asked))
"""
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
RECLASSIFICATION: Final = {"instalment_id": pl.Int64, "state": pl.String, "from_on": pl.Date}
PROPOSAL: Final = {
    "id": pl.Int64,
    "credit_id": pl.Int64,
    "instalment_id": pl.Int64,
    "amount_cents": pl.Int64,
}
SALES: Final = {
    "id": pl.Int64,
    "month": pl.Date,
    "net_cents": pl.Int64,
    "vat_cents": pl.Int64,
    "cash_cents": pl.Int64,
}
DUE_LINES: Final = """
select t.id, coalesce(t.lineage_id, t.id), t.invoice_id, v.key, t.position, t.due_on,
    t.amount_cents, t.customer_id, t.issued_on, t.currency, t.due_source
from receivables_instalment t
join receivables_invoice v on v.tenant_id = t.tenant_id and v.id = t.invoice_id
where {live} and v.batch_id in ({batches})
"""
"""Due lines of invoices of some batches, whoever wrote them: e-invoices may have said dates."""
QUERIES: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "invoices": (
        f"""select id, key, customer_id, amount_cents, issued_on, entry_on, number
        from receivables_invoice t where {FROM_EXPORTS} and {ASKED}""",
        DOCUMENT,
    ),
    "credits": (
        f"""select id, key, customer_id, amount_cents, received_on, entry_on, number
        from receivables_credit t where {FROM_EXPORTS} and {ASKED}""",
        DOCUMENT,
    ),
    "instalments": (
        f"{DUE_LINES.format(live=LIVE, batches=EXPORTS)} and {ASKED}",
        INSTALMENT,
    ),
    "allocations": (
        f"""select t.id, t.credit_id, t.instalment_id, t.amount_cents, t.effective_on, t.letter,
            coalesce(b.kind = 'fec', false), t.origin
        from receivables_allocation t
        left join parties_batch b on b.tenant_id = t.tenant_id and b.id = t.batch_id
        where {LIVE} and ({ASKED} or t.payer_id in (select customer_id from stage_asked))""",
        ALLOCATION,
    ),
    "reclassifications": (
        f"""select instalment_id, state, from_on from receivables_reclassification t
        where {FROM_EXPORTS} and {OF_LINE}""",
        RECLASSIFICATION,
    ),
    "proposals": (
        f"""select id, credit_id, instalment_id, amount_cents
        from receivables_proposedallocation t
        where decided_at is null and {FROM_EXPORTS} and {OF_LINE}""",
        PROPOSAL,
    ),
}


@dataclass(frozen=True, slots=True)
class Live:
    """Live rows of some customers that came from exports, and all their live allocations."""

    invoices: pl.DataFrame
    credits: pl.DataFrame
    instalments: pl.DataFrame
    allocations: pl.DataFrame
    reclassifications: pl.DataFrame
    proposals: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Entered:
    """The live documents that electronic invoices brought, and their due lines."""

    invoices: pl.DataFrame
    credits: pl.DataFrame
    instalments: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Before:
    """A creditor's ledger as other imports than `batch_id` left it."""

    tenant_id: int
    creditor_id: int
    batch_id: int

    def holds_exports(self) -> bool:
        """Say whether an earlier export is in the ledger; else there is nothing to compare."""
        with connection.cursor() as cursor:
            cursor.execute(f"select exists({EXPORTS})", self._asked)
            return bool(cursor.fetchone()[0])

    def of(self, customers: pl.DataFrame) -> Live:
        """Read what it holds of some customers (customer_id)."""
        stage_frame("stage_asked", customers.select("customer_id"))
        frames = {
            name: read_frame(query, self._asked, schema=schema)
            for name, (query, schema) in QUERIES.items()
        }
        with connection.cursor() as cursor:
            cursor.execute("drop table stage_asked")
        return Live(**frames)

    def entered(self) -> Entered:
        """Read all that e-invoices brought; `entry_on` is null, since no accounts said it."""
        columns = "id, key, customer_id, amount_cents, {day}, null::date, number, currency"
        invoices, credits_ = (
            read_frame(
                f"select {columns.format(day=day)} from receivables_{table} t"
                f" where {LIVE} and t.batch_id in ({EINVOICES})",
                self._asked,
                schema={**DOCUMENT, "currency": pl.String},
            )
            for table, day in (("invoice", "issued_on"), ("credit", "received_on"))
        )
        lines = DUE_LINES.format(live=LIVE, batches=EINVOICES)
        return Entered(invoices, credits_, read_frame(lines, self._asked, schema=INSTALMENT))

    def sales(self) -> pl.DataFrame:
        """Read the sales by month that exports told."""
        query = (
            "select id, month, net_cents, vat_cents, cash_cents from receivables_salesmonth t"
            f" where {FROM_EXPORTS}"
        )
        return read_frame(query, self._asked, schema=SALES)

    @property
    def _asked(self) -> dict[str, Any]:
        return {"tenant": self.tenant_id, "creditor": self.creditor_id, "batch": self.batch_id}


def nothing_live() -> Live:
    """Return what a ledger without any earlier export holds."""
    return Live(**{name: pl.DataFrame(schema=schema) for name, (_, schema) in QUERIES.items()})


DEPOSIT: Final = "|A"
"""How the key of a deposit ends that an e-invoice says was paid before."""


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
