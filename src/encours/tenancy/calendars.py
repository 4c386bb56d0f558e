"""Days off by a creditor's calendar.

C. trav. L3133-1 (mainland), L3134-13 (Alsace-Moselle), L3422-2 (overseas), as the library
`holidays` keeps them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Final

import holidays

CALENDARS: Final = {
    "FR": ("France métropolitaine", None),
    "FR-57": ("Alsace-Moselle", "57"),
    "FR-971": ("Guadeloupe", "971"),
    "FR-972": ("Martinique", "972"),
    "FR-973": ("Guyane", "973"),
    "FR-974": ("La Réunion", "974"),
    "FR-976": ("Mayotte", "976"),
    "FR-BL": ("Saint-Barthélemy", "BL"),
    "FR-MF": ("Saint-Martin", "MF"),
    "FR-NC": ("Nouvelle-Calédonie", "NC"),
    "FR-PF": ("Polynésie française", "PF"),
    "FR-PM": ("Saint-Pierre-et-Miquelon", "PM"),
    "FR-WF": ("Wallis-et-Futuna", "WF"),
}
"""Calendars a creditor may choose, by ISO 3166 code: French name, name in the library."""


def french_holidays(years: Iterable[int], calendar: str = "FR") -> frozenset[date]:
    """Return the public holidays of these years; an unknown calendar is a mistake of ours."""
    assert calendar in CALENDARS, f"no calendar {calendar!r}"
    _, part = CALENDARS[calendar]
    return frozenset(holidays.country_holidays("FR", subdiv=part, years=list(years)))


@lru_cache(maxsize=64)
def around(day: date, calendar: str = "FR") -> frozenset[date]:
    """Return the holidays that a plan of that day needs: its year, those before and after."""
    return french_holidays((day.year - 1, day.year, day.year + 1), calendar)
