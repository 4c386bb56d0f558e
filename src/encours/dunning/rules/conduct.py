"""What customers did, out of facts and due lines: promises, disputes, parts paid."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import polars as pl

from encours.dunning.rules.frames import BEHAVIOURS
from encours.dunning.rules.scenario import Behaviour

HELD_BY: Final = {"promised": "promise", "disputed": "dispute"}


def derived(
    asked: frozenset[Behaviour], *, known: pl.DataFrame, facts: pl.DataFrame, today: date
) -> pl.DataFrame:
    """Return `frames.BEHAVIOURS` of these behaviours; `known` = due lines with what was paid."""
    parts = [_of_fact(facts, one, kind) for one, kind in HELD_BY.items() if one in asked]
    if "promise_broken" in asked:
        parts.append(_broken(facts, today))
    if "part_paid" in asked:
        parts.append(_part_paid(known))
    return pl.concat([pl.DataFrame(schema=BEHAVIOURS), *parts])


def _of_fact(facts: pl.DataFrame, behaviour: str, kind: str) -> pl.DataFrame:
    told = facts.filter(pl.col("kind") == kind)
    return _shaped(told, behaviour, pl.col("starts_on"), pl.lit(None, pl.String))


def _broken(facts: pl.DataFrame, today: date) -> pl.DataFrame:
    """Return the promises whose last day passed: where the line is paid, nobody looks at it."""
    passed = facts.filter((pl.col("kind") == "promise") & (pl.col("ends_on") < today))
    day = pl.col("ends_on") + timedelta(days=1)
    return _shaped(passed, "promise_broken", day, pl.lit(None, pl.String))


def _part_paid(known: pl.DataFrame) -> pl.DataFrame:
    paid = pl.col("paid_cents")
    part = known.filter((paid > 0) & (paid < pl.col("amount_cents")))
    return _shaped(part, "part_paid", pl.col("settled_on"), pl.col("currency"))


def _shaped(rows: pl.DataFrame, behaviour: str, on: pl.Expr, currency: pl.Expr) -> pl.DataFrame:
    return rows.select(
        "customer_id",
        currency.alias("currency"),
        "instalment_id",
        behaviour=pl.lit(behaviour),
        on=on,
    )
