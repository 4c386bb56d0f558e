"""A receipt by VAT rate: what is collected on each, to the cent (law-fr 10.3, 10.5).

Each receipt is spread over what is still to collect at each rate, so that no part is ever
negative, parts add up to the receipt, and the last one leaves nothing. A reversal takes back the
parts of the receipt that it undoes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class RateTotal:
    """What an invoice comes to at one rate, VAT included."""

    rate: Decimal
    cents: int


@dataclass(frozen=True, slots=True)
class Part:
    """What a receipt brought at one rate, VAT included; negative when it was reversed."""

    rate: Decimal
    cents: int


def spread(cents: int, remaining: Sequence[int]) -> tuple[int, ...]:
    """Spread an amount in proportion, by the largest remainder, never past what remains."""
    total = sum(remaining)
    assert 0 <= cents <= total, "no more than what remains"
    if not cents:
        return (0,) * len(remaining)
    floors = [cents * one // total for one in remaining]
    left = cents - sum(floors)
    by_rest = sorted(range(len(remaining)), key=lambda at: (-(cents * remaining[at] % total), at))
    more = set(by_rest[:left])
    return tuple(floor + (at in more) for at, floor in enumerate(floors))


def totals_of(claim_cents: int, totals: Sequence[RateTotal]) -> tuple[RateTotal, ...]:
    """Return the totals by rate of what is claimed: a part of them where some was paid before."""
    known = [one for one in totals if one.cents > 0]
    told = sum(one.cents for one in known)
    if told <= claim_cents:
        return tuple(known)
    parts = spread(claim_cents, [one.cents for one in known])
    return tuple(RateTotal(one.rate, part) for one, part in zip(known, parts, strict=True) if part)


def parts_of(
    cents: int, totals: Sequence[RateTotal], before: Sequence[Sequence[Part]] = ()
) -> tuple[Part, ...]:
    """Return the parts of a receipt after those of earlier ones (reversals included).

    What goes past the totals known by rate (a rounding) is collected at the largest one.
    """
    assert cents > 0, "a reversal takes the parts of what it undoes"
    taken = [
        sum(part.cents for parts in before for part in parts if part.rate == one.rate)
        for one in totals
    ]
    remaining = [max(one.cents - had, 0) for one, had in zip(totals, taken, strict=True)]
    within = min(cents, sum(remaining))
    shares = list(spread(within, remaining)) if within else [0] * len(totals)
    if cents > within and shares:
        largest = max(range(len(totals)), key=lambda at: totals[at].cents)
        shares[largest] += cents - within
    return tuple(Part(one.rate, share) for one, share in zip(totals, shares, strict=True) if share)


def reversed_parts(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Return what takes a receipt back."""
    return tuple(Part(one.rate, -one.cents) for one in parts)
