"""Read the fields of one JSON case, with a French sentence for each thing that is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final, TypeVar

from encours.kernel.money import parse_cents
from encours.kernel.refusal import Refusal

Choice = TypeVar("Choice", bound=StrEnum)
Value = TypeVar("Value")
_NUMBER: Final = re.compile(r"^\d{1,4}(?:[.,]\d{1,4})?$")


class InvalidCase(Refusal):
    """Say which field of a case cannot be read."""


class Fields:
    """The fields of one JSON object, read by name and kind."""

    def __init__(self, data: object, known: Collection[str]) -> None:
        """Take an object whose names are all known: a misspelt name is refused, not ignored."""
        if not isinstance(data, Mapping):
            raise InvalidCase("Chaque cas doit être un objet JSON.")
        self._data: Mapping[str, Any] = data
        strange = sorted(str(name) for name in data if name not in known)
        if strange:
            raise InvalidCase(f"Champ inconnu : {', '.join(strange)}.")

    def has(self, name: str) -> bool:
        """Say whether the field is given and not null."""
        return self._data.get(name) is not None

    def raw(self, name: str) -> Any:
        """Return a required field as it is."""
        if not self.has(name):
            raise InvalidCase(f"Champ manquant : {name}.")
        return self._data[name]

    def day(self, name: str) -> date:
        """Return a required date, written `2026-04-30`."""
        try:
            return date.fromisoformat(self.raw(name))
        except (TypeError, ValueError):
            raise self._unread(name, "une date comme 2026-04-30") from None

    def optional_day(self, name: str) -> date | None:
        """Return a date or None."""
        return self.day(name) if self.has(name) else None

    def cents(self, name: str) -> int:
        """Return a required amount, written `1234.50`, above zero."""
        try:
            cents = parse_cents(str(self.raw(name)))
        except ValueError:
            cents = 0
        if cents <= 0:
            raise self._unread(name, "un montant comme 1234.50, supérieur à zéro")
        return cents

    def number(self, name: str) -> Fraction:
        """Return a required number that is not negative, exactly."""
        text = str(self.raw(name))
        if not _NUMBER.match(text):
            raise self._unread(name, "un nombre comme 12.15")
        return Fraction(text.replace(",", "."))

    def choice(self, name: str, kind: type[Choice], default: Choice | None = None) -> Choice:
        """Return one of the values of an enumeration."""
        if default is not None and not self.has(name):
            return default
        try:
            return kind(self.raw(name))
        except ValueError:
            raise self._unread(name, " | ".join(kind)) from None

    def flag(self, name: str) -> bool | None:
        """Return true, false, or None when it is not given."""
        if not self.has(name):
            return None
        if not isinstance(self._data[name], bool):
            raise self._unread(name, "true ou false")
        return bool(self._data[name])

    def each(self, name: str, read: Callable[[Any], Value]) -> tuple[Value, ...]:
        """Read every element of an optional list."""
        if not self.has(name):
            return ()
        if not isinstance(self._data[name], list):
            raise self._unread(name, "une liste")
        return tuple(read(element) for element in self._data[name])

    def _unread(self, name: str, expected: str) -> InvalidCase:
        found = str(self._data.get(name))[:40]
        return InvalidCase(f"Champ {name} illisible : « {found} », attendu : {expected}.")
