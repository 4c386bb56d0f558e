"""Payment terms as data, and the due lines that they give (C. com. L441-10 I).

"45 jours fin de mois" has two accepted readings: A adds the days then goes to the end of the
month, B goes to the end of the month then adds the days (DGCCRF). The terms name one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

import polars as pl

from encours.kernel.dates import add_months, end_of_month, next_working_day
from encours.kernel.refusal import Refusal

ALL: Final = Fraction(100)
DAYS_MAX: Final = 366
MONTHS_MAX: Final = 24
LAST_DAY: Final = 31


class MonthEnd(StrEnum):
    """Whether the due date goes to the end of a month, and when."""

    NONE = "none"
    AFTER_DAYS = "after_days"
    BEFORE_DAYS = "before_days"


class Postponement(StrEnum):
    """What happens when the due date is a day off: nothing, unless the terms say otherwise."""

    NONE = "none"
    NEXT_WORKING_DAY = "next_working_day"


class InvalidTerms(Refusal):
    """Say what is wrong in payment terms."""


@dataclass(frozen=True, slots=True)
class DueRule:
    """How one due date follows from the invoice date; a `day` is the next such day of a month."""

    days: int = 0
    months: int = 0
    month_end: MonthEnd = MonthEnd.NONE
    day: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.days <= DAYS_MAX or not 0 <= self.months <= MONTHS_MAX:
            raise InvalidTerms("Le délai doit être compris entre 0 et 366 jours ou 24 mois.")
        if self.day is not None and not 1 <= self.day <= LAST_DAY:
            raise InvalidTerms("Le jour du mois doit être compris entre 1 et 31.")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the invoice, in per cent, and when it is due."""

    percent: Fraction
    rule: DueRule


@dataclass(frozen=True, slots=True)
class Terms:
    """One or several parts that make 100 per cent; the last one takes the cents that remain."""

    parts: tuple[Part, ...]
    postponement: Postponement = Postponement.NONE

    def __post_init__(self) -> None:
        if any(part.percent <= 0 for part in self.parts):
            raise InvalidTerms("Chaque part de l'échéancier doit être supérieure à zéro.")
        if sum((part.percent for part in self.parts), Fraction()) != ALL:
            raise InvalidTerms("Les parts de l'échéancier doivent faire 100 %.")


@dataclass(frozen=True, slots=True)
class DueLine:
    """One due date and its amount."""

    due_on: date
    cents: int


def single(
    days: int = 0,
    *,
    months: int = 0,
    month_end: MonthEnd = MonthEnd.NONE,
    day: int | None = None,
    postponement: Postponement = Postponement.NONE,
) -> Terms:
    """Return terms with one due date."""
    return Terms((Part(ALL, DueRule(days, months, month_end, day)),), postponement)


def due_dates(
    terms: Terms, issued_on: date, amount_cents: int, *, holidays: Collection[date] = ()
) -> tuple[DueLine, ...]:
    """Cut an invoice into due lines; a part too small for one cent gives no line."""
    assert amount_cents > 0, "a credit note has no due date"
    lines = []
    left = amount_cents
    for position, part in enumerate(terms.parts, start=1):
        is_last = position == len(terms.parts)
        cents = left if is_last else int(amount_cents * part.percent / ALL)
        left -= cents
        if cents:
            lines.append(DueLine(due_on(terms, part.rule, issued_on, holidays), cents))
    return tuple(lines)


def due_on(terms: Terms, rule: DueRule, issued_on: date, holidays: Collection[date] = ()) -> date:
    """Return the due date of one part."""
    day = end_of_month(issued_on) if rule.month_end is MonthEnd.BEFORE_DAYS else issued_on
    day = add_months(day, rule.months) + timedelta(days=rule.days)
    if rule.month_end is MonthEnd.AFTER_DAYS:
        day = end_of_month(day)
    if rule.day is not None:
        day = _next_day_of_month(day, rule.day)
    if terms.postponement is Postponement.NEXT_WORKING_DAY:
        day = next_working_day(day, holidays)
    return day


