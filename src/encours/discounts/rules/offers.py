"""An early-payment discount (escompte): until when, how much, and when it is earned.

Amounts are those of the document, VAT included. A discount is rounded down to the cent, so that it
never passes its percent. The invoice must announce the conditions (C. com. L441-9; law-fr 1.12).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

Anchor = Literal["before_due", "after_invoice"]
Origin = Literal["step", "negotiation", "reward"]
ANCHORS: Final[tuple[Anchor, ...]] = ("before_due", "after_invoice")
ORIGINS: Final[tuple[Origin, ...]] = ("step", "negotiation", "reward")
WHOLE: Final = 10_000
"""Basis points of the whole: 3 % is 300."""
PERCENT_MAX: Final = 2_000
DAYS_MAX: Final = 120
MONEY: Final = frozenset({"payment", "deposit", "other", "inferred"})
"""Credits that are money: a credit note or a loss earns no discount."""


@dataclass(frozen=True, slots=True)
class Terms:
    """A rule: so many basis points if paid `days` before the due date, or after the invoice's.

    Of a customer, of a segment, or (neither) of all the creditor's customers.
    """

    id: int
    basis_points: int
    days: int
    anchor: Anchor
    valid_from: date
    valid_to: date | None = None
    customer_id: int | None = None
    segment_id: int | None = None
    origin: Origin = "step"

    def covers(self, day: date) -> bool:
        """Say whether the rule holds on a day, its last one included."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Discount:
    """What is offered of one due line: so much less if it is paid by a day, that day included."""

    basis_points: int
    base_cents: int
    cents: int
    until_on: date
    origin: Origin = "step"
    rule_id: int | None = None
    offer_id: int | None = None

    @property
    def pay_cents(self) -> int:
        """Return what is to be paid for the discount to be had."""
        return self.base_cents - self.cents


@dataclass(frozen=True, slots=True)
class Settled:
    """What was set against a due line: which kind of credit, the day it was received, how much."""

    kind: str
    on: date
    cents: int


@dataclass(frozen=True, slots=True)
class Earned:
    """What may be granted: `is_exact` when the payment is the offered one, to the cent."""

    cents: int
    paid_on: date
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Awaited:
    """A line under an offer: what a payment may match; `group` = its message, 0: none."""

    offer_id: int
    group: int
    open_cents: int
    discount: Discount


@dataclass(frozen=True, slots=True)
class Received:
    """Money that is on the account and settles nothing yet."""

    credit_id: int
    on: date
    cents: int


def terms_for(
    rules: Iterable[Terms], *, customer_id: int, segment_id: int | None, on: date
) -> Terms | None:
    """Return the rule that holds for a customer on a day: its own, its segment's, everybody's."""

    def rank(one: Terms) -> int | None:
        if one.customer_id is not None:
            return 0 if one.customer_id == customer_id else None
        if one.segment_id is not None:
            return 1 if one.segment_id == segment_id else None
        return 2

    fitting = [(place, one.id, one) for one in rules if (place := rank(one)) is not None]
    held = [found for found in fitting if found[2].covers(on)]
    return min(held)[2] if held else None


def deadline(terms: Terms, *, issued_on: date, due_on: date) -> date:
    """Return the last day on which the discount may be had, never after the due date."""
    if terms.anchor == "before_due":
        return due_on - timedelta(days=terms.days)
    return min(issued_on + timedelta(days=terms.days), due_on)


def discount_cents(base_cents: int, basis_points: int) -> int:
    """Return the discount on an amount, rounded down to the cent."""
    assert base_cents >= 0, "a discount is taken off what is owed"
    assert 0 < basis_points < WHOLE, basis_points
    return base_cents * basis_points // WHOLE


def offered(
    terms: Terms | None, *, open_cents: int, issued_on: date, due_on: date, today: date
) -> Discount | None:
    """Return what the rule offers of a line today; nothing once its day has passed, or is due."""
    if terms is None or due_on < today:
        return None
    until = deadline(terms, issued_on=issued_on, due_on=due_on)
    cents = discount_cents(open_cents, terms.basis_points)
    if until < today or cents <= 0:
        return None
    return Discount(terms.basis_points, open_cents, cents, until, terms.origin, terms.id)


def earned(discount: Discount, settled: Sequence[Settled], *, amount_cents: int) -> Earned | None:
    """Return what the payments received in time have earned of an offer, or nothing.

    Paid by the day, the offered net or more: what remains open is the discount. It never passes
    the offer, nor its percent of what was paid and granted together.
    """
    left = amount_cents - sum(one.cents for one in settled)
    in_time = [one for one in settled if one.on <= discount.until_on]
    money = [one for one in in_time if one.kind in MONEY]
    left_in_time = amount_cents - sum(one.cents for one in in_time)
    if left <= 0 or not money or left_in_time > discount.cents:
        return None
    paid = sum(one.cents for one in money)
    if left > paid * discount.basis_points // (WHOLE - discount.basis_points):
        return None
    return Earned(left, max(one.on for one in money), is_exact=left == discount.cents)


def matched(awaited: Sequence[Awaited], received: Sequence[Received]) -> dict[int, tuple[int, ...]]:
    """Return, by credit, the offers that it pays to the cent: one, else all of one message.

    Exact and alone, or nothing: what two readings could explain is left to a person.
    """
    sets: list[tuple[Awaited, ...]] = [(one,) for one in awaited]
    for group in sorted({one.group for one in awaited if one.group}):
        told = tuple(one for one in awaited if one.group == group)
        if len(told) > 1:
            sets.append(told)
    found = dict[int, tuple[int, ...]]()
    for credit in received:
        fits = [
            some
            for some in sets
            if sum(_net(one) for one in some) == credit.cents
            and all(credit.on <= one.discount.until_on for one in some)
        ]
        if len(fits) == 1:
            found[credit.credit_id] = tuple(one.offer_id for one in fits[0])
    told_twice = [offer for offers in found.values() for offer in offers]
    return {
        credit: offers
        for credit, offers in found.items()
        if all(told_twice.count(offer) == 1 for offer in offers)
    }


def _net(one: Awaited) -> int:
    return one.open_cents - one.discount.cents


def vat_part(cents: int, *, amount_cents: int, vat_cents: int | None) -> int | None:
    """Return the VAT within a discount: the invoice's own share, half up; None where unknown."""
    if vat_cents is None:
        return None
    return (2 * cents * vat_cents + amount_cents) // (2 * amount_cents)
