"""Exchange rates as they are known, and the aged balance of a group in its own currency."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

import polars as pl
from django.db import connection

from encours.receivables.queries import ageing, items
from encours.receivables.queries.ageing import AgedBalance, GroupBy
from encours.receivables.queries.moment import Moment
from encours.receivables.rules import exchange
from encours.receivables.rules.ageing import STANDARD, AgeBy, Buckets
from encours.tenancy.frames import read_frame

EURO: Final = exchange.EURO
RATES: Final = f"""
select r.currency, r."on", (r.rate * {exchange.SCALE})::bigint
from receivables_exchangerate r
where r.tenant_id = %(tenant_id)s and r.currency = any(%(wanted)s::text[])
    and case when %(known_at)s::timestamptz is null then r.undone_at is null
        else r.recorded_at <= %(known_at)s
            and (r.undone_at is null or r.undone_at > %(known_at)s) end
"""
LATEST: Final = """
select distinct on (r.currency) r.currency, r."on", r.rate, r.source, r.recorded_at
from receivables_exchangerate r
where r.tenant_id = %(tenant_id)s and r.undone_at is null
order by r.currency, r."on" desc
"""
GROUP: Final = "select currency from tenancy_tenant where id = %(tenant_id)s"
OWNERS: Final = """
select c.id, c.code, c.name, c.creditor_id, o.code, o.name, coalesce(p.id, c.id),
    coalesce(p.code, c.code), coalesce(p.name, c.name), c.salesperson_id, c.salesperson_name
from parties_customer c
join tenancy_creditor o on o.tenant_id = c.tenant_id and o.id = c.creditor_id
left join parties_customer p on p.tenant_id = c.tenant_id and p.id = c.parent_id
where c.tenant_id = %(tenant_id)s
"""
OWNER_SCHEMA: Final = {
    "customer_id": pl.Int64,
    "customer_code": pl.String,
    "customer_name": pl.String,
    "creditor_id": pl.Int64,
    "creditor_code": pl.String,
    "creditor_name": pl.String,
    "group_id": pl.Int64,
    "group_code": pl.String,
    "group_name": pl.String,
    "salesperson_id": pl.Int64,
    "salesperson": pl.String,
}
_OWNED_BY: Final = {
    GroupBy.CUSTOMER: ("customer_id", "customer_code", "customer_name"),
    GroupBy.GROUP: ("group_id", "group_code", "group_name"),
    GroupBy.CREDITOR: ("creditor_id", "creditor_code", "creditor_name"),
    GroupBy.SALESPERSON: ("salesperson_id", "salesperson", "salesperson"),
}


@dataclass(frozen=True, slots=True)
class LatestRate:
    """The last known rate of a currency: units for one euro, and where it comes from."""

    currency: str
    on: date
    rate: Any
    source: str
    recorded_at: Any


@dataclass(frozen=True, slots=True)
class Unconverted:
    """What stays in its own currency for want of a rate."""

    currency: str
    items: int
    cents: int


@dataclass(frozen=True, slots=True)
class Consolidated:
    """A balance in one currency, what could not be converted, and on which days' rates."""

    balance: AgedBalance
    unconverted: tuple[Unconverted, ...]
    converted: int
    on_previous_day: int


def latest(tenant_id: int) -> list[LatestRate]:
    """Return the last rate of each currency."""
    with connection.cursor() as cursor:
        cursor.execute(LATEST, {"tenant_id": tenant_id})
        return [LatestRate(*row) for row in cursor.fetchall()]


def group_currency(tenant_id: int) -> str:
    """Return the currency in which the tenant reads its group."""
    with connection.cursor() as cursor:
        cursor.execute(GROUP, {"tenant_id": tenant_id})
        return str(cursor.fetchone()[0])


def rates_frame(moment: Moment, currencies: list[str]) -> pl.DataFrame:
    """Return the rates of some currencies as known at the moment: `exchange.RATES`."""
    params = moment.params() | {"wanted": currencies}
    return read_frame(RATES, params, schema=dict(exchange.RATES))


