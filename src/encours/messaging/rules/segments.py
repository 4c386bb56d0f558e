"""How long a text message is, in how many parts it travels, and what it costs.

3GPP TS 23.038: 160 septets alone, 153 a part (the rest says how the parts join); one character
outside the GSM alphabet and the whole text travels as UCS-2, 70 units alone and 67 a part. A
character of the extension table is two septets, one beyond the basic plane two units, and neither
is cut in half.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

Coding = Literal["gsm", "ucs2"]

BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION: Final = frozenset("\f^{}\\[~]|€")
ALONE: Final = {"gsm": 160, "ucs2": 70}
JOINED: Final = {"gsm": 153, "ucs2": 67}
BASIC_PLANE: Final = 0xFFFF
PLAINER: Final = str.maketrans(
    {
        "\u00a0": " ",
        "\u202f": " ",
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "…": "...",
        "œ": "oe",
        "Œ": "OE",
    }
)


@dataclass(frozen=True, slots=True)
class Length:
    """What a text takes: its alphabet, its units (septets or UCS-2 units), its parts."""

    coding: Coding
    units: int
    parts: int

    @property
    def left(self) -> int:
        """Return how many plain characters still fit in the last part."""
        one = ALONE if self.parts <= 1 else JOINED
        return one[self.coding] * max(self.parts, 1) - self.units


def length_of(text: str) -> Length:
    """Measure a text as the network will count it; an empty one is no message."""
    is_gsm = all(sign in BASIC or sign in EXTENSION for sign in text)
    coding: Coding = "gsm" if is_gsm else "ucs2"
    sizes = [_size(sign, coding) for sign in text]
    units = sum(sizes)
    if units <= ALONE[coding]:
        return Length(coding, units, 1 if units else 0)
    return Length(coding, units, _parts(sizes, JOINED[coding]))


def cost_cents(parts: int, part_price: int) -> int:
    """Return the price of a message; `part_price` in hundredths of a cent, rounded half up."""
    return (parts * part_price + 50) // 100


def plain_signs(text: str) -> str:
    """Return the text in the GSM alphabet as far as it reads the same.

    Typographic marks become plain ones and an accent that the alphabet lacks (ç, ê, ô) is left
    out: one such sign would halve what fits in a part. What has no plain form stays.
    """
    return "".join(map(_plain, text.translate(PLAINER)))


def _plain(sign: str) -> str:
    if sign in BASIC or sign in EXTENSION:
        return sign
    bare = "".join(
        one for one in unicodedata.normalize("NFD", sign) if not unicodedata.combining(one)
    )
    return bare if bare and all(one in BASIC for one in bare) else sign


def _size(sign: str, coding: Coding) -> int:
    if coding == "gsm":
        return 2 if sign in EXTENSION else 1
    return 2 if ord(sign) > BASIC_PLANE else 1


def _parts(sizes: Iterable[int], room: int) -> int:
    """Fill parts one after the other; a sign of two units is not cut."""
    parts, used = 1, 0
    for size in sizes:
        if used + size > room:
            parts, used = parts + 1, 0
        used += size
    return parts
