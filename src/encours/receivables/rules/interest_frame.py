"""Late-payment interest of a whole ledger, as column expressions; agrees with `interest`.

For dashboards and messages: one whole number of cents for each due line, null where a rate is
missing. Sources: those of `rules.interest`. All is integer arithmetic: rates in ten-thousandths
of a point, years of 365 × 366 parts, so that the one rounding is the same as the exact rule's.
"""

from __future__ import annotations

from calendar import isleap
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Final

import polars as pl

from encours.kernel.dates import Semester
from encours.receivables.rules.classes import DebtorClass
from encours.receivables.rules.interest import DayCount, Regime
from encours.receivables.rules.rates import Rates
from encours.receivables.rules.values import LawValues

POINT_PARTS: Final = 10_000
YEAR_PARTS: Final = 365 * 366
_DIVISOR: Final = 100 * POINT_PARTS * YEAR_PARTS
_OPTIONAL: Final = {
    "mise_en_demeure_on": pl.Date(),
    "insolvency_on": pl.Date(),
    "contract_points": pl.Int64(),
    "french_law": pl.Boolean(),
}
_NO_REDUCTION: Final = {"line_id": pl.Int64(), "on": pl.Date(), "cents": pl.Int64()}


def interest_cents(
    lines: pl.DataFrame,
    until: date,
    rates: Rates,
    law: LawValues,
    *,
    reductions: pl.DataFrame | None = None,
    day_count: DayCount = DayCount.ACT_365,
) -> pl.DataFrame:
    """Return `line_id` and `interest_cents` (null: a rate is missing), in the order of `lines`.

    `lines`: line_id, amount_cents, due_on, debtor_class; optional mise_en_demeure_on,
    insolvency_on, contract_points (fixed rate, in ten-thousandths of a point), french_law.
    `reductions`: line_id, on, cents; never more than the amount of the line.
    """
    cuts = pl.DataFrame(schema=_NO_REDUCTION) if reductions is None else reductions
    runs = _runs(lines, cuts.cast({"line_id": lines.schema["line_id"]}), until)
    days = _day_table(runs, rates, law, day_count)
    runs = _with_fixed_points(runs, days)
    parts = _parts(runs, cuts.cast({"line_id": lines.schema["line_id"]}), days)
    shown = (2 * pl.col("parts") + _DIVISOR) // (2 * _DIVISOR)
    owed = parts.select("line_id", pl.when(pl.col("is_known")).then(shown).alias("interest_cents"))
    return (
        lines.select("line_id")
        .join(owed, on="line_id", how="left", maintain_order="left")
        .join(runs.select("line_id", "start"), on="line_id", how="left", maintain_order="left")
        .select(
            "line_id",
            pl.when(pl.col("start").is_null())
            .then(0)
            .otherwise("interest_cents")
            .cast(pl.Int64)
            .alias("interest_cents"),
        )
    )


def _runs(lines: pl.DataFrame, cuts: pl.DataFrame, until: date) -> pl.DataFrame:
    """Return each line with its regime and the days between which its interest runs.

    `start` is null where none does; a line settled before `until` stops on the day it was.
    """
    absent = [
        pl.lit(None, kind).alias(name) for name, kind in _OPTIONAL.items() if name not in lines
    ]
    settled = cuts.group_by("line_id").agg(
        pl.sum("cents").alias("paid"), pl.max("on").alias("last")
    )
    settled_on = pl.when(pl.col("paid") >= pl.col("amount_cents")).then(pl.col("last"))
    runs = (
        lines.with_columns(absent)
        .join(settled, on="line_id", how="left")
        .with_columns(_regime().alias("regime"))
        .with_columns(
            _start().alias("start"),
            pl.min_horizontal(pl.lit(until), "insolvency_on", settled_on).alias("stop"),
        )
    )
    is_late = pl.col("start") < pl.col("stop")
    return runs.with_columns(pl.when(is_late).then(pl.col(name)).alias(name) for name in _SPAN)


_SPAN: Final = ("start", "stop")


def _regime() -> pl.Expr:
    kind, has_rate = pl.col("debtor_class"), pl.col("contract_points").is_not_null()
    is_foreign = kind == DebtorClass.FOREIGN.value
    other_law = is_foreign & (pl.col("french_law") == pl.lit(False)).fill_null(False)
    return (
        pl.when(other_law & ~has_rate)
        .then(pl.lit(Regime.NONE.value))
        .when((is_foreign | (kind == DebtorClass.BUSINESS.value)) & has_rate)
        .then(pl.lit(Regime.CONTRACT.value))
        .when(is_foreign)
        .then(pl.lit(Regime.BUSINESS.value))
        .when(kind == DebtorClass.UNKNOWN.value)
        .then(pl.lit(Regime.NONE.value))
        .otherwise(kind)
    )


