"""Days off where debtors live: what the planner takes as its `abroad`.

The creditor's own are those of its calendar (`tenancy.calendars`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Final

import holidays

from encours.kernel.countries import countries

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
