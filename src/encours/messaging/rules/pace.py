"""How fast a sender with limits lets its messages leave: never more, and evenly over the day.

A provider takes so many messages an hour and a day, and a mailbox that receives hundreds in one
minute takes their sender for a spammer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import ceil
from typing import Final
from zoneinfo import ZoneInfo

from encours.kernel.dates import next_working_day

ORDINARY: Final = 0
"""Spread over the hours of sending."""
NOW: Final = 1
"""A person wants it now: at any hour, at the same pace."""
FIRST: Final = 2
"""Somebody waits for it (an answer, a test to oneself): ahead of the pace, within the limits."""
HOUR: Final = timedelta(hours=1)
MARGIN: Final = timedelta(minutes=15)
"""Before the hours end, so that the last ones do not miss them by a turn."""
HURRY: Final = timedelta(minutes=30)
SLICE_S: Final = 300
"""No shorter than the minute at which workers are woken, or they would miss their turns."""
DAYS_AHEAD: Final = 60


@dataclass(frozen=True, slots=True)
class Limit:
    """How many messages an hour and a day; 0: no such limit."""

    hourly: int = 0
    daily: int = 0


@dataclass(frozen=True, slots=True)
class Hours:
    """When a creditor's messages may leave: hours of a clock, and the days nobody works."""

    first: int
    last: int
    zone: str
    days_off: Collection[date] = frozenset()

    def on_clock(self, now: datetime) -> datetime:
        """Return the time there."""
        return now.astimezone(ZoneInfo(self.zone))

    def are_open(self, now: datetime) -> bool:
        """Say whether it is an hour of sending there."""
        return self.first <= self.on_clock(now).hour < self.last

    def day_start(self, now: datetime) -> datetime:
        """Return when the day there began."""
        return datetime.combine(self.on_clock(now).date(), time(), ZoneInfo(self.zone))

    def closing(self, now: datetime) -> datetime:
        """Return when the hours of that day end."""
        return self.day_start(now) + timedelta(hours=self.last)

    def next_opening(self, now: datetime) -> datetime:
        """Return the next opening after `now`: today's if it is still to come and a working day."""
        local = self.on_clock(now)
        day = local.date() if local.hour < self.first else local.date() + timedelta(days=1)
        day = next_working_day(day, self.days_off)
        return datetime.combine(day, time(self.first), ZoneInfo(self.zone))


@dataclass(frozen=True, slots=True)
class Share:
    """At most `count` messages in any stretch of `span`."""

    count: int
    span: timedelta


def pace(limit: Limit, hours: Hours, *, handed: int, now: datetime) -> Share:
    """Return the even share of what the day still allows, in slices of five minutes or more.

    What a slow morning left is caught up, though never faster than the day's rest in half an hour.
    """
    rates = []
    if limit.hourly:
        rates.append(limit.hourly / HOUR.total_seconds())
    if limit.daily:
        left = max(hours.closing(now) - now - MARGIN, HURRY)
        rates.append(max(limit.daily - handed, 1) / left.total_seconds())
    rate = min(rates)
    count = max(1, ceil(rate * SLICE_S))
    return Share(count, timedelta(seconds=count / rate))


def hard(limit: Limit) -> Share | None:
    """Return what holds for every message: the provider's own hour."""
    return Share(limit.hourly, HOUR) if limit.hourly else None


def room(limit: Limit, hours: Hours, *, handed: int, now: datetime) -> int:
    """Return how many ordinary messages may still leave today."""
    if not hours.are_open(now):
        return 0
    rooms = []
    if limit.daily:
        rooms.append(max(limit.daily - handed, 0))
    if limit.hourly:
        left_s = (hours.closing(now) - now).total_seconds()
        rooms.append(ceil(limit.hourly * left_s / HOUR.total_seconds()))
    return min(rooms)


def a_day(limit: Limit, hours: Hours) -> int:
    """Return how many messages a whole day of sending takes."""
    rooms = [limit.daily] if limit.daily else []
    if limit.hourly:
        rooms.append(limit.hourly * (hours.last - hours.first))
    return min(rooms)


def spread(
    waiting: int, limit: Limit, hours: Hours, *, handed: int, now: datetime
) -> tuple[tuple[date, int], ...]:
    """Say how many of those that wait leave on which day; the days past two months are one."""
    days = list[tuple[date, int]]()
    share = min(waiting, room(limit, hours, handed=handed, now=now))
    if share:
        days.append((hours.on_clock(now).date(), share))
        waiting -= share
    at = now
    while waiting:
        at = hours.next_opening(at)
        takes = a_day(limit, hours)
        if limit.daily and at.date() == hours.on_clock(now).date():
            takes = min(takes, max(limit.daily - handed, 0))
        share = waiting if len(days) == DAYS_AHEAD else min(waiting, takes)
        if share:
            days.append((at.date(), share))
        waiting -= share
    return tuple(days)
