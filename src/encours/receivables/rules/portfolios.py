"""Who gets which customer: rules tried in order, never over what a person decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import polars as pl

Part = Literal["salesperson", "collector"]
PARTS: Final[tuple[Part, ...]] = ("salesperson", "collector")
"""In this order: a collector may be chosen by the salesperson."""


@dataclass(frozen=True, slots=True)
class PortfolioRule:
    """What a customer must be to go to somebody; an empty criterion asks nothing."""

    id: int
    part: Part
    user_id: int
    creditor_id: int | None = None
    postcodes: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    initials: tuple[str, str] | None = None
    salesperson_id: int | None = None
    open_from_cents: int | None = None
    open_to_cents: int | None = None
    members: frozenset[int] | None = None
    """The customers whose field has the value asked for; None: no field is asked."""


def moves(
    customers: pl.DataFrame, rules: Sequence[PortfolioRule], *, only_new: bool = False
) -> pl.DataFrame:
    """Return who goes to whom: `customer_id`, `part`, `from_id`, `to_id`, `rule_id`.

    `customers` has: customer_id, creditor_id, name, postcode, country, debtor_class,
    salesperson_id, collector_id, salesperson_rule_id, collector_rule_id, open_cents. A rule moves
    whoever has nobody, or was given by a rule; with `only_new`, only whoever has nobody. The first
    rule that names a customer decides; one that none names keeps whoever it has.
    """
    found, known = [], customers
    for part in PARTS:
        mine = [rule for rule in rules if rule.part == part]
        if not mine:
            continue
        moved = _moves(known, part, mine, only_new=only_new)
        found.append(moved)
        if part == "salesperson":
            known = _after(known, moved)
    return pl.concat(found) if found else _moves(known.clear(), "collector", (), only_new=True)


def _moves(
    customers: pl.DataFrame, part: Part, rules: Sequence[PortfolioRule], *, only_new: bool
) -> pl.DataFrame:
    now, by_rule = pl.col(f"{part}_id"), pl.col(f"{part}_rule_id")
    is_free = now.is_null() if only_new else now.is_null() | by_rule.is_not_null()
    none = pl.lit(None, pl.Int64)
    chosen = {rule.id: _names(rule) for rule in reversed(rules)}
    rule_id, to_id = none, none
    users = {rule.id: rule.user_id for rule in rules}
    for number, names in chosen.items():
        rule_id = pl.when(names).then(pl.lit(number, pl.Int64)).otherwise(rule_id)
        to_id = pl.when(names).then(pl.lit(users[number], pl.Int64)).otherwise(to_id)
    decided = customers.filter(is_free).select(
        "customer_id",
        pl.lit(part).alias("part"),
        now.cast(pl.Int64).alias("from_id"),
        to_id.alias("to_id"),
        rule_id.alias("rule_id"),
        by_rule.cast(pl.Int64).alias("was"),
    )
    changes = pl.col("to_id").ne_missing(pl.col("from_id"))
    changes |= pl.col("rule_id").ne_missing(pl.col("was"))
    return decided.filter(pl.col("rule_id").is_not_null() & changes).drop("was")


def _names(rule: PortfolioRule) -> pl.Expr:
    tests = [pl.lit(value=True)]
    if rule.creditor_id is not None:
        tests.append(pl.col("creditor_id") == rule.creditor_id)
    if rule.postcodes:
        starts = [pl.col("postcode").str.starts_with(one) for one in rule.postcodes]
        tests.append(pl.any_horizontal(starts))
    if rule.countries:
        tests.append(pl.col("country").is_in(rule.countries))
    if rule.classes:
        tests.append(pl.col("debtor_class").is_in(rule.classes))
    if rule.initials:
        first, last = rule.initials
        plain = pl.col("name").str.strip_chars().str.normalize("NFKD").str.slice(0, 1)
        tests.append(plain.str.to_uppercase().is_between(pl.lit(first), pl.lit(last)))
    if rule.salesperson_id is not None:
        tests.append(pl.col("salesperson_id") == rule.salesperson_id)
    if rule.open_from_cents is not None:
        tests.append(pl.col("open_cents") >= rule.open_from_cents)
    if rule.open_to_cents is not None:
        tests.append(pl.col("open_cents") < rule.open_to_cents)
    if rule.members is not None:
        tests.append(pl.col("customer_id").is_in(list(rule.members)))
    return pl.all_horizontal(tests).fill_null(value=False)


def _after(customers: pl.DataFrame, moved: pl.DataFrame) -> pl.DataFrame:
    given = moved.select("customer_id", given="to_id")
    joined = customers.join(given, on="customer_id", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("given", "salesperson_id").alias("salesperson_id")).drop(
        "given"
    )
