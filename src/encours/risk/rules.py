"""Limits of credit over time: a new one cuts those that it meets; what is used, what is left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many cents between two days, both included; `until` None has no end."""

    cents: int
    since: date
    until: date | None = None
    id: int | None = None

    def covers(self, day: date) -> bool:
        """Say whether it holds on a day."""
        return self.since <= day and (self.until is None or day <= self.until)

    def meets(self, other: Limit) -> bool:
        """Say whether both hold on some day."""
        return (self.until is None or other.since <= self.until) and (
            other.until is None or self.since <= other.until
        )


@dataclass(frozen=True, slots=True)
class Use:
    """What a customer uses of a limit; `left` is below zero when it is passed."""

    limit_cents: int
    used_cents: int

    @property
    def left_cents(self) -> int:
        """Return what may still be sold on credit."""
        return self.limit_cents - self.used_cents

    @property
    def is_passed(self) -> bool:
        """Say whether more is used than granted."""
        return self.left_cents < 0


def cut(held: Limit, since: date, until: date | None) -> Iterator[Limit]:
    """Yield what is left of a limit once the days `since` to `until` are taken out of it."""
    if held.since < since:
        last = since - DAY
        end = last if held.until is None else min(held.until, last)
        yield replace(held, until=end)
    if until is not None and (held.until is None or held.until > until):
        yield replace(held, since=max(held.since, until + DAY))


def use(limit_cents: int, *, open_cents: int, unallocated_cents: int) -> Use:
    """Say what is used: what is owed less what was received and settles nothing yet, never below 0.

    Bills in hand and lines in dispute are owed: a limit is what the company may lose.
    """
    return Use(limit_cents, max(open_cents - unallocated_cents, 0))


def on(limits: Iterable[Limit], day: date) -> Limit | None:
    """Return the limit that holds on a day."""
    return next((one for one in limits if one.covers(day)), None)
