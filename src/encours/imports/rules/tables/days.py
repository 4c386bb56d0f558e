"""Days as people and software write them; day/month or month/day is the whole column's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Final, Literal

import polars as pl

DayOrder = Literal["dmy", "mdy"]
YEARS: Final = (1950, 2099)
_EPOCH: Final = date(1899, 12, 30)
_SERIALS: Final = (18_264, 73_050)  # 1950-01-01 to 2099-12-31, as spreadsheets count days
_TIME: Final = re.compile(r"[T\s,]+\d{1,2}[:h]\d{2}.*$")
_ISO: Final = re.compile(r"^(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})$")
_SHORT: Final = re.compile(r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})$")
_PACKED: Final = re.compile(r"^(\d{2})(\d{2})(\d{4})$")
_PACKED_ISO: Final = re.compile(r"^((?:19|20)\d{2})(\d{2})(\d{2})$")
_NAMED: Final = re.compile(
    r"^(\d{1,2})(?:er)?[-/. ]+([a-zéûô]{3,9})\.?[-/., ]+(\d{4}|\d{2})$", re.IGNORECASE
)
_NAMED_FIRST: Final = re.compile(
    r"^([a-z]{3,9})\.?[-/. ]+(\d{1,2})(?:st|nd|rd|th)?,?[ ]+(\d{4})$", re.IGNORECASE
)
_MONTHS: Final = {
    "jan": 1, "fev": 2, "fév": 2, "feb": 2, "mar": 3, "avr": 4, "apr": 4, "mai": 5, "may": 5,
    "juin": 6, "jun": 6, "juil": 7, "jul": 7, "aou": 8, "aoû": 8, "aug": 8, "sep": 9, "oct": 10,
    "nov": 11, "dec": 12, "déc": 12,
}  # fmt: skip
NO_DAY: Final = r"^[0\s/.-]*$|^(?:1900-01-01|1899-12-3[01]|00/00/0000|01/01/1900)(?:[T ].*)?$"
MONTHS_IN_YEAR: Final = 12


def order_of(texts: Iterable[str]) -> DayOrder | None:
    """Say which comes first, the day or the month, by the parts above 12; None: nothing shows it.

    One date that can only be read one way decides for the whole column; where both ways are
    met, the more frequent: the others are then unreadable, and said.
    """
    first = second = 0
    for text in texts:
        match = _SHORT.match(_TIME.sub("", text.strip()))
        if match:
            first += int(match[1]) > MONTHS_IN_YEAR
            second += int(match[2]) > MONTHS_IN_YEAR
    if first == second == 0:
        return None
    return "dmy" if first >= second else "mdy"


def read_day(text: str, order: DayOrder | None) -> date | None:
    """Read one day, or return None; without an order the day comes first, as in French."""
    plain = _TIME.sub("", text.strip().removesuffix(".0"))
    for shape, parts in _shapes(order):
        match = shape.match(plain)
        if match and (day := _day(*parts(match))):
            return day
    if plain.isdigit() and _SERIALS[0] <= int(plain) <= _SERIALS[1]:
        return _EPOCH + timedelta(days=int(plain))
    return None


def to_days(text: pl.Series, order: DayOrder | None) -> pl.Series:
    """Return a column of dates, null where blank or unreadable."""
    known = text.drop_nulls().unique()
    read = {found: read_day(found, order) for found in known}
    return text.replace_strict(read, default=None, return_dtype=pl.Date)


_Parts = Callable[[re.Match[str]], tuple[int, int, int]]


def _shapes(order: DayOrder | None) -> tuple[tuple[re.Pattern[str], _Parts], ...]:
    month_first = order == "mdy"
    day_at, month_at = (2, 1) if month_first else (1, 2)

    def ordered(match: re.Match[str]) -> tuple[int, int, int]:
        return int(match[3]), int(match[month_at]), int(match[day_at])

    return (
        (_ISO, lambda at: (int(at[1]), int(at[2]), int(at[3]))),
        (_SHORT, ordered),
        (_PACKED_ISO, lambda at: (int(at[1]), int(at[2]), int(at[3]))),
        (_PACKED, ordered),
        (_NAMED, lambda at: (int(at[3]), _month(at[2]), int(at[1]))),
        (_NAMED_FIRST, lambda at: (int(at[3]), _month(at[1]), int(at[2]))),
    )


def _month(name: str) -> int:
    low = name.lower()
    return _MONTHS.get(low[:4], _MONTHS.get(low[:3], 0))


def _day(year: int, month: int, day: int) -> date | None:
    century = 2000 if year < 80 else 1900  # noqa: PLR2004 - two digits: 1980 to 2079
    full = year + century if year < 100 else year  # noqa: PLR2004 - idem
    if not YEARS[0] <= full <= YEARS[1]:
        return None
    try:
        return date(full, month, day)
    except ValueError:
        return None
