"""The calendar of the trade: working days, seasons, growth."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Final

from encours.kernel.dates import is_working_day, next_working_day

FIXED: Final = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
SEASON: Final = (0.55, 0.75, 1.3, 1.55, 1.5, 1.15, 0.8, 0.65, 0.9, 1.15, 0.95, 0.9)
GROWTH_A_YEAR: Final = 0.07
MONDAY: Final = 0


@cache
def holidays(year: int) -> frozenset[date]:
    """Return the French holidays with a fixed date (the movable ones change nothing here)."""
    return frozenset(date(near, *day) for near in (year - 1, year, year + 1) for day in FIXED)


def working_days(first: date, last: date) -> list[date]:
    """Return the days on which people work, both ends included."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if is_working_day(day, holidays(day.year))]


def weight(day: date, first: date) -> float:
    """Return how much is sold that day, 1 being an average day of the first year."""
    years: float = (day - first).days / 365
    return float(SEASON[day.month - 1] * (1 + GROWTH_A_YEAR) ** years)


def at_work(day: date, today: date) -> date:
    """Return the next working day, or the last day before today when it is not yet come."""
    moved = next_working_day(day, holidays(day.year))
    return moved if moved <= today or day > today else today
