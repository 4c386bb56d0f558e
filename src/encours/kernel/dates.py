"""Dates: months, semesters and working days; holidays always come as an argument."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

SATURDAY: Final = 5
SECOND_HALF: Final = 7


def end_of_month(day: date) -> date:
    """Return the last day of the month of `day`."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def add_months(day: date, months: int) -> date:
    """Move by whole months, staying inside the month: 31 January + 1 is the end of February."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def is_working_day(day: date, holidays: Collection[date]) -> bool:
    """Say whether people work that day: neither a weekend nor a holiday."""
    return day.weekday() < SATURDAY and day not in holidays


def next_working_day(day: date, holidays: Collection[date]) -> date:
    """Return `day` itself when people work on it, else the first day after that they do."""
    while not is_working_day(day, holidays):
        day += timedelta(days=1)
    return day


def add_working_days(day: date, days: int, holidays: Collection[date]) -> date:
    """Move forward by working days; 0 gives the first working day from `day` on."""
    moved = next_working_day(day, holidays)
    for _ in range(days):
        moved = next_working_day(moved + timedelta(days=1), holidays)
    return moved


@dataclass(frozen=True, order=True, slots=True)
class Semester:
    """Half of a year: what French late-payment rates are set for (C. com. L441-10 II)."""

    year: int
    half: int

    @classmethod
    def of(cls, day: date) -> Semester:
        """Return the semester in which `day` falls."""
        return cls(day.year, 2 if day.month >= SECOND_HALF else 1)

    @property
    def first_day(self) -> date:
        """Return 1 January or 1 July."""
        return date(self.year, 1 if self.half == 1 else SECOND_HALF, 1)

    @property
    def last_day(self) -> date:
        """Return 30 June or 31 December."""
        return date(self.year, 6, 30) if self.half == 1 else date(self.year, 12, 31)

    def following(self) -> Semester:
        """Return the semester after this one."""
        return Semester(self.year, 2) if self.half == 1 else Semester(self.year + 1, 1)

    def __str__(self) -> str:
        """Write it as the rates file does: `2026-S2`."""
        return f"{self.year}-S{self.half}"
