"""Days off, by calendar: what the planner takes as its `holidays`.

C. trav. L3133-1 (mainland), L3134-13 (Alsace-Moselle), L3422-2 (overseas), as the library
`holidays` keeps them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Final

import holidays

from encours.kernel.countries import countries

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


def around(day: date, calendar: str = "FR") -> frozenset[date]:
    """Return the holidays that a plan of that day needs: its year, those before and after."""
    return french_holidays((day.year - 1, day.year, day.year + 1), calendar)


ABROAD: Final = (
    *("AT", "BE", "BG", "CA", "CH", "CI", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "GB", "GR"),
    *("HR", "HU", "IE", "IT", "LT", "LU", "LV", "MA", "MT", "NL", "NO", "PL", "PT", "RO", "SE"),
    *("SI", "SK", "SN", "TN", "US"),
)
"""Debtors' countries whose clock and days off a plan knows; France is the creditor's calendar's."""


def zone_of(country: str) -> str:
    """Return the clock that most people of a country live by."""
    return countries()[country].zones[0]


def is_day_off(country: str, day: date) -> bool:
    """Say whether it is a public holiday there; a country that nobody keeps has none."""
    if country not in holidays.list_supported_countries():
        return False
    return day in holidays.country_holidays(country, years=day.year)


@cache
def abroad(years: tuple[int, ...]) -> Mapping[str, frozenset[date]]:
    """Return the public holidays of those countries."""
    return {
        country: frozenset(holidays.country_holidays(country, years=list(years)))
        for country in ABROAD
    }


def abroad_around(day: date) -> Mapping[str, frozenset[date]]:
    """Return the holidays of debtors' countries that a plan of that day needs."""
    return abroad((day.year, day.year + 1))
