"""Amounts in the group's currency: exact, by the rate of the day of each document.

A reference rate says how many units of a currency one euro is worth. A day without a rate (a
Sunday, a bank holiday) takes the last one before it, within `GAP_DAYS`; beyond, there is no rate,
and what cannot be converted is shown apart, never left out unsaid. Rounding stands in one place:
each open item, half up, to the cent (docs/decisions/0034).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import polars as pl

EURO: Final = "EUR"
GAP_DAYS: Final = 7
STALE_DAYS: Final = 5
SCALE: Final = 10**10
"""Rates are whole numbers of ten-thousand-millionths: no float touches an amount."""

RATES: Final = pl.Schema({"currency": pl.String, "on": pl.Date, "scaled": pl.Int64})
"""What converts: currency, day, units for one euro times `SCALE`."""


def scaled(rate: Decimal) -> int:
    """Return a rate as a whole number; raises ValueError for one that has no exact place."""
    whole = rate * SCALE
    if whole <= 0 or whole != whole.to_integral_value() or whole >= 2**63:
        raise ValueError(f"taux hors limites : {rate}")
    return int(whole)


def converted(cents: int, *, from_scaled: int, to_scaled: int) -> int:
    """Return an amount in another currency, rounded half up (away from zero) to the cent."""
    exact = 2 * abs(cents) * to_scaled + from_scaled
    amount = exact // (2 * from_scaled)
    return amount if cents >= 0 else -amount


def in_currency(
    items: pl.DataFrame, rates: pl.DataFrame, target: str, *, day: str, cents: str
) -> pl.DataFrame:
    """Add what each item is in `target`: `converted_cents` (null: no rate), `rate_on`.

    `items` has `currency`, a day and an amount by those names; the order of rows is kept. `rate_on`
    is the day of the rate used, the older of two, null where none was needed.
    """
    numbered = items.with_row_index("place")
    own = _last_before(numbered, rates, "currency", day, "from")
    both = _last_before(own.with_columns(target=pl.lit(target)), rates, "target", day, "to")
    both = both.sort("place")
    needed = pl.col("currency") != target
    amounts = [
        cents_ if same else None if one is None or other is None
        else converted(cents_, from_scaled=one, to_scaled=other)
        for cents_, same, one, other in both.select(
            pl.col(cents), ~needed, "from_scaled", "to_scaled"
        ).iter_rows()
    ]  # fmt: skip
    return both.with_columns(
        pl.Series("converted_cents", amounts, dtype=pl.Int64),
        pl.when(needed).then(pl.min_horizontal("from_on", "to_on")).alias("rate_on"),
    ).drop("place", "target", "from_scaled", "to_scaled", "from_on", "to_on")


def _last_before(
    items: pl.DataFrame, rates: pl.DataFrame, column: str, day: str, name: str
) -> pl.DataFrame:
    """Join the last rate on or before each item's day, one euro being one euro every day."""
    known = rates.select(
        pl.col("currency").alias(column),
        pl.col("on").alias(f"{name}_on"),
        pl.col("scaled").alias(f"{name}_scaled"),
        pl.col("on").alias("joined_on"),
    ).sort("joined_on")
    found = items.sort(day).join_asof(
        known, left_on=day, right_on="joined_on", by=column, strategy="backward",
        tolerance=timedelta(days=GAP_DAYS), check_sortedness=False, coalesce=True,
    )  # fmt: skip
    is_euro = pl.col(column) == EURO
    return found.with_columns(
        pl.when(is_euro).then(pl.lit(SCALE, pl.Int64)).otherwise(f"{name}_scaled")
        .alias(f"{name}_scaled"),
        pl.when(is_euro).then(None).otherwise(f"{name}_on").alias(f"{name}_on"),
    ).drop("joined_on", strict=False)  # fmt: skip


def is_stale(last_on: date | None, today: date) -> bool:
    """Say whether the last rates are older than weekends and bank holidays explain."""
    return last_on is None or (today - last_on).days > STALE_DAYS


def as_frame(rows: Iterable[tuple[str, date, Decimal]]) -> pl.DataFrame:
    """Return rates as the frame that converts."""
    found = [(currency, on, scaled(rate)) for currency, on, rate in rows]
    return pl.DataFrame(found, schema=RATES, orient="row")
