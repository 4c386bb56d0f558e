"""The debtor's own clock when somebody is about to ring: every hour it is there, and why not now.

A country that we do not know has the creditor's own time zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from encours.dunning import calendars
from encours.kernel.countries import countries, territory_of
from encours.recovery.rules import hours
from encours.recovery.rules.hours import Quiet
from encours.recovery.rules.outcomes import Policy


@dataclass(frozen=True, slots=True)
class Clock:
    """What time it is there, and why one should not ring now."""

    local: tuple[datetime, ...]
    quiet: Quiet
    is_known: bool


def clock_of(country: str, postcode: str, *, home: str, policy: Policy, now: datetime) -> Clock:
    """Return the debtor's clock; `home` is the creditor's time zone."""
    code = territory_of(country, postcode)
    place = countries().get(code)
    zones = place.zones if place else (home,)
    walls = {_wall(one): one for one in (now.astimezone(ZoneInfo(zone)) for zone in zones)}
    local = tuple(one for _, one in sorted(walls.items()))
    why = hours.quiet(
        local,
        from_hour=policy.from_hour,
        until_hour=policy.until_hour,
        is_holiday=any(calendars.is_day_off(code, one.date()) for one in local),
    )
    return Clock(local, why, place is not None)


def _wall(one: datetime) -> datetime:
    return one.replace(tzinfo=None)
