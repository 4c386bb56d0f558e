"""The debtor's own clock: the hour and the public holidays of a country, as `holidays` keeps them.

A country that we do not know has the creditor's own time zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import holidays

from encours.recovery.rules import hours
from encours.recovery.rules.hours import Quiet
from encours.recovery.rules.outcomes import Policy
from encours.recovery.rules.phones import countries, country_of


@dataclass(frozen=True, slots=True)
class Clock:
    """What time it is there, and why one should not ring now."""

    local: tuple[datetime, ...]
    quiet: Quiet
    is_known: bool


def clock_of(country: str, postcode: str, *, home: str, policy: Policy, now: datetime) -> Clock:
    """Return the debtor's clock; `home` is the creditor's time zone."""
    code = country_of(country, postcode)
    place = countries().get(code)
    zones = place.zones if place else (home,)
    walls = {_wall(one): one for one in (now.astimezone(ZoneInfo(zone)) for zone in zones)}
    local = tuple(one for _, one in sorted(walls.items()))
    why = hours.quiet(
        local,
        from_hour=policy.from_hour,
        until_hour=policy.until_hour,
        is_holiday=any(_is_holiday(code, one) for one in local),
    )
    return Clock(local, why, place is not None)


def _wall(one: datetime) -> datetime:
    return one.replace(tzinfo=None)


def _is_holiday(country: str, local: datetime) -> bool:
    supported = holidays.list_supported_countries()
    if country not in supported:
        return False
    return local.date() in holidays.country_holidays(country, years=local.year)
