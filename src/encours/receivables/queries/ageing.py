"""The aged balance: one linear SQL sum over due lines, allocations and credits.

A bucket depends on the date of the due line only, which allocations copy: no join is needed, at
any date and as known at any instant (design.md, decisions 6 and 10; postgres.md §6). Its plain
reference is `rules.ageing`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
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


MOVES: Final = """
with balance as (
    select customer_id, {split} sum(unallocated)::bigint as unallocated, {sums}
    from (
        select l.customer_id, l.currency, l.{day} as day, l.amount_cents as owed,
            null::bigint as unallocated
        from receivables_instalment l where live(l) and l.issued_on <= %(as_of)s
        union all
        select a.customer_id, a.currency, a.{day}, -a.amount_cents, a.amount_cents
        from receivables_allocation a
        where live(a) and a.effective_on <= %(as_of)s and of_lines(a)
        union all
        select c.customer_id, c.currency, null, null, -c.amount_cents
        from receivables_credit c where live(c) and c.received_on <= %(as_of)s
        union all
        select side.customer_id, o.currency, null, null, side.cents
        from receivables_allocation o
        cross join lateral (
            values (o.payer_id, o.amount_cents), (o.customer_id, -o.amount_cents)
        ) as side (customer_id, cents)
        where live(o) and o.effective_on <= %(as_of)s and o.payer_id <> o.customer_id
    ) moves
    where %(customer_id)s::bigint is null or customer_id = %(customer_id)s
    group by {split} customer_id
)
select customer.id, customer.creditor_id, customer.code, customer.name, customer.debtor_class,
    coalesce(parent.id, customer.id), coalesce(parent.code, customer.code),
    coalesce(parent.name, customer.name), customer.salesperson_id, customer.salesperson_name,
    creditor.code, creditor.name, {currency}, {names}, coalesce(balance.unallocated, 0)
from balance
join parties_customer customer
    on customer.tenant_id = %(tenant_id)s and customer.id = balance.customer_id
join tenancy_creditor creditor
    on creditor.tenant_id = %(tenant_id)s and creditor.id = customer.creditor_id
left join parties_customer parent
    on parent.tenant_id = %(tenant_id)s and parent.id = customer.parent_id
where (balance.unallocated <> 0 or {any_owed})
    and (%(salesperson_id)s::bigint is null or customer.salesperson_id = %(salesperson_id)s)
order by customer.code, customer.id
"""
PEOPLE: Final = {
    "customer_id": pl.Int64,
    "creditor_id": pl.Int64,
    "code": pl.String,
    "name": pl.String,
    "debtor_class": pl.String,
    "group_id": pl.Int64,
    "group_code": pl.String,
    "group_name": pl.String,
    "salesperson_id": pl.Int64,
    "salesperson": pl.String,
    "creditor_code": pl.String,
    "creditor": pl.String,
    "currency": pl.String,
}
_KEYS: Final = {
    GroupBy.GROUP: ("group_id", "group_code", "group_name"),
    GroupBy.SALESPERSON: ("salesperson_id", "salesperson", "salesperson"),
    GroupBy.CREDITOR: ("creditor_id", "creditor_code", "creditor"),
    GroupBy.CURRENCY: ("currency", "currency", "currency"),
}


@dataclass(frozen=True, slots=True)
class AgedBalance:
    """The aged balance of a ledger; `rows` is a frame with amounts in cents.

    Columns: code, name, open, the buckets, unallocated (negative or nil), net; by customer also
    who that is. `totals` has the amounts; mixing currencies, as `by` currency does, has none.
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

    The currency is the caller's to say: amounts of two currencies are added only by
    `GroupBy.CURRENCY`, a row each.
    """
    assert moment.currency or group_by is GroupBy.CURRENCY, "amounts of one currency only"
    is_split = group_by is GroupBy.CURRENCY
    rows = read_frame(
        live(_query(buckets, by, is_split=is_split), moment),
        moment.params() | _limits(moment, buckets),
        schema={**PEOPLE, **dict.fromkeys((*buckets.names, "unallocated"), pl.Int64)},
    )
    rows = _with_sums(rows, buckets)
    if group_by is not GroupBy.CUSTOMER:
        rows = _grouped(rows, group_by)
    return AgedBalance(moment, buckets, by, group_by, rows)


def decimals(cents: pl.Expr) -> pl.Expr:
    """Return cents as text with two decimals and a dot, by columns."""
    size = cents.abs()
    return pl.concat_str(
        pl.when(cents < 0).then(pl.lit("-")).otherwise(pl.lit("")),
        (size // 100).cast(pl.String),
        pl.lit("."),
        (size % 100).cast(pl.String).str.zfill(2),
    )


def _query(buckets: Buckets, by: AgeBy, *, is_split: bool) -> str:
    day = {AgeBy.DUE: "due_on", AgeBy.ISSUED: "issued_on"}[by]
    columns = [f"b{position}" for position in range(len(buckets.names))]
    last = len(buckets.bounds)
    sums = []
    for position, column in enumerate(columns):
        lower = "" if position == 0 else f"day < %(limit{position - 1})s"
        upper = "" if position == last else f"day >= %(limit{position})s"
        within = " and ".join(filter(None, (lower, upper))) or "true"
        sums.append(f"sum(owed) filter (where {within})::bigint as {column}")
    parts = {
        "day": day,
        "split": "currency," if is_split else "",
        "sums": ", ".join(sums),
        "names": ", ".join(f"coalesce(balance.{column}, 0)" for column in columns),
        "any_owed": " or ".join(f"balance.{column} <> 0" for column in columns),
        "currency": "balance.currency" if is_split else "%(currency)s::text",
    }
    query = MOVES
    for name, text in parts.items():
        query = query.replace("{" + name + "}", text)
    return query


def _limits(moment: Moment, buckets: Buckets) -> dict[str, Any]:
    """Return the first day of each bucket: a line is in it when its day is not before."""
    ordinal = moment.as_of.toordinal()
    return {
        f"limit{position}": moment.as_of.fromordinal(max(ordinal - bound, 1))
        for position, bound in enumerate(buckets.bounds)
    }


def _with_sums(rows: pl.DataFrame, buckets: Buckets) -> pl.DataFrame:
    opened = pl.sum_horizontal(*buckets.names) if buckets.names else pl.lit(0)
    return rows.with_columns(opened.cast(pl.Int64).alias("open")).with_columns(
        (pl.col("open") + pl.col("unallocated")).alias("net")
    )


def _grouped(rows: pl.DataFrame, group_by: GroupBy) -> pl.DataFrame:
    key, code, name = _KEYS[group_by]
    amounts = [column for column in rows.columns if column not in PEOPLE]
    return (
        rows.group_by(
            pl.col(key).alias("key"), pl.col(code).alias("code"), pl.col(name).alias("name")
        )
        .agg(pl.col(amounts).sum(), pl.len().alias("customers"))
        .sort("code", "name")
    )
