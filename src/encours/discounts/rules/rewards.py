"""Which customers earned a reward: early or on time, for long enough, for enough, nothing late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Gesture = Literal["discount", "terms", "thanks"]
EARNING: Final = frozenset({"early", "on_time"})
MONTHS_MIN: Final = 6
LINES_MIN: Final = 6
ON_TIME_MIN: Final = 80
"""Invoices paid by their day, in percent: a mean on time hides many that are not."""
VOLUME_MIN: Final = 1_000_000
"""Bought in twelve months, in cents: under it, a thank-you is all that is proposed."""


@dataclass(frozen=True, slots=True)
class Payer:
    """How a customer pays: its behaviour, for how many months, what it bought in twelve months."""

    behaviour: str
    months: int
    settled_lines: int
    overdue_cents: int
    volume_cents: int
    on_time_percent: int


def proposed(payer: Payer) -> Gesture | None:
    """Return the gesture that a payer has earned, or nothing.

    Early and buying enough: a discount, since it takes discounts' days already. On time and buying
    enough: better terms. Less bought: a thank-you.
    """
    steady = payer.months >= MONTHS_MIN and payer.settled_lines >= LINES_MIN
    if payer.behaviour not in EARNING or not steady or payer.overdue_cents > 0:
        return None
    if payer.on_time_percent < ON_TIME_MIN:
        return None
    if payer.volume_cents < VOLUME_MIN:
        return "thanks"
    return "discount" if payer.behaviour == "early" else "terms"
