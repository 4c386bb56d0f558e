"""The aged balance: one linear SQL sum over due lines, allocations and credits.

A bucket depends on the date of the due line only, which allocations copy: no join is needed, at
any date and as known at any instant (design.md, decisions 6 and 10; postgres.md §6). Its plain
reference is `rules.ageing`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

import polars as pl

from encours.kernel.money import decimal_text
from encours.receivables.queries.moment import Moment, live
from encours.receivables.rules.ageing import STANDARD, AgeBy, Buckets
from encours.tenancy.frames import read_frame


class GroupBy(StrEnum):
    """What a row of the aged balance stands for."""

    CUSTOMER = "customer"
    GROUP = "group"
    SALESPERSON = "salesperson"
    CREDITOR = "creditor"
    CURRENCY = "currency"


# Each table is added up alone, in parallel, and the sums meet on the customer. What a customer's
# lines were settled by and what its payments settled differ where one of a group pays for another.
# `sum_cents` adds bigints as bigints (migration 0007): a tenth less work than `sum`. `older0` is
# all, `older1` what is older than the first bound…: one comparison a bucket, and buckets are the
# differences.
BALANCE: Final = """
with taken as (
    select a.customer_id, a.payer_id, {sums:a}
    from receivables_allocation a
    where live(a) and a.effective_on <= %(as_of)s and of_either(a)
    group by a.customer_id, a.payer_id
)
select coalesce(shown.id, customer.id), {key}, {code}, {name},
    coalesce(shown.siren, customer.siren) = any(array(
        select o.siren from tenancy_creditor o
        where o.tenant_id = %(tenant_id)s and o.siren <> '')),
    {amounts},
    coalesce(spent.cents, 0) - coalesce(received.cents, 0)
from parties_customer customer
left join faces() face on face.customer_id = customer.id
left join parties_customer shown on shown.tenant_id = %(tenant_id)s and shown.id = face.face_id
left join (
    select l.customer_id, {sums:l} from receivables_instalment l
    where live(l) and l.issued_on <= %(as_of)s
        and of_customer(l)
    group by l.customer_id
) owed on owed.customer_id = customer.id
left join (
    select taken.customer_id, {added} from taken group by taken.customer_id
) settled on settled.customer_id = customer.id
left join (
    select taken.payer_id, sum_cents(taken.older0) as cents from taken group by taken.payer_id
) spent on spent.payer_id = customer.id
left join (
    select c.customer_id, sum_cents(c.amount_cents) as cents from receivables_credit c
    where live(c) and c.received_on <= %(as_of)s
        and of_customer(c)
    group by c.customer_id
) received on received.customer_id = customer.id
{join}
where customer.tenant_id = %(tenant_id)s
    and (%(customer_id)s::bigint is null or customer.id = any(family())
        and coalesce(shown.id, customer.id) = %(customer_id)s)
    and case when shown.id is null then own(customer) else own(shown) end
    and (owed.customer_id is not null or settled.customer_id is not null
        or spent.payer_id is not null or received.customer_id is not null)
