"""The lines behind a number of the aged balance: what adds up to it, and nothing else."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from typing import Final

import polars as pl

from encours.receivables.queries.ageing import GroupBy
from encours.receivables.queries.items import Days, open_items, unallocated_credits
from encours.receivables.queries.moment import Moment
from encours.receivables.rules.ageing import STANDARD, AgeBy, Buckets
from encours.tenancy.frames import read_frame

OWNERS: Final = """
select c.id, coalesce(c.parent_id, c.id), c.salesperson_id from parties_customer c
where c.tenant_id = %(tenant_id)s
"""
OWNER_SCHEMA: Final = {"customer_id": pl.Int64, "group_id": pl.Int64, "salesperson_id": pl.Int64}
KEYS: Final = {
    GroupBy.CUSTOMER: "customer_id",
    GroupBy.GROUP: "group_id",
    GroupBy.SALESPERSON: "salesperson_id",
    GroupBy.CREDITOR: "creditor_id",
}
SHOWN: Final = (
    "invoice_id", "customer_id", "customer_name", "document", "kind", "issued_on", "due_on",
    "days_late", "amount_cents", "open_cents", "currency",
)  # fmt: skip


def lines(
    moment: Moment,
    *,
    bucket: str = "open",
    by: AgeBy = AgeBy.DUE,
    of: GroupBy | None = None,
    key: int | None = None,
    buckets: Buckets = STANDARD,
    customers: Collection[int] | None = None,
) -> pl.DataFrame:
    """Return the open lines of a bucket, of `open` (all), `overdue`, or `unallocated` (credits).

    `of` and `key` keep those of one customer, group, salesperson (key None: nobody's) or creditor;
    `customers` those of some customers, whoever they are.
    """
    if of is GroupBy.CUSTOMER:
        moment = replace(moment, customer_id=key)
    found = _credits(moment) if bucket == "unallocated" else _debits(moment, bucket, by, buckets)
    if of in (GroupBy.GROUP, GroupBy.SALESPERSON):
        owners = read_frame(OWNERS, moment.params(), schema=OWNER_SCHEMA)
        found = found.join(owners, on="customer_id", how="left")
    if of in KEYS and of is not None:
        column = pl.col(KEYS[of])
        found = found.filter(column.is_null() if key is None else column == key)
    if customers is not None:
        found = found.filter(pl.col("customer_id").is_in(list(customers)))
    return found.select(SHOWN)


def _debits(moment: Moment, bucket: str, by: AgeBy, buckets: Buckets) -> pl.DataFrame:
    days = Days(by)
    if bucket == "overdue":
        days = replace(days, last_on=moment.as_of - timedelta(days=1))
    elif bucket in buckets.names:
        place = buckets.names.index(bucket)
        if place > 0:
            last_on = moment.as_of - timedelta(days=buckets.bounds[place - 1] + 1)
            days = replace(days, last_on=last_on)
        if place < len(buckets.bounds):
            days = replace(days, first_on=moment.as_of - timedelta(days=buckets.bounds[place]))
    return open_items(moment, days=days).with_columns(_days_late(moment))


def _credits(moment: Moment) -> pl.DataFrame:
    return (
        unallocated_credits(moment)
        .rename({"received_on": "issued_on"})
        .with_columns(
            pl.lit(None, pl.Int64).alias("invoice_id"),
            pl.lit(None, pl.Date).alias("due_on"),
            pl.lit(None, pl.Int64).alias("days_late"),
            -pl.col("amount_cents"),
            -pl.col("open_cents"),
        )
    )


def _days_late(moment: Moment) -> pl.Expr:
    late = (pl.lit(moment.as_of) - pl.col("due_on")).dt.total_days()
    return pl.when(late > 0).then(late).alias("days_late")
