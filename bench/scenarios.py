"""Twelve scenarios with branches, and who follows which: one customer in twelve each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import polars as pl

from encours.dunning.rules.scenario import BEHAVIOURS, Scenario, Step, french_scenario

MAIL: Final[dict[str, Any]] = {"channels": ("email",), "fallback": ("letter",)}
FORMAL: Final[dict[str, Any]] = {"channels": ("letter", "email"), "approval": "manual"}


def twelve() -> tuple[Scenario, ...]:
    """Return the scenarios: days and amounts differ, all of them branch."""
    return tuple(_branching(number) for number in range(12))


def _branching(number: int) -> Scenario:
    """Return a scenario of nine steps: an amount, alternatives, what was done, several anchors."""
    shift, least = number % 4, {"EUR": 100_000 + 10_000 * number}
    steps = (
        Step("prevenance", "prévenance", 1, "pre_due", -10 - shift),
        Step("relance_1", "relance 1", 2, "reminder", 3 + shift, **MAIL),
        Step("appel", "appel", 3, "reminder", 8, channels=("call",), minimum_cents=least),
        Step("relance_2_sms", "SMS", 4, "reminder", 14, channels=("sms",), maximum_cents=least),
        Step("relance_2", "relance 2", 4, "reminder", 14, unless=("answered",), **MAIL),
        Step("promesse", "promesse", 5, "reminder", 1, anchor="promise", **MAIL),
        Step("relance_lue", "rappel", 6, "reminder", 22, when=("opened",), **MAIL),
        Step("relance_3", "relance 3", 7, "reminder", 9, anchor="previous", days="working", **MAIL),
        Step("mise_en_demeure", "mise en demeure", 8, "formal_notice", 45, **FORMAL),
        replace(french_scenario().steps[-1], rank=9),
    )
    return Scenario(
        code=f"banc_{number}",
        version=1,
        name=f"banc {number}",
        steps=steps,
        minimum_cents={"EUR": 1_000},
        severity=number,
    )


def choices(customers: int) -> pl.DataFrame:
    """Return `frames.CHOICES`: the customers that follow another scenario than the first."""
    numbers = pl.select(customer_id=pl.int_range(1, customers + 1, dtype=pl.Int64))
    number = pl.col("customer_id") % 12
    return numbers.filter(number > 0).select(
        "customer_id",
        instalment_id=pl.lit(None, pl.Int64),
        scenario=pl.format("banc_{}", pl.col("customer_id") % 12),
    )


def behaviours(customers: int, on: pl.Expr) -> pl.DataFrame:
    """Return `frames.BEHAVIOURS`: as many deeds as customers."""
    place = pl.col("customer_id") % len(BEHAVIOURS)
    return pl.select(customer_id=pl.int_range(1, customers + 1, dtype=pl.Int64)).select(
        "customer_id",
        currency=pl.lit(None, pl.String),
        instalment_id=pl.lit(None, pl.Int64),
        behaviour=place.replace_strict(dict(enumerate(BEHAVIOURS)), return_dtype=pl.String),
        on=on - pl.duration(days=pl.col("customer_id") % 20),
    )


def addresses(customers: int) -> pl.DataFrame:
    """Return `frames.ADDRESSES`: one customer in fifty shares its address with the next."""
    shared = pl.select(customer_id=pl.int_range(1, customers + 1, dtype=pl.Int64))
    return shared.filter(pl.col("customer_id") % 50 < 2).select(
        "customer_id", address=pl.col("customer_id") // 50
    )
