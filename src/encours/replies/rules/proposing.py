"""What is proposed after a reply was read: to hold, to decide, only to note; until which day."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final, Literal

from encours.kernel.dates import add_working_days
from encours.kernel.money import half_up

HOLD_DAYS: Final = 3
HOLD_MAX: Final = 20
CHAIN: Final = 3
"""Replies that nobody decides hold at most so many times the delay, counted from the first."""

State = Literal["new", "proposed", "noted"]
NOTED: Final = frozenset({"out_of_office", "bounce"})
PROPOSED: Final = frozenset(
    {"promise", "dispute", "payment_proof", "wrong_contact", "invoice_asked", "delay_asked"}
)


def state_of(kind: str, *, is_abstained: bool, has_customer: bool) -> State:
    """Return what waits for whom: a person reads (`new`), confirms (`proposed`), or nobody."""
    if kind in NOTED and not is_abstained:
        return "noted"
    if is_abstained or not has_customer or kind not in PROPOSED:
        return "new"
    return "proposed"


def holds(state: State, *, has_customer: bool) -> bool:
    """Say whether reminders wait: for whatever a person is still to read or confirm."""
    return has_customer and state != "noted"


def hold_until(
    received_on: date, *, days: int, first_on: date | None = None, holidays: Collection[date]
) -> date | None:
    """Return the last day on which reminders wait; None where they have waited long enough.

    `first_on` is the day of the first reply of this customer that nobody has decided yet: who
    writes every day does not put off reminders for ever.
    """
    until = add_working_days(received_on, days, holidays)
    if first_on is not None:
        until = min(until, add_working_days(first_on, days * CHAIN, holidays))
    return until if until >= received_on and days else None


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A due line that a promise may cover: what is open on it."""

    line_id: int
    due_on: date
    open_cents: int


def promised_cents(*, amount_cents: int | None, share: str, lines: Iterable[OpenLine]) -> int:
    """Return what was promised of these lines: the amount said, its share, else all of it.

    Never more than is open; a share is rounded half up, once.
    """
    total = sum(line.open_cents for line in lines)
    if amount_cents is not None:
        return min(amount_cents, total)
    if share and share != "balance":
        return half_up(Fraction(share) * total)
    return total


def shares(cents: int, lines: Iterable[OpenLine]) -> tuple[tuple[int, int], ...]:
    """Spread a promise over due lines, the oldest first: (line, cents), none of them nil.

    What goes beyond all that is open is left out.
    """
    assert cents >= 0, "a promise is an amount"
    left, found = cents, list[tuple[int, int]]()
    for line in sorted(lines, key=lambda one: (one.due_on, one.line_id)):
        part = min(left, line.open_cents)
        if part > 0:
            found.append((line.line_id, part))
            left -= part
    return tuple(found)
