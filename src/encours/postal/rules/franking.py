"""What an envelope weighs and costs: an estimate, for the franking list and before sending.

A sheet of A4 at 80 g/m² weighs five grams (0.0624 m²). Up to five sheets fit a DL, folded in
three; more go flat in a C4. Costs are what the creditor says it pays, in cents.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

SHEET_G: Final = 5
DL_G: Final = 5
C4_G: Final = 18
RECEIPT_G: Final = 5
DL_SHEETS: Final = 5
_NUMBER: Final = re.compile(r"[0-9A-Z]{8,30}")


@dataclass(frozen=True, slots=True)
class Price:
    """What a letter costs: its first sheet, each of the others."""

    first_cents: int
    sheet_cents: int = 0


def sheets(pages: int, *, is_duplex: bool) -> int:
    """Return how many sheets these pages take."""
    assert pages >= 0, "a letter has pages"
    return (pages + 1) // 2 if is_duplex else pages


def envelope(count: int) -> str:
    """Return the envelope that takes so many sheets."""
    return "DL" if count <= DL_SHEETS else "C4"


def weight_g(count: int, *, is_registered: bool = False) -> int:
    """Return the weight of an envelope in grams, its receipt form included."""
    if count == 0:
        return 0
    cover = DL_G if count <= DL_SHEETS else C4_G
    return count * SHEET_G + cover + (RECEIPT_G if is_registered else 0)


def cost_cents(count: int, price: Price | None) -> int | None:
    """Return what a letter of so many sheets costs; nothing is known without a price."""
    if price is None or count == 0:
        return None
    return price.first_cents + (count - 1) * price.sheet_cents


def registered_number(typed: str) -> str:
    """Return a registered letter's number without its spaces, or raise ValueError.

    Its length and letters vary with the product: only what it may be made of is checked.
    """
    plain = "".join(typed.split()).replace("-", "").upper()
    if not _NUMBER.fullmatch(plain) or not any(sign.isdigit() for sign in plain):
        raise ValueError("Ce numéro de recommandé n'est pas lisible.")
    return plain


def address_digest(lines: tuple[str, ...]) -> str:
    """Return what a postal address is compared by: case and spaces say nothing."""
    plain = "|".join(" ".join(line.split()).casefold() for line in lines)
    return sha256(plain.encode()).hexdigest()
