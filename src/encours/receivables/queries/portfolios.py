"""The rules of portfolios as they stand, and who would move if they were applied."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast

import polars as pl

from encours.attributes import queries as attributes
from encours.attributes.rules import Condition
from encours.parties import models
from encours.receivables.queries import ageing
from encours.receivables.queries.moment import Moment
from encours.receivables.rules import portfolios as rules
from encours.receivables.rules.portfolios import Part, PortfolioRule
from encours.tenancy.frames import read_frame
from encours.tenancy.models import Creditor, Membership

CUSTOMERS: Final = """
select c.id, c.creditor_id, o.name, c.code, c.name, c.postcode, c.country, c.debtor_class,
    c.salesperson_id, c.collector_id, c.salesperson_rule_id, c.collector_rule_id
from parties_customer c
join tenancy_creditor o on o.tenant_id = c.tenant_id and o.id = c.creditor_id
where c.tenant_id = %(tenant_id)s
    and (%(creditors)s::bigint[] is null or c.creditor_id = any(%(creditors)s::bigint[]))
    and (not %(only_new)s or c.salesperson_id is null or c.collector_id is null)
    and not exists (select from parties_customermerge m
        where m.tenant_id = c.tenant_id and m.customer_id = c.id and m.undone_at is null)
order by c.id
"""
SCHEMA: Final = {
    "customer_id": pl.Int64,
    "creditor_id": pl.Int64,
    "creditor": pl.String,
    "code": pl.String,
    "name": pl.String,
    "postcode": pl.String,
    "country": pl.String,
    "debtor_class": pl.String,
    "salesperson_id": pl.Int64,
    "collector_id": pl.Int64,
    "salesperson_rule_id": pl.Int64,
    "collector_rule_id": pl.Int64,
}


@dataclass(frozen=True, slots=True)
class StoredRule:
    """A rule as its page shows it; `is_idle` when its person works here no more."""

    rule: models.PortfolioRule
    is_idle: bool


def stored(tenant_id: int) -> list[StoredRule]:
    """Return the rules in use, in the order in which they are tried."""
    members = set(Membership.objects.of(tenant_id).values_list("user_id", flat=True))
    rows = models.PortfolioRule.objects.of(tenant_id).filter(ended_at=None)
    rows = rows.select_related("creditor").defer("creditor__logo")
    return [StoredRule(row, row.user_id not in members) for row in rows.order_by("position", "id")]


def moves(
    *,
    tenant_id: int,
    creditor_ids: Collection[int] | None,
    on: date,
    only_new: bool = False,
) -> pl.DataFrame:
    """Return who would go to whom, with names, as the rules stand: nothing is written.

    The amount open is that of the day, in each creditor's own currency.
    """
    found = [one.rule for one in stored(tenant_id) if not one.is_idle]
    params = {
        "tenant_id": tenant_id,
        "creditors": None if creditor_ids is None else list(creditor_ids),
        "only_new": only_new,
    }
    customers = (
        read_frame(CUSTOMERS, params, schema=SCHEMA) if found else pl.DataFrame(schema=SCHEMA)
    )
    if any(one.open_from_cents is not None or one.open_to_cents is not None for one in found):
        owed = _open(tenant_id, customers["creditor_id"].unique().to_list(), on)
        customers = customers.join(owed, on="customer_id", how="left", maintain_order="left")
        customers = customers.with_columns(pl.col("open_cents").fill_null(0))
    else:
        customers = customers.with_columns(pl.lit(0, pl.Int64).alias("open_cents"))
    keys = {(row[0], row[1]): row[2] for row in customers.select(
        "creditor_id", "code", "customer_id").iter_rows()}  # fmt: skip
    asked = [_rule(one, keys) for one in found]
    moved = rules.moves(customers, asked, only_new=only_new)
    named = customers.select("customer_id", "creditor_id", "creditor", "code", "name")
    return moved.join(named, on="customer_id", how="left", maintain_order="left")


def _open(tenant_id: int, creditor_ids: list[int], on: date) -> pl.DataFrame:
    """Return what each customer owes in its creditor's currency: one balance per currency."""
    rows = Creditor.objects.of(tenant_id).filter(id__in=creditor_ids)
    by_currency: dict[str, list[int]] = {}
    for creditor_id, currency in rows.values_list("id", "currency"):
        by_currency.setdefault(currency, []).append(creditor_id)
    frames = [
        ageing.aged_balance(
            Moment(
                tenant_id=tenant_id, as_of=on, creditor_ids=tuple(sorted(ids)), currency=currency
            )
        ).rows.select("customer_id", pl.col("open").alias("open_cents"))
        for currency, ids in by_currency.items()
    ]
    empty = pl.DataFrame(schema={"customer_id": pl.Int64, "open_cents": pl.Int64})
    return pl.concat([empty, *frames])


def _rule(row: models.PortfolioRule, keys: dict[tuple[int, str], int]) -> PortfolioRule:
    return PortfolioRule(
        id=row.pk,
        part=cast("Part", row.part),
        user_id=row.user_id,
        creditor_id=row.creditor_id,
        postcodes=tuple(row.postcodes),
        countries=tuple(row.countries),
        classes=tuple(row.classes),
        initials=(row.first_letter, row.last_letter) if row.first_letter else None,
        salesperson_id=row.salesperson,
        open_from_cents=row.open_from_cents,
        open_to_cents=row.open_to_cents,
        members=_members(row, keys),
    )


def _members(row: models.PortfolioRule, keys: dict[tuple[int, str], int]) -> frozenset[int] | None:
    if not row.field_code:
        return None
    known = attributes.fields(tenant_id=row.tenant_id, subject="customer")
    kinds: dict[str, Any] = {one.code: one.kind for one in known}
    if row.field_code not in kinds:
        return frozenset()
    condition = Condition(row.field_code, kinds[row.field_code], equals=row.field_value)
    if condition.kind in {"number", "amount", "date"}:
        condition = Condition(
            row.field_code, condition.kind, low=row.field_value, high=row.field_value
        )
    found = attributes.matching(tenant_id=row.tenant_id, subject="customer", conditions=[condition])
    return frozenset(keys[key] for key in found if key in keys)
