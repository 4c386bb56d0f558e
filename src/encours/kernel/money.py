"""Money: integer cents with a currency, never a float (design.md, decision 11)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

EUR: Final = "EUR"
_AMOUNT: Final = re.compile(r"^[+-]?\d{1,15}(?:[.,]\d{1,2})?$")


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """An amount of one currency, in cents; arithmetic across currencies is a mistake."""

    cents: int
    currency: str = EUR

    def __add__(self, other: Money) -> Money:
        """Add two amounts of the same currency."""
        self._assert_same_currency(other)
        return Money(self.cents + other.cents, self.currency)

    def __sub__(self, other: Money) -> Money:
        """Subtract an amount of the same currency."""
        self._assert_same_currency(other)
        return Money(self.cents - other.cents, self.currency)

    def __neg__(self) -> Money:
        """Turn what is owed into what is owing."""
        return Money(-self.cents, self.currency)

    def __bool__(self) -> bool:
        """Say whether there is anything at all."""
        return self.cents != 0

    def __str__(self) -> str:
        """Write the amount as the command line and the API do: two decimals, a dot."""
        return decimal_text(self.cents)

    def _assert_same_currency(self, other: Money) -> None:
        assert self.currency == other.currency, f"{self.currency} and {other.currency}"


def decimal_text(cents: int) -> str:
    """Return cents as text with two decimals and a dot: `-1234.50`."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def french_text(cents: int, currency: str = EUR) -> str:
    """Return cents as French readers expect them: `1 234,50 €`, with no-break spaces."""
    sign = "-" if cents < 0 else ""
    whole = f"{abs(cents) // 100:,}".replace(",", "\u202f")
    symbol = "€" if currency == EUR else currency
    return f"{sign}{whole},{abs(cents) % 100:02d}\u00a0{symbol}"


def english_text(cents: int, currency: str = EUR) -> str:
    """Return cents as English readers expect them: `€1,234.50`."""
    sign = "-" if cents < 0 else ""
    symbol = "€" if currency == EUR else f"{currency}\u00a0"
    return f"{sign}{symbol}{abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def parse_cents(text: str) -> int:
    """Read an amount typed by a person or written in our own JSON; spaces are ignored.

    Raises ValueError, with a French sentence, on anything else than a plain decimal number.
    """
    plain = re.sub(r"[\s\u00a0\u202f€]", "", text)
    if not _AMOUNT.match(plain):
        raise ValueError(f"montant illisible : « {text[:40]} »")
    return int(Decimal(plain.replace(",", ".")) * 100)


def half_up(exact: Fraction) -> int:
    """Round an exact number of cents to the nearest cent, halves away from zero."""
    rounded = (abs(exact.numerator) * 2 + exact.denominator) // (exact.denominator * 2)
    return rounded if exact >= 0 else -rounded
