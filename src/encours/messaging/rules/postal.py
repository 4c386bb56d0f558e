"""A postal address in lines, read as providers want it: name, street, postcode, town, country.

The lines are those of an envelope (NF Z 10-011): the name first, the town last, a country code of
two letters under it when it is not France.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

FRANCE: Final = "FR"
LINE_MAX: Final = 38
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_TOWN: Final = re.compile(r"(\S*\d\S*)\s+(\S.*)")


class Unreadable(ValueError):
    """The lines are no address that a carrier could use; the message is a French sentence."""


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address taken apart; `lines` go between the name and the town."""

    name: str
    lines: tuple[str, ...]
    postcode: str
    town: str
    country: str = FRANCE

    @property
    def last_line(self) -> str:
        """Return postcode and town as the sorting machine reads them."""
        return f"{self.postcode} {self.town}".strip()


def address_of(lines: Sequence[str]) -> Address:
    """Take the lines of an envelope apart, or raise Unreadable."""
    kept = [" ".join(line.split()) for line in lines if line.strip()]
    country = FRANCE
    if len(kept) > 2 and _COUNTRY.fullmatch(kept[-1]):  # noqa: PLR2004 - a name and a town
        country = kept.pop()
    if len(kept) < 2:  # noqa: PLR2004 - a name and a town
        raise Unreadable("L'adresse postale est incomplète : il faut un nom et une ville.")
    found = _TOWN.fullmatch(kept[-1])
    if found is None:
        raise Unreadable("L'adresse postale n'a pas de code postal suivi d'une ville.")
    return Address(kept[0], tuple(kept[1:-1]), found[1], found[2], country)


def folded(address: Address, *, most: int, width: int = LINE_MAX) -> tuple[str, ...]:
    """Return the name and the lines under it, none longer than `width`, or raise Unreadable.

    A long line is cut between words; nothing is dropped: a letter to half a name proves nothing.
    """
    every = [
        part
        for line in (address.name, *address.lines)
        for part in textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False)
    ]
    if len(every) > most or any(len(line) > width for line in (*every, address.last_line)):
        raise Unreadable(
            f"L'adresse postale ne tient pas en {most + 1} lignes de {width} caractères."
        )
    return tuple(every)


def person(name: str) -> tuple[str, str]:
    """Return first name and last name; a single word is a last name."""
    first, _, last = " ".join(name.split()).partition(" ")
    return (first, last) if last else ("", first)