def consolidated_balance(
    moment: Moment,
    target: str,
    *,
    by: AgeBy = AgeBy.DUE,
    buckets: Buckets = STANDARD,
    group_by: GroupBy = GroupBy.CUSTOMER,
) -> Consolidated:
    """Return the aged balance of every currency in `target`.

    What is in `target` is summed in SQL; each other open item is converted by the rate of its own
    day (issue of the invoice, receipt of the credit) and rounded, then the cents are added.
    """
    own = ageing.aged_balance(replace(moment, currency=target), by=by, buckets=buckets)
    others = replace(moment, currency=None, but_currency=target)
    found = _open(others, by, buckets)
    rates = rates_frame(moment, sorted({*found["currency"], target} - {exchange.EURO}))
    known = exchange.in_currency(found, rates, target, day="day", cents="cents")
    lacking = known.filter(pl.col("converted_cents").is_null())
    known = known.drop_nulls("converted_cents")
    names = [*buckets.names, "unallocated"]
    rows = pl.concat([own.rows.select("customer_id", *names), _summed(known, names)])
    balance = _grouped(rows, moment, replace(own, group_by=group_by), names)
    return Consolidated(
        balance,
        tuple(
            Unconverted(*row)
            for row in lacking.group_by("currency")
            .agg(pl.len().alias("items"), pl.col("cents").sum())
            .sort("currency")
            .iter_rows()
        ),
        known.height,
        known.filter(pl.col("rate_on") < pl.col("day")).height,
    )


def with_converted(lines: pl.DataFrame, moment: Moment, target: str) -> pl.DataFrame:
    """Add to open items (currency, issued_on, open_cents) what each one is in `target`."""
    wanted = sorted({*lines["currency"], target} - {exchange.EURO})
    found = exchange.in_currency(
        lines, rates_frame(moment, wanted), target, day="issued_on", cents="open_cents"
    )
    return found.with_columns(target=pl.lit(target))


def _open(moment: Moment, by: AgeBy, buckets: Buckets) -> pl.DataFrame:
    """Return each open item: customer_id, currency, day of its rate, cents, bucket."""
    lines = items.open_items(moment)
    age_on = pl.col({AgeBy.DUE: "due_on", AgeBy.ISSUED: "issued_on"}[by])
    bucket = pl.lit(buckets.names[0])
    for bound, name in zip(buckets.bounds, buckets.names[1:], strict=True):
        older = age_on < moment.as_of - timedelta(days=bound)
        bucket = pl.when(older).then(pl.lit(name)).otherwise(bucket)
    shown = ("customer_id", "currency", "day", "cents", "bucket")
    debits = lines.with_columns(day="issued_on", cents="open_cents", bucket=bucket)
    credits_ = items.unallocated_credits(moment).with_columns(
        day="received_on", cents=-pl.col("open_cents"), bucket=pl.lit("unallocated")
    )
    return pl.concat([debits.select(shown), credits_.select(shown)])


def _summed(known: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    return known.group_by("customer_id").agg(
        pl.col("converted_cents").filter(pl.col("bucket") == name).sum().alias(name)
        for name in names
    )


def _grouped(
    rows: pl.DataFrame, moment: Moment, like: AgedBalance, names: list[str]
) -> AgedBalance:
    """Return the balance by what its rows stand for, in the shape of `ageing.aged_balance`."""
    owners = read_frame(OWNERS, moment.params(), schema=OWNER_SCHEMA)
    owned = rows.group_by("customer_id").agg(pl.col(names).sum())
    key, code, name = _OWNED_BY[like.group_by]
    found = (
        owned.join(owners, on="customer_id", how="left")
        .select("customer_id", *names, key=pl.col(key), code=pl.col(code), name=pl.col(name))
        .group_by("key", "code", "name")
        .agg(
            pl.col(names).sum(),
            pl.col("customer_id").first(),
            pl.len().alias("customers"),
        )
        .sort("code", "name", "key")
    )
    is_customer = like.group_by is GroupBy.CUSTOMER
    columns = ["customer_id" if is_customer else "customers", "key", "code", "name"]
    found = found.filter(pl.any_horizontal(pl.col(names) != 0))
    return replace(like, rows=ageing.with_sums(found.select(*columns, *names), like.buckets))
