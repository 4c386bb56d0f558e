"""Open items: the due lines that are still owed, and the credits that settle nothing yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from encours.receivables.queries.ageing import decimals
from encours.receivables.queries.moment import Moment, live
from encours.receivables.rules.ageing import AgeBy
from encours.tenancy.frames import read_frame

LINES: Final = """
with allocated as (
    select a.instalment_id, sum(a.amount_cents)::bigint as cents, max(a.effective_on) as last_on
    from receivables_allocation a
    where live(a) and a.effective_on <= %(as_of)s and of_lines(a)
    group by a.instalment_id
), stated as (
    select distinct on (r.instalment_id) r.instalment_id, r.state
    from receivables_reclassification r
    where known(r) and r.from_on <= %(as_of)s and of_lines(r)
    order by r.instalment_id, r.from_on desc, r.id desc
)
select l.id, l.invoice_id, l.creditor_id, customer.id, customer.code, customer.name,
    i.kind, i.number, coalesce(nullif(i.number, ''), nullif(i.piece, ''), i.label),
    i.label, l.issued_on, l.due_on, l.due_source, l.currency, l.amount_cents,
    l.amount_cents - coalesce(allocated.cents, 0), allocated.last_on,
    coalesce(stated.state, 'ordinary')
from receivables_instalment l
join receivables_invoice i on i.tenant_id = %(tenant_id)s and i.id = l.invoice_id
left join faces() face on face.customer_id = l.customer_id
join parties_customer customer on customer.tenant_id = %(tenant_id)s
    and customer.id = case when face.face_id is null then l.customer_id else face.face_id end
left join allocated on allocated.instalment_id = l.id
left join stated on stated.instalment_id = l.id
where live(l) and l.issued_on <= %(as_of)s and {days}
    and (%(with_settled)s or l.amount_cents > coalesce(allocated.cents, 0))
    and of_customer(l)
    and own(customer)
order by customer.code, customer.id, l.due_on, l.issued_on, l.id
"""
LINE_SCHEMA: Final = {
    "line_id": pl.Int64,
    "invoice_id": pl.Int64,
    "creditor_id": pl.Int64,
    "customer_id": pl.Int64,
    "customer": pl.String,
    "customer_name": pl.String,
    "kind": pl.String,
    "number": pl.String,
    "document": pl.String,
    "label": pl.String,
    "issued_on": pl.Date,
    "due_on": pl.Date,
    "due_source": pl.String,
    "currency": pl.String,
    "amount_cents": pl.Int64,
    "open_cents": pl.Int64,
    "last_allocated_on": pl.Date,
    "state": pl.String,
}
CREDITS: Final = """
with used as (
    select a.credit_id, sum(a.amount_cents)::bigint as cents
    from receivables_allocation a
    where live(a) and a.effective_on <= %(as_of)s and of_credits(a)
    group by a.credit_id
)
select c.id, c.creditor_id, customer.id, customer.code, customer.name, c.kind, c.number,
    coalesce(nullif(c.number, ''), nullif(c.piece, ''), c.label), c.label, c.received_on,
    c.currency, c.amount_cents, c.amount_cents - coalesce(used.cents, 0)
from receivables_credit c
left join faces() face on face.customer_id = c.customer_id
join parties_customer customer on customer.tenant_id = %(tenant_id)s
    and customer.id = case when face.face_id is null then c.customer_id else face.face_id end
left join used on used.credit_id = c.id
where live(c) and c.received_on <= %(as_of)s
    and (%(with_settled)s or c.amount_cents > coalesce(used.cents, 0))
    and of_customer(c)
    and own(customer)
order by customer.code, customer.id, c.received_on, c.id
"""
CREDIT_SCHEMA: Final = {
    "credit_id": pl.Int64,
    "creditor_id": pl.Int64,
    "customer_id": pl.Int64,
    "customer": pl.String,
    "customer_name": pl.String,
    "kind": pl.String,
    "number": pl.String,
    "document": pl.String,
    "label": pl.String,
    "received_on": pl.Date,
    "currency": pl.String,
    "amount_cents": pl.Int64,
    "open_cents": pl.Int64,
}


@dataclass(frozen=True, slots=True)
class Days:
    """The due lines of some days only: by due date or date of issue, both ends included."""

    by: AgeBy = AgeBy.DUE
    first_on: date | None = None
    last_on: date | None = None


ALL_DAYS: Final = Days()
COLUMNS: Final = {AgeBy.DUE: "l.due_on", AgeBy.ISSUED: "l.issued_on"}


def open_items(
    moment: Moment, *, with_settled: bool = False, days: Days = ALL_DAYS
) -> pl.DataFrame:
    """Return the due lines with something open on the day, by customer then due date.

    Columns: `LINE_SCHEMA` and `status` (open, partial, paid), amounts in cents; `state` is where
    the line stands in the accounts (ordinary, bill, doubtful).
    """
    params = {"with_settled": with_settled, "first_on": days.first_on, "last_on": days.last_on}
    rows = read_frame(
        live(LINES.replace("{days}", within(days)), moment),
        moment.params() | params,
        schema=LINE_SCHEMA,
    )
    return rows.with_columns(
        pl.when(pl.col("open_cents") <= 0)
        .then(pl.lit("paid"))
        .when(pl.col("open_cents") < pl.col("amount_cents"))
        .then(pl.lit("partial"))
        .otherwise(pl.lit("open"))
        .alias("status")
    )


def within(days: Days) -> str:
    """Return the condition on a due line `l`; reads `%(first_on)s` and `%(last_on)s`."""
    day = COLUMNS[days.by]
    return (
        f"(%(first_on)s::date is null or {day} >= %(first_on)s)"
        f" and (%(last_on)s::date is null or {day} <= %(last_on)s)"
    )


def unallocated_credits(moment: Moment, *, with_settled: bool = False) -> pl.DataFrame:
    """Return the credits of which something settles nothing yet; `open_cents` is that, positive."""
    return read_frame(
        live(CREDITS, moment),
        moment.params() | {"with_settled": with_settled},
        schema=CREDIT_SCHEMA,
    )


def items_json(items: pl.DataFrame) -> str:
    """Return the JSON of `open-items` (design.md, part 5), written by columns."""
    shown = items.select(
        "customer",
        "document",
        "kind",
        pl.col("issued_on").cast(pl.String),
        pl.col("due_on").cast(pl.String),
        "due_source",
        decimals(pl.col("amount_cents")).alias("amount"),
        decimals(pl.col("open_cents")).alias("open"),
        "status",
    )
    return shown.write_json()
