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


ZONES: Final = {
    "AT": "Europe/Vienna",
    "BE": "Europe/Brussels",
    "BG": "Europe/Sofia",
    "CA": "America/Toronto",
    "CH": "Europe/Zurich",
    "CI": "Africa/Abidjan",
    "CY": "Asia/Nicosia",
    "CZ": "Europe/Prague",
    "DE": "Europe/Berlin",
    "DK": "Europe/Copenhagen",
    "EE": "Europe/Tallinn",
    "ES": "Europe/Madrid",
    "FI": "Europe/Helsinki",
    "FR": "Europe/Paris",
    "GB": "Europe/London",
    "GR": "Europe/Athens",
    "HR": "Europe/Zagreb",
    "HU": "Europe/Budapest",
    "IE": "Europe/Dublin",
    "IT": "Europe/Rome",
    "LT": "Europe/Vilnius",
    "LU": "Europe/Luxembourg",
    "LV": "Europe/Riga",
    "MA": "Africa/Casablanca",
    "MT": "Europe/Malta",
    "NL": "Europe/Amsterdam",
    "NO": "Europe/Oslo",
    "PL": "Europe/Warsaw",
    "PT": "Europe/Lisbon",
    "RO": "Europe/Bucharest",
    "SE": "Europe/Stockholm",
    "SI": "Europe/Ljubljana",
    "SK": "Europe/Bratislava",
    "SN": "Africa/Dakar",
    "TN": "Africa/Tunis",
    "US": "America/Chicago",
}
"""The clock of debtors' countries; of a country with several, one in its middle (IANA tz)."""


@cache
def abroad(years: tuple[int, ...]) -> Mapping[str, frozenset[date]]:
    """Return the public holidays of those countries but France, which creditors' calendars know."""
    return {
        country: frozenset(holidays.country_holidays(country, years=list(years)))
        for country in ZONES
        if country != "FR"
    }


def abroad_around(day: date) -> Mapping[str, frozenset[date]]:
    """Return the holidays of debtors' countries that a plan of that day needs."""
    return abroad((day.year, day.year + 1))
