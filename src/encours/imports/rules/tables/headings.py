"""Headings of columns: how they are compared, named apart, and recognised."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Final

from encours.imports.rules.tables.fields import FIELDS

SURE, LIKELY, POSSIBLE = 95, 75, 55
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SMALL: Final = frozenset(
    (
        *("de", "du", "la", "le", "les", "d", "l", "des", "un", "une", "the", "of", "in", "to"),
        *("your", "our", "et", "and", "a", "au", "aux", "en"),
    )
)
_NUMBERS: Final = frozenset({"n", "no", "nr", "num", "numero", "number", "nbr", "nro"})
_CURRENCIES: Final = {
    "eur": "EUR", "euro": "EUR", "euros": "EUR", "€": "EUR", "usd": "USD", "$": "USD",
    "gbp": "GBP", "£": "GBP", "chf": "CHF", "cad": "CAD", "mad": "MAD", "xof": "XOF", "xpf": "XPF",
}  # fmt: skip
_PREFIX_MIN: Final = 2


@dataclass(frozen=True, slots=True)
class Recognised:
    """A field that a heading may name, and how sure that is, in percent."""

    field: str
    sureness: int


def plain(heading: str) -> str:
    """Return a heading as it is compared: `N° de facture` → `num de facture`.

    An accent lost on the way (`Pi?ce`) stays as `?`, which stands for any letter.
    """
    apart = _CAMEL.sub(" ", heading.replace("\ufffd", "?")).replace("°", " ")
    text = unicodedata.normalize("NFKD", apart).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9?]+", " ", text).split()
    words = ["num" if word in _NUMBERS else word for word in words]
    kept = [word for word in words if word not in _CURRENCIES]
    return " ".join(kept or words)


def currency_in(heading: str) -> str:
    """Return the currency that a heading names (`converted_usd`, `Montant (€)`), or nothing."""
    words = re.split(r"[^a-z€$£]+", heading.lower())
    return next((_CURRENCIES[word] for word in words if word in _CURRENCIES), "")


def labels(headings: Sequence[str | None]) -> tuple[str, ...]:
    """Name columns apart: their heading, numbered when repeated, else their place (`Colonne C`)."""
    seen: Counter[str] = Counter()
    found = []
    for at, heading in enumerate(headings):
        label = " ".join((heading or "").split())[:120] or f"Colonne {letters(at)}"
        seen[label] += 1
        found.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return tuple(found)


def letters(at: int) -> str:
    """Return the letters of a column as a spreadsheet shows them, from 0: A, B… Z, AA."""
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(65 + rest) + name
    return name


def signature(named: Sequence[str]) -> str:
    """Return what tells a layout from another: its headings, in order, as they are compared."""
    text = "\n".join(plain(label) for label in named)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@cache
def recognise(heading: str) -> tuple[Recognised, ...]:
    """Return the fields that a heading may name, the surest first."""
    said = _without_small(plain(heading))
    if not said:
        return ()
    found: dict[str, int] = {}
    for name, field in FIELDS.items():
        for rank, known in enumerate(field.headings):
            if _same(said, _without_small(known)):
                found[name] = max(found.get(name, 0), SURE - min(rank, 40) // 5)
        if name not in found and any(_same(said, _without_small(known)) for known in field.weaker):
            found[name] = LIKELY
        if name not in found and any(
            _begins(said, _without_small(known)) for known in field.headings
        ):
            found[name] = POSSIBLE
    return tuple(
        Recognised(name, sureness)
        for name, sureness in sorted(found.items(), key=lambda one: -one[1])
    )


@cache
def _without_small(text: str) -> str:
    """Drop articles; the last word stays: `montant dû` is not `montant`."""
    words = text.split()
    return " ".join([*(word for word in words[:-1] if word not in _SMALL), *words[-1:]])


def _same(said: str, known: str) -> bool:
    if "?" in said:
        return fnmatchcase(known, said)
    return said == known


def _begins(said: str, known: str) -> bool:
    """Say whether a heading goes on after a known one of two words or more."""
    return known.count(" ") + 1 >= _PREFIX_MIN and said.startswith(known + " ")