"""
CURRENCIES: Final = """
select l.currency from receivables_instalment l where live(l) group by 1
union select c.currency from receivables_credit c where live(c) group by 1
order by 1
"""
OWNER: Final = {
    "customer_id": pl.Int64,
    "key": pl.Int64,
    "code": pl.String,
    "name": pl.String,
    "intra_group": pl.Boolean,
}


@dataclass(frozen=True, slots=True)
class _Grouping:
    """The columns that say what a row stands for, and the table that holds them."""

    key: str
    code: str
    name: str
    join: str = ""


_GROUPINGS: Final = {
    GroupBy.CUSTOMER: _Grouping(
        "coalesce(shown.id, customer.id)",
        "coalesce(shown.code, customer.code)",
        "coalesce(shown.name, customer.name)",
    ),
    GroupBy.GROUP: _Grouping(
        "coalesce(parent.id, shown.id, customer.id)",
        "coalesce(parent.code, shown.code, customer.code)",
        "coalesce(parent.name, shown.name, customer.name)",
        "left join parties_customer parent on parent.tenant_id = %(tenant_id)s and parent.id ="
        " case when shown.id is null then customer.parent_id else shown.parent_id end",
    ),
    GroupBy.SALESPERSON: _Grouping(
        "case when shown.id is null then customer.salesperson_id else shown.salesperson_id end",
        "coalesce(shown.salesperson_name, customer.salesperson_name)",
        "coalesce(shown.salesperson_name, customer.salesperson_name)",
    ),
    GroupBy.CREDITOR: _Grouping(
        "creditor.id",
        "creditor.code",
        "creditor.name",
        "join tenancy_creditor creditor"
        " on creditor.tenant_id = %(tenant_id)s and creditor.id = customer.creditor_id",
    ),
}


@dataclass(frozen=True, slots=True)
class AgedBalance:
    """The aged balance of a ledger; `rows` is a frame with amounts in cents.

    Columns: key (the id of what a row stands for), code, name, open, the buckets, unallocated
    (negative or nil), net; by customer `customer_id` and `intra_group` (a company of the group),
    `customers` (how many) otherwise.
    """

    moment: Moment
    buckets: Buckets
    by: AgeBy
    group_by: GroupBy
    rows: pl.DataFrame

    @property
    def amounts(self) -> tuple[str, ...]:
        """Return the names of the columns of money, in the order shown."""
        return ("open", *self.buckets.names, "unallocated", "net")

    @property
    def totals(self) -> dict[str, int]:
        """Return the sum of each column, in cents."""
        sums = self.rows.select(pl.col(*self.amounts).sum())
        return {name: int(sums[name][0]) for name in self.amounts}

    def head(self) -> dict[str, Any]:
        """Return what stands before the customers in the JSON of the command line."""
        return {
            "as_of": self.moment.as_of.isoformat(),
            "currency": self.moment.currency,
            "totals": {name: decimal_text(cents) for name, cents in self.totals.items()},
        }

    def json_text(self) -> str:
        """Return the JSON of `aged-balance` (design.md, part 5), written by columns."""
        shown = self.rows.select(
            "code", "name", *(decimals(pl.col(name)).alias(name) for name in self.amounts)
        )
        head = json.dumps(self.head(), ensure_ascii=False)
        return f'{head[:-1]}, "customers": {shown.write_json()}}}'


def aged_balance(
    moment: Moment,
    *,
    by: AgeBy = AgeBy.DUE,
    buckets: Buckets = STANDARD,
    group_by: GroupBy = GroupBy.CUSTOMER,
) -> AgedBalance:
    """Return who owes what on `moment.as_of`, by age, in one statement.

    The currency is the caller's to say: amounts of two currencies are never added, but
    `GroupBy.CURRENCY` gives a row, and takes a statement, for each.
    """
    if group_by is GroupBy.CURRENCY:
        return AgedBalance(moment, buckets, by, group_by, _by_currency(moment, by, buckets))
    assert moment.currency, "amounts of one currency only"
    rows = read_frame(
        live(_query(buckets, by, _GROUPINGS[group_by]), moment),
        moment.params() | _limits(moment, buckets),
        schema={**OWNER, **dict.fromkeys((*buckets.names, "unallocated"), pl.Int64)},
    )
    amounts = [*buckets.names, "unallocated"]
    if rows["customer_id"].is_duplicated().any():  # merged customers are one
        rows = rows.group_by(*OWNER).agg(pl.col(amounts).sum())
    rows = rows.filter(pl.any_horizontal(pl.col(amounts) != 0))
    if group_by is GroupBy.CUSTOMER:
        rows = rows.sort("code", "customer_id")
    else:
        grouped = rows.group_by("key", "code", "name")
        rows = grouped.agg(pl.col(amounts).sum(), pl.len().alias("customers")).sort("code", "name")
    return AgedBalance(moment, buckets, by, group_by, with_sums(rows, buckets))


def decimals(cents: pl.Expr) -> pl.Expr:
    """Return cents as text with two decimals and a dot, by columns."""
    return (cents.cast(pl.Decimal(38, 2)) / 100).cast(pl.String)


def _query(buckets: Buckets, by: AgeBy, grouping: _Grouping) -> str:
    day = {AgeBy.DUE: "due_on", AgeBy.ISSUED: "issued_on"}[by]
    columns = [f"older{position}" for position in range(len(buckets.names))]
    parts = {
        "sums:l": ", ".join(_sums("l", day, columns)),
        "sums:a": ", ".join(_sums("a", day, columns)),
        "added": ", ".join(f"sum_cents(taken.{one}) as {one}" for one in columns),
        "amounts": ", ".join(_amounts(columns)),
        "key": grouping.key,
        "code": grouping.code,
        "name": grouping.name,
        "join": grouping.join,
    }
    query = BALANCE
    for name, text in parts.items():
        query = query.replace("{" + name + "}", text)
    return query


def _sums(table: str, day: str, columns: list[str]) -> Iterator[str]:
    """Yield the sum of all lines, then of those past each bound."""
    for position, column in enumerate(columns):
        past = f" filter (where {table}.{day} < %(limit{position - 1})s)" if position else ""
        yield f"sum_cents({table}.amount_cents){past} as {column}"


def _amounts(columns: list[str]) -> Iterator[str]:
    """Yield each bucket: what is owed and not settled past its own bound, less the next one's."""
    past = [f"coalesce(owed.{one}, 0) - coalesce(settled.{one}, 0)" for one in columns]
    for position, own in enumerate(past):
        yield own if position == len(past) - 1 else f"{own} - ({past[position + 1]})"


def _limits(moment: Moment, buckets: Buckets) -> dict[str, Any]:
    """Return the bounds as days: a line is past one when its day is before."""
    ordinal = moment.as_of.toordinal()
    return {
        f"limit{position}": moment.as_of.fromordinal(max(ordinal - bound, 1))
        for position, bound in enumerate(buckets.bounds)
    }


def with_sums(rows: pl.DataFrame, buckets: Buckets) -> pl.DataFrame:
    """Add `open` and `net` to a frame of buckets."""
    opened = pl.sum_horizontal(*buckets.names) if buckets.names else pl.lit(0)
    return rows.with_columns(opened.cast(pl.Int64).alias("open")).with_columns(
        (pl.col("open") + pl.col("unallocated")).alias("net")
    )


def _by_currency(moment: Moment, by: AgeBy, buckets: Buckets) -> pl.DataFrame:
    found = read_frame(live(CURRENCIES, moment), moment.params(), schema={"code": pl.String})
    rows = []
    for code in found["code"]:
        one = aged_balance(replace(moment, currency=code), by=by, buckets=buckets)
        if not one.rows.is_empty():
            rows.append({"code": code, "name": code, **one.totals, "customers": one.rows.height})
    amounts = dict.fromkeys(("open", *buckets.names, "unallocated", "net"), pl.Int64)
    schema = {"key": pl.Int64, "code": pl.String, "name": pl.String, **amounts}
    return pl.DataFrame(rows, schema={**schema, "customers": pl.UInt32})
