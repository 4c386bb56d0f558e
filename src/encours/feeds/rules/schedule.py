"""When a source runs next: every so many minutes, or at hours of its creditor's clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

EVERY_MIN: Final = 5
EVERY_MAX: Final = 7 * 24 * 60
HOURS_MAX: Final = 24
BACK_OFF: Final = tuple(timedelta(minutes=one) for one in (5, 15, 60, 240))
_HOUR: Final = re.compile(r"^([01]?\d|2[0-3])[:h]([0-5]\d)$")


@dataclass(frozen=True, slots=True)
class Schedule:
    """Every `minutes`, or at `hours` ("06:30") of a clock; neither: only when asked."""

    minutes: int = 0
    hours: tuple[str, ...] = ()

    def as_text(self) -> str:
        """Return it as people type it."""
        return ", ".join(self.hours) if self.hours else (str(self.minutes) if self.minutes else "")


def read_schedule(text: str) -> Schedule:
    """Read "15" (minutes) or "06:30, 13:00"; raises ValueError with a French sentence."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not words:
        return Schedule()
    if len(words) == 1 and words[0].isascii() and words[0].isdecimal():
        minutes = int(words[0])
        if not EVERY_MIN <= minutes <= EVERY_MAX:
            raise ValueError(f"Indiquez entre {EVERY_MIN} et {EVERY_MAX} minutes.")
        return Schedule(minutes=minutes)
    hours = []
    for word in words[:HOURS_MAX]:
        found = _HOUR.match(word)
        if not found:
            raise ValueError(f"« {word} » n'est pas une heure : écrivez 06:30, ou 15 (minutes).")
        hours.append(f"{int(found[1]):02d}:{found[2]}")
    return Schedule(hours=tuple(sorted(set(hours))))


def next_run(
    schedule: Schedule, *, after: datetime, zone: ZoneInfo, failures: int = 0, wait_s: int = 0
) -> datetime | None:
    """Return the next run after an instant; a failed one is tried again, later each time.

    `wait_s` is what the other side asked for. Missed runs are not run one by one: the next one
    takes all that is there.
    """
    least = after + timedelta(seconds=wait_s)
    if not schedule.minutes and not schedule.hours:
        return None
    if schedule.minutes:
        planned = after + timedelta(minutes=schedule.minutes)
    else:
        planned = min(_at_hour(hour, after, zone) for hour in schedule.hours)
    if failures:
        retry = after + BACK_OFF[min(failures, len(BACK_OFF)) - 1]
        planned = min(planned, retry) if schedule.hours else retry
    return max(planned, least)


def _at_hour(hour: str, after: datetime, zone: ZoneInfo) -> datetime:
    local = after.astimezone(zone)
    at = local.replace(hour=int(hour[:2]), minute=int(hour[3:]), second=0, microsecond=0)
    while at <= local:
        day = at.date() + timedelta(days=1)
        at = at.replace(year=day.year, month=day.month, day=day.day)
    return at.astimezone(after.tzinfo)
