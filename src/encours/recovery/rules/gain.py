"""What a call may bring: the amount overdue × the chance that the call changes the date.

A convention, not a measure: chances follow what is known of calls (they help most those who drift
or forget, hardly those who pay by themselves), so that whoever would pay anyway is called last:
ranking by what the call changes, not by how late one is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

CHANCES: Final[Mapping[str, int]] = {
    "early": 5,
    "on_time": 10,
    "slightly_late": 25,
    "chronically_late": 20,
    "deteriorating": 35,
    "new": 30,
    "key_account": 25,
    "public_body": 10,
    "consumer": 35,
}
"""Percent, by profile of `scoring`."""
UNKNOWN: Final = 20
"""Percent for somebody who has no profile yet."""
LEAST: Final = 5
PER_PROMISE: Final = 5
PER_TRY: Final = 5
COUNTED_MAX: Final = 3
OLD_DAYS: Final = 90


@dataclass(frozen=True, slots=True)
class Payer:
    """What the chance looks at: profile, promises not kept, calls unanswered, oldest delay."""

    profile: str = ""
    broken_promises: int = 0
    tries: int = 0
    late_days: int = 0


def chance(payer: Payer) -> int:
    """Return in percent how likely a call changes the date, from 5 to 35.

    Each promise not kept and each call unanswered takes five points, three of each at most; a debt
    of more than ninety days halves what is left: a call seldom changes what months did not.
    """
    found = CHANCES.get(payer.profile, UNKNOWN)
    found -= PER_PROMISE * min(payer.broken_promises, COUNTED_MAX)
    found -= PER_TRY * min(payer.tries, COUNTED_MAX)
    if payer.late_days > OLD_DAYS:
        found //= 2
    return max(found, LEAST)


def expected_gain(overdue_cents: int, payer: Payer) -> int:
    """Return in cents what a call is expected to bring, rounded down; nothing owed brings 0."""
    return max(overdue_cents, 0) * chance(payer) // 100
