"""What a payment settles when the debtor did not say, or said only in part (C. civ. 1342-10)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One due line still open; `burden` ranks what the debtor has most interest to pay first."""

    line: str
    issued_on: date
    due_on: date
    open_cents: int
    burden: int = 0


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a payment that goes to one due line."""

    line: str
    cents: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """The shares of a payment, and what no due line took."""

    shares: tuple[Share, ...]
    unapplied_cents: int


def allocate(
    payment_cents: int, items: Iterable[OpenItem], *, on: date, chosen: Sequence[str] = ()
) -> Allocation:
    """Spread a payment: lines the debtor chose, in that order; then by the order of the article.

    Due debts first, then the most burdensome, then the oldest (by invoice, then by due date), and
    all things equal in proportion, the odd cents to the largest remainders.
    """
    assert payment_cents >= 0, "a refund is not a payment"
    left, shares = payment_cents, list[Share]()
    by_line = {item.line: item for item in items}
    first = [[by_line.pop(line)] for line in dict.fromkeys(chosen) if line in by_line]
    for equals in (*first, *_ranked(by_line.values(), on)):
        for share in _split(left, equals):
            left -= share.cents
            shares.append(share)
    return Allocation(tuple(shares), left)


def _ranked(items: Iterable[OpenItem], on: date) -> list[list[OpenItem]]:
    def rank(item: OpenItem) -> tuple[bool, int, date, date]:
        return item.due_on > on, -item.burden, item.issued_on, item.due_on

    ordered = sorted(items, key=lambda item: (rank(item), item.line))
    return [list(equals) for _, equals in groupby(ordered, key=rank)]


def _split(cents: int, items: list[OpenItem]) -> list[Share]:
    """Share `cents` in proportion to what is open, never more than it, and lose no cent."""
    total = sum(item.open_cents for item in items)
    cents = min(cents, total)
    if not cents:
        return []
    floors = {item.line: cents * item.open_cents // total for item in items}
    odd = cents - sum(floors.values())
    by_remainder = sorted(items, key=lambda item: (-(cents * item.open_cents % total), item.line))
    for item in by_remainder[:odd]:
        floors[item.line] += 1
    return [Share(line, part) for line, part in floors.items() if part]
