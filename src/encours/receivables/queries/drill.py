"""The lines behind a number of the aged balance: what adds up to it, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

import polars as pl

from encours.receivables.queries.ageing import GroupBy
from encours.receivables.queries.items import Days, open_items, unallocated_credits, within
from encours.receivables.queries.kept import BESIDE_THE_LEDGER
from encours.receivables.queries.moment import Moment, live
from encours.receivables.rules.ageing import STANDARD, AgeBy, Buckets
from encours.tenancy.frames import read_frame
from encours.tenancy.kept import kept

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
    days = _days(moment, bucket, by, buckets)
    return open_items(moment, days=days).with_columns(_days_late(moment))


def _days(moment: Moment, bucket: str, by: AgeBy, buckets: Buckets) -> Days:
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
    return days


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


JOINS: Final = """
join receivables_invoice i on i.tenant_id = %(tenant_id)s and i.id = {line}.invoice_id
left join faces() face on face.customer_id = {line}.customer_id
join parties_customer customer on customer.tenant_id = %(tenant_id)s
    and customer.id = case when face.face_id is null then {line}.customer_id else face.face_id end
"""
DOCUMENT: Final = "coalesce(nullif(i.number, ''), nullif(i.piece, ''), i.label)"
# Line by line where the first ones in the order of an index are enough; else all of them at once
LATERAL: Final = """
left join lateral (
    select sum(a.amount_cents)::bigint as cents from receivables_allocation a
    where live(a) and a.instalment_id = l.id and a.effective_on <= %(as_of)s) taken on true
"""
AT_ONCE: Final = """
left join (
    select a.instalment_id, sum(a.amount_cents)::bigint as cents from receivables_allocation a
    where live(a) and a.effective_on <= %(as_of)s and of_lines(a)
    group by a.instalment_id) taken on taken.instalment_id = l.id
"""
OPEN: Final = """
from receivables_instalment l {taken} {joins}
where live(l) and l.issued_on <= %(as_of)s and {days}
    and l.amount_cents > coalesce(taken.cents, 0)
    and of_customer(l) and {owner}
"""
PAGE: Final = f"""
with page as (
    select l.id, l.invoice_id, l.customer_id, l.issued_on, l.due_on, l.amount_cents, l.currency,
        l.amount_cents - coalesce(taken.cents, 0) as open_cents, {{key}} as sort_key
    {OPEN}
    order by sort_key {{way}} nulls last, l.id
    limit %(limit)s offset %(offset)s
)
select page.invoice_id, customer.id, customer.name, {DOCUMENT}, i.kind, page.issued_on, page.due_on,
    case when page.due_on < %(as_of)s then %(as_of)s::date - page.due_on end, page.amount_cents,
    page.open_cents, page.currency
from page {JOINS.replace("{line}", "page")}
order by page.sort_key {{way}} nulls last, page.id
"""
SUMS: Final = f"""
select count(*), coalesce(sum(l.amount_cents), 0)::bigint,
    coalesce(sum(l.amount_cents - coalesce(taken.cents, 0)), 0)::bigint
{OPEN}
"""
PAGE_SCHEMA: Final = {
    "invoice_id": pl.Int64,
    "customer_id": pl.Int64,
    "customer_name": pl.String,
    "document": pl.String,
    "kind": pl.String,
    "issued_on": pl.Date,
    "due_on": pl.Date,
    "days_late": pl.Int64,
    "amount_cents": pl.Int64,
    "open_cents": pl.Int64,
    "currency": pl.String,
}
SUMS_SCHEMA: Final = {"count": pl.Int64, "amount_cents": pl.Int64, "open_cents": pl.Int64}
BY_INDEX: Final = {"due_on": "l.due_on", "issued_on": "l.issued_on"}
SORTS: Final = {
    **BY_INDEX,
    "document": f"lower({DOCUMENT})",
    "customer_name": "lower(customer.name)",
    "days_late": "case when l.due_on < %(as_of)s then %(as_of)s::date - l.due_on end",
    "amount_cents": "l.amount_cents",
    "open_cents": "l.amount_cents - coalesce(taken.cents, 0)",
}
OWNER: Final = {
    GroupBy.GROUP: "coalesce(customer.parent_id, customer.id) = %(key)s",
    GroupBy.SALESPERSON: "customer.salesperson_id is not distinct from %(key)s",
    GroupBy.CREDITOR: "l.creditor_id = %(key)s",
}


@dataclass(frozen=True, slots=True)
class Debits:
    """The open due lines behind one number of the balance, read a page at a time."""

    moment: Moment
    bucket: str = "open"
    by: AgeBy = AgeBy.DUE
    of: GroupBy | None = None
    key: int | None = None

    def page(self, *, sort: str, descending: bool, offset: int, limit: int | None) -> pl.DataFrame:
        """Return some of the lines in an order: columns `PAGE_SCHEMA`."""
        asked = sort if sort in SORTS else "due_on"
        query = PAGE.replace("{taken}", LATERAL if asked in BY_INDEX and limit else AT_ONCE)
        query = query.replace("{key}", SORTS[asked]).replace("{way}", "desc" if descending else "")
        named = asked in ("document", "customer_name")
        given = {"limit": limit, "offset": offset}
        return self._read(query, given, schema=PAGE_SCHEMA, is_named=named)

    def sums(self) -> Mapping[str, int]:
        """Return how many lines there are and their sums, kept until an amount changes."""
        return kept(
            self.moment.tenant_id,
            ("drill", self),
            lambda: self._read(SUMS.replace("{taken}", AT_ONCE), {}, schema=SUMS_SCHEMA).row(
                0, named=True
            ),
            ignored=BESIDE_THE_LEDGER,
        )

    def _read(
        self,
        query: str,
        given: Mapping[str, Any],
        *,
        schema: Mapping[str, Any],
        is_named: bool = False,
    ) -> pl.DataFrame:
        moment = self.moment
        if self.of is GroupBy.CUSTOMER:
            moment = replace(moment, customer_id=self.key)
        owner = "own(customer)"
        if self.of in OWNER and self.of is not None:
            owner += f" and {OWNER[self.of]}"
        is_named |= moment.people is not None or self.of in (GroupBy.GROUP, GroupBy.SALESPERSON)
        days = _days(moment, self.bucket, self.by, STANDARD)
        query = (
            query.replace("{joins}", JOINS.replace("{line}", "l") if is_named else "")
            .replace("{owner}", owner)
            .replace("{days}", within(days))
        )
        params = moment.params() | {
            "key": self.key,
            "first_on": days.first_on,
            "last_on": days.last_on,
            **given,
        }
        return read_frame(live(query, moment), params, schema=schema)