def _next_day_of_month(day: date, wanted: int) -> date:
    this_month = _in_month(day, wanted)
    return this_month if this_month >= day else _in_month(end_of_month(day) + _ONE_DAY, wanted)


def _in_month(day: date, wanted: int) -> date:
    return day.replace(day=min(wanted, end_of_month(day).day))


_ONE_DAY: Final = timedelta(days=1)


def due_on_expr(
    rule: DueRule,
    issued_on: str = "issued_on",
    *,
    postponement: Postponement = Postponement.NONE,
    holidays: Collection[date] = (),
) -> pl.Expr:
    """Return the due date of one part as a column expression; agrees with `due_on`."""
    day = pl.col(issued_on)
    if rule.month_end is MonthEnd.BEFORE_DAYS:
        day = day.dt.month_end()
    day = day.dt.offset_by(f"{rule.months}mo").dt.offset_by(f"{rule.days}d")
    if rule.month_end is MonthEnd.AFTER_DAYS:
        day = day.dt.month_end()
    if rule.day is not None:
        this_month = _in_month_expr(day, rule.day)
        next_month = _in_month_expr(day.dt.month_end().dt.offset_by("1d"), rule.day)
        day = pl.when(this_month >= day).then(this_month).otherwise(next_month)
    if postponement is Postponement.NEXT_WORKING_DAY:
        day = day.dt.add_business_days(0, holidays=sorted(holidays), roll="forward")
    return day


def _in_month_expr(day: pl.Expr, wanted: int) -> pl.Expr:
    last = day.dt.month_end()
    number = pl.min_horizontal(pl.lit(wanted), last.dt.day().cast(pl.Int32))
    return day.dt.month_start() + pl.duration(days=number - 1)


def due_lines(
    frame: pl.DataFrame, terms: Terms, *, holidays: Collection[date] = ()
) -> pl.DataFrame:
    """Cut a whole frame of invoices (`issued_on`, `amount_cents`; others kept) into due lines.

    Adds `position` (from 1), `due_on` and `due_cents`; agrees with `due_dates`.
    """
    pieces = []
    left = pl.col("amount_cents")
    for position, part in enumerate(terms.parts, start=1):
        cents = left
        if position < len(terms.parts):
            share = part.percent / ALL
            cents = pl.col("amount_cents").cast(pl.Int128) * share.numerator // share.denominator
        left = left - cents
        due = due_on_expr(part.rule, postponement=terms.postponement, holidays=holidays)
        piece = frame.with_columns(
            pl.lit(position, pl.Int64).alias("position"),
            due.alias("due_on"),
            cents.cast(pl.Int64).alias("due_cents"),
        )
        pieces.append(piece.filter(pl.col("due_cents") != 0))
    return pl.concat(pieces)


def as_json(terms: Terms) -> dict[str, Any]:
    """Return the terms as plain JSON data, the shape stored by the ledger."""
    return {
        "parts": [
            {
                "percent": str(part.percent),
                "days": part.rule.days,
                "months": part.rule.months,
                "month_end": part.rule.month_end.value,
                "day": part.rule.day,
            }
            for part in terms.parts
        ],
        "postponement": terms.postponement.value,
    }


def from_json(data: Mapping[str, Any]) -> Terms:
    """Read what `as_json` wrote, or raise InvalidTerms."""
    try:
        parts = tuple(_part(part) for part in data["parts"])
        return Terms(parts, Postponement(data.get("postponement", "none")))
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError) as problem:
        raise InvalidTerms(f"Conditions de règlement illisibles : {problem}") from problem


def _part(part: Mapping[str, Any]) -> Part:
    day = part.get("day")
    rule = DueRule(
        days=int(part.get("days", 0)),
        months=int(part.get("months", 0)),
        month_end=MonthEnd(part.get("month_end", "none")),
        day=None if day is None else int(day),
    )
    return Part(Fraction(part["percent"]), rule)