def _start() -> pl.Expr:
    notice, regime = pl.col("mise_en_demeure_on"), pl.col("regime")
    from_notice = pl.when(notice.is_not_null()).then(pl.max_horizontal("due_on", notice))
    return (
        pl.when(regime == Regime.CONSUMER.value)
        .then(from_notice)
        .when(regime != Regime.NONE.value)
        .then(pl.col("due_on"))
    )


def _day_table(
    runs: pl.DataFrame, rates: Rates, law: LawValues, day_count: DayCount
) -> pl.DataFrame:
    """Return, for each day that matters, what one cent has borne since the first of them.

    Columns: day, year (parts of year), business, consumer (rate × parts), missing (days without
    a rate), public (the rate of a public debt that starts that day, null when missing).
    """
    starts, stops = runs["start"].drop_nulls(), runs["stop"].drop_nulls()
    rows: list[dict[str, Any]] = []
    if len(starts):
        first, last = _as_date(starts.min()), _as_date(stops.max())
        sums = dict.fromkeys(("year", "business", "consumer", "missing"), 0)
        day, semester, points = first, None, None
        while day <= last:
            if Semester.of(day) != semester:
                semester = Semester.of(day)
                points = _semester_points(semester, rates, law)
            parts = 365 if day_count is DayCount.ACT_ACT and isleap(day.year) else 366
            sums["year"] += parts
            sums["missing"] += points is None
            for name in ("business", "consumer"):
                sums[name] += points[name] * parts if points else 0
            rows.append({"day": day, **sums, "public": points["public"] if points else None})
            day += timedelta(days=1)
    return pl.DataFrame(rows, schema=_DAY_SCHEMA)


_DAY_SCHEMA: Final = {
    "day": pl.Date(),
    **dict.fromkeys(("year", "business", "consumer", "missing", "public"), pl.Int64()),
}


def _as_date(value: Any) -> date:
    assert isinstance(value, date)
    return value


def _semester_points(semester: Semester, rates: Rates, law: LawValues) -> dict[str, int] | None:
    if not rates.has(semester):
        return None
    rate, day = rates.of(semester), semester.first_day
    return {
        "business": _whole(rate.ecb_refi + law.on("b2b_margin", day).value),
        "public": _whole(rate.ecb_refi + law.on("b2g_margin", day).value),
        "consumer": _whole(rate.legal_other),
    }


def _whole(points: Fraction) -> int:
    parts = points * POINT_PARTS
    assert parts.denominator == 1, "a rate has four decimals at most"
    return parts.numerator


def _with_fixed_points(runs: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    """Add `points`, the one rate of a line whose rate does not follow the semesters."""
    first = runs.select(
        "line_id", "regime", "contract_points", *_SPAN, "amount_cents",
        (pl.col("due_on") + pl.duration(days=1)).alias("day"),
    )  # fmt: skip
    return first.join(days.select("day", "public"), on="day", how="left").with_columns(
        pl.when(pl.col("regime") == Regime.PUBLIC.value)
        .then(pl.col("public"))
        .when(pl.col("regime") == Regime.CONTRACT.value)
        .then(pl.col("contract_points"))
        .alias("points")
    )


def _parts(runs: pl.DataFrame, cuts: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    """Add up what each line bears, less what its reductions spare from their date on."""
    late = runs.filter(pl.col("start").is_not_null())
    spared = cuts.join(late, on="line_id").select(
        "line_id", "regime", "points", "stop",
        pl.max_horizontal("start", pl.min_horizontal("on", "stop")).alias("start"),
        (-pl.col("cents")).alias("cents"),
    )  # fmt: skip
    pieces = pl.concat(
        [late.rename({"amount_cents": "cents"}).select(spared.columns), spared], how="vertical"
    )
    for name in _SPAN:
        marked = days.select(
            pl.col("day").alias(name), pl.exclude("day", "public").name.prefix(f"{name}_")
        )
        pieces = pieces.join(marked, on=name, how="left")
    return (
        pieces.with_columns(_index().alias("index"), _is_known().alias("is_known"))
        .group_by("line_id")
        .agg(
            (pl.col("cents").cast(pl.Int128) * pl.col("index")).sum().alias("parts"),
            pl.col("is_known").all(),
        )
    )


def _between(name: str) -> pl.Expr:
    return pl.col(f"stop_{name}") - pl.col(f"start_{name}")


def _follows_semesters() -> pl.Expr:
    return pl.col("regime").is_in([Regime.BUSINESS.value, Regime.CONSUMER.value])


def _index() -> pl.Expr:
    return (
        pl.when(pl.col("regime") == Regime.BUSINESS.value)
        .then(_between("business"))
        .when(pl.col("regime") == Regime.CONSUMER.value)
        .then(_between("consumer"))
        .otherwise(_between("year") * pl.col("points"))
    )


def _is_known() -> pl.Expr:
    is_known = pl.when(_follows_semesters()).then(_between("missing") == 0)
    return is_known.otherwise(pl.col("points").is_not_null())
