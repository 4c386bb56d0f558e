"""Which profile a payer has: one each, by a stated order; thresholds are arguments.

Order: what a person chose; public body; consumer; key account; then how it pays: new,
deteriorating, chronically late, slightly late, early, on time. The first that fits holds. How it
pays is kept beside the profile (`behaviour`), so that a key account that pays late shows both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

import polars as pl

from encours.kernel.refusal import Refusal

PROFILES: Final = (
    "early",
    "on_time",
    "slightly_late",
    "chronically_late",
    "deteriorating",
    "new",
    "key_account",
    "public_body",
    "consumer",
)
BEHAVIOURS: Final = PROFILES[:6]
BUYERS_MIN: Final = 20
"""Among fewer buyers, everybody has a large part of the sales: nobody is a key account."""


class InvalidThresholds(Refusal):
    """Say why these thresholds cannot be."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where one profile ends and the next begins; days are after the due date."""

    early_days: int = 3
    """Paid so many days before the due date, or more: early."""
    on_time_days: int = 3
    """Expected up to so many days after: on time."""
    slightly_late_days: int = 15
    """Up to so many days after: slightly late; beyond: chronically."""
    deteriorating_days: int = 10
    """Slower by so many days over six months, and late by now: deteriorating."""
    new_lines: int = 3
    """Fewer lines observed than this: new."""
    overdue_days: int = 30
    """With an undisputed line overdue for more days, nobody is early, on time or new."""
    key_account_percent: int = 5
    """At least this part of twelve months' sales: a key account."""

    def __post_init__(self) -> None:
        """Refuse what would leave a profile nowhere to be."""
        low, high = LIMITS
        wrong = [name for name, value in asdict(self).items() if not low <= value <= high]
        if wrong:
            raise InvalidThresholds(f"Chaque seuil est un nombre entier de {low} à {high}.")
        if self.slightly_late_days <= self.on_time_days:
            raise InvalidThresholds("« Un peu en retard » doit aller plus loin que « à l'heure ».")

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Thresholds:
        """Build from a mapping; what it lacks is as shipped."""
        return cls(**{name: int(values[name]) for name in NAMES if name in values})


LIMITS: Final = (0, 365)
NAMES: Final = tuple(field.name for field in fields(Thresholds))


def behaviour(limits: Thresholds) -> pl.Expr:
    """Return how each row of `figures.FIGURES` pays, as an expression."""
    expected = pl.col("expected_tenths").fill_null(0)
    is_stuck = pl.col("late_days") > limits.overdue_days
    is_slower = (pl.col("trend_tenths") >= 10 * limits.deteriorating_days) & (
        pl.col("recent_tenths") > 10 * limits.on_time_days
    )
    return (
        pl.when((pl.col("scored_lines") < limits.new_lines) & ~is_stuck)
        .then(pl.lit("new"))
        .when(is_slower.fill_null(value=False))
        .then(pl.lit("deteriorating"))
        .when(expected > 10 * limits.slightly_late_days)
        .then(pl.lit("chronically_late"))
        .when((expected > 10 * limits.on_time_days) | is_stuck)
        .then(pl.lit("slightly_late"))
        .when(expected <= -10 * limits.early_days)
        .then(pl.lit("early"))
        .otherwise(pl.lit("on_time"))
    )


def profiled(
    figures: pl.DataFrame,
    customers: pl.DataFrame,
    limits: Thresholds,
    overrides: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Return the figures with `behaviour`, `profile` and `is_chosen`.

    `overrides`: customer_id, chosen; those in force only, at most one each.
    """
    classes = customers.select("customer_id", "debtor_class")
    chosen = overrides if overrides is not None else pl.DataFrame(schema=OVERRIDES)
    known = figures.join(classes, on="customer_id", how="left").join(
        chosen.select("customer_id", "chosen"), on="customer_id", how="left"
    )
    is_key = (pl.col("buyers") >= BUYERS_MIN) & (
        pl.col("volume_share") >= 10 * max(limits.key_account_percent, 1)
    )
    profile = (
        pl.when(pl.col("chosen").is_not_null())
        .then("chosen")
        .when(pl.col("debtor_class") == "public")
        .then(pl.lit("public_body"))
        .when(pl.col("debtor_class") == "consumer")
        .then(pl.lit("consumer"))
        .when(is_key)
        .then(pl.lit("key_account"))
        .otherwise("behaviour")
    )
    return (
        known.with_columns(behaviour=behaviour(limits))
        .with_columns(profile=profile, is_chosen=pl.col("chosen").is_not_null())
        .drop("debtor_class", "chosen")
        .sort("customer_id")
    )


OVERRIDES: Final = pl.Schema({"customer_id": pl.Int64, "chosen": pl.String})
