"""Conventions of dates said in words, relative to the day a message was received.

A period means its last day on which the words still hold: « en fin de semaine » is Friday, « début
de semaine » Tuesday, « milieu » Wednesday, « début de mois » the 5th, « mi » the 15th, « courant »
and « fin » the last day. A bare day past means next month's. « Vendredi prochain » is the first
Friday to come; "next Friday" is that of next week. « Huitaine » counts 8 days, « quinzaine » 15,
a fortnight 14. « En huit » and « en quinze » add 7 and 14 to the first such day to come.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from encours.kernel.dates import add_months, end_of_month

WEEK: Final = 7
EARLY_DAY: Final = 5
MIDDLE_DAY: Final = 15
WEEK_PARTS: Final = {"early": 1, "middle": 2, "late": 4}
RECENT_DAYS: Final = 45
"""A day and month this little past, said of the future, speaks of what is past: no date."""


def day_of(year: int, month: int, day: int) -> date | None:
    """Return the date, or None where the calendar has none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def coming_weekday(received: date, weekday: int) -> date:
    """Return the first such weekday after the day received."""
    return received + timedelta(days=(weekday - received.weekday() - 1) % WEEK + 1)


def last_weekday(received: date, weekday: int) -> date:
    """Return the last such weekday before the day received."""
    return received - timedelta(days=(received.weekday() - weekday - 1) % WEEK + 1)


def weekday_of_week(received: date, weekday: int, weeks: int) -> date:
    """Return a weekday of this week (0) or of one after, weeks starting on Monday."""
    return received + timedelta(days=weekday - received.weekday() + WEEK * weeks)


def week_part(received: date, part: str, weeks: int) -> date:
    """Return the day that a part of a week means; a part already past is next week's."""
    found = weekday_of_week(received, WEEK_PARTS[part], weeks)
    return found if found >= received else found + timedelta(days=WEEK)


def month_part(year: int, month: int, part: str) -> date:
    """Return the day that a part of a month means."""
    first = date(year, month, 1)
    if part == "early":
        return first.replace(day=EARLY_DAY)
    return first.replace(day=MIDDLE_DAY) if part == "middle" else end_of_month(first)


def coming_month_part(received: date, month: int, part: str, year: int | None = None) -> date:
    """Return the part of a named month: this year's, or next year's where it is past."""
    found = month_part(year or received.year, month, part)
    if year or found >= received:
        return found
    return month_part(received.year + 1, month, part)


def coming_day(received: date, day: int) -> date | None:
    """Return the next day of month of this number, today included."""
    for months in range(3):
        first = add_months(received.replace(day=1), months)
        found = day_of(first.year, first.month, day)
        if found and found >= received:
            return found
    return None


def past_day(received: date, day: int) -> date | None:
    """Return the last day of month of this number, today included."""
    for months in range(3):
        first = add_months(received.replace(day=1), -months)
        found = day_of(first.year, first.month, day)
        if found and found <= received:
            return found
    return None


def coming_day_month(received: date, day: int, month: int) -> date | None:
    """Return the next such day of the year, none where it has only just passed."""
    found = day_of(received.year, month, day)
    if found and found >= received:
        return found
    if found and (received - found).days <= RECENT_DAYS:
        return None
    return day_of(received.year + 1, month, day)


def past_day_month(received: date, day: int, month: int) -> date | None:
    """Return the last such day of the year, today included."""
    found = day_of(received.year, month, day)
    if found and found <= received:
        return found
    return day_of(received.year - 1, month, day)
