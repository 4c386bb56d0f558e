"""Fields of a tenant's own: what a text means for their kind, and what a filter asks of them.

A value is kept as one canonical text whatever its kind: cents for an amount, ISO for a date, `1`
or `0` for yes or no. A text that a person typed is read once, here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal, get_args

from encours.kernel.money import parse_cents

Subject = Literal["customer", "invoice"]
Kind = Literal["text", "number", "amount", "date", "choice", "yes_no"]
SUBJECTS: Final[tuple[Subject, ...]] = get_args(Subject)
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
FIELDS_MAX: Final = 24
TEXT_MAX: Final = 200
LABEL_MAX: Final = 60
CODE_MAX: Final = 30
CHOICES_MAX: Final = 50
ORDERED: Final = frozenset({"number", "amount", "date"})
_NUMBER: Final = re.compile(r"^[+-]?\d{1,15}(?:\.\d{1,6})?$")
_BLANKS: Final = re.compile(r"[\s\u00a0\u202f]")
_DAYS: Final = ("%d/%m/%Y", "%Y-%m-%d", "%d/%m/%y", "%d.%m.%Y", "%d-%m-%Y")
_YES: Final = frozenset({"oui", "o", "yes", "y", "vrai", "true", "1", "x"})
_NO: Final = frozenset({"non", "n", "no", "faux", "false", "0"})
_BETWEEN: Final = re.compile(r"\s*(?:\.\.|…|\bà\b|\bto\b)\s*")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a tenant's own; `code` names it in mappings, filters and templates."""

    id: int
    subject: Subject
    code: str
    label: str
    kind: Kind
    choices: tuple[str, ...] = ()
    in_lists: bool = True


@dataclass(frozen=True, slots=True)
class Condition:
    """What a filter asks of one field: a part of its text, or bounds, both included or not."""

    code: str
    kind: Kind
    contains: str = ""
    equals: str = ""
    low: str = ""
    high: str = ""
    is_strict: bool = False


def canonical(field: Field, typed: str) -> str:
    """Return the text to keep; empty stays empty. Raises ValueError with a French sentence."""
    text = " ".join(typed.replace("\0", "").split())
    if not text:
        return ""
    if field.kind == "choice":
        known = {plain(one): one for one in field.choices}
        if plain(text) not in known:
            raise ValueError(f"{field.label} : « {text[:40]} » n'est pas un choix proposé")
        return known[plain(text)]
    try:
        return _READ[field.kind](text)
    except ValueError as problem:
        raise ValueError(f"{field.label} : {problem}") from problem


def value_of(kind: Kind, kept: str) -> Any:
    """Return what a kept text stands for: Decimal, cents, date, yes or no, or the text."""
    if kind == "number":
        return Decimal(kept)
    if kind == "amount":
        return int(kept)
    if kind == "date":
        return date.fromisoformat(kept)
    return kept == "1" if kind == "yes_no" else kept


def code_of(label: str, taken: Collection[str]) -> str:
    """Make a code of a label, apart from those that are taken: `Code affaire` → `code_affaire`."""
    base = re.sub(r"[^a-z0-9]+", "_", plain(label)).strip("_")[: CODE_MAX - 3] or "champ"
    code, number = base, 1
    while code in taken:
        number += 1
        code = f"{base}_{number}"
    return code


def condition(field: Field, typed: str) -> Condition | None:
    """Read a filter; None when it asks nothing or cannot be read.

    Numbers, amounts and dates take `12`, `> 12`, `<= 12` and `10..20`.
    """
    text = typed.strip()
    if not text:
        return None
    try:
        if field.kind in ORDERED:
            return _bounds(field, text)
        if field.kind == "text":
            return Condition(field.code, field.kind, contains=text.casefold())
        return Condition(field.code, field.kind, equals=canonical(field, text))
    except ValueError:
        return None


def _bounds(field: Field, text: str) -> Condition:
    low, *high = _BETWEEN.split(text, maxsplit=1)
    if high:
        return Condition(
            field.code, field.kind, low=canonical(field, low), high=canonical(field, high[0])
        )
    sign = re.match(r"^(<=|>=|<|>|=|≤|≥)?\s*(.*)$", text)
    assert sign is not None
    mark, bound = sign[1] or "=", canonical(field, sign[2])
    if mark == "=":
        return Condition(field.code, field.kind, low=bound, high=bound)
    is_strict = mark in {"<", ">"}
    if mark in {"<", "<=", "≤"}:
        return Condition(field.code, field.kind, high=bound, is_strict=is_strict)
    return Condition(field.code, field.kind, low=bound, is_strict=is_strict)


def plain(text: str) -> str:
    """Return a text as it is compared: no accents, no capitals."""
    bare = unicodedata.normalize("NFKD", " ".join(text.split()))
    return "".join(one for one in bare if not unicodedata.combining(one)).casefold()


def _text(text: str) -> str:
    return text[:TEXT_MAX]


def _number(text: str) -> str:
    bare = _BLANKS.sub("", text).removesuffix("%").replace(",", ".")
    if not _NUMBER.match(bare):
        raise ValueError(f"nombre illisible : « {text[:40]} »")
    value = Decimal(bare)
    return f"{value.normalize():f}" if value else "0"


def _amount(text: str) -> str:
    return str(parse_cents(text))


def _date(text: str) -> str:
    for form in _DAYS:
        try:
            return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007 - a day
        except ValueError:
            continue
    raise ValueError(f"date illisible : « {text[:40]} »")


def _yes_no(text: str) -> str:
    said = plain(text)
    if said not in _YES | _NO:
        raise ValueError(f"oui ou non attendu, « {text[:40]} » trouvé")
    return "1" if said in _YES else "0"


_READ: Final = {
    "text": _text, "number": _number, "amount": _amount, "date": _date, "yes_no": _yes_no,
}  # fmt: skip
