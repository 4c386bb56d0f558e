"""Segments: named conditions, in an order; a customer belongs to the first that it fits.

A condition is a field, an operator and a value; a customer fits when it meets all of them. What
is not known of a customer meets nothing. `own` fields are those that the organisation added
(size, sector, limit used…): `own.<code>`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final, Literal

import polars as pl

from encours.kernel.money import parse_cents
from encours.kernel.refusal import Refusal

Kind = Literal["days", "number", "percent", "amount", "text"]
FIELDS: Final[Mapping[str, tuple[str, Kind]]] = {
    "profile": ("profile", "text"),
    "behaviour": ("behaviour", "text"),
    "expected_days": ("expected_tenths", "days"),
    "mean_days": ("mean_tenths", "days"),
    "trend_days": ("trend_tenths", "days"),
    "on_time_percent": ("on_time_percent", "percent"),
    "overdue_days": ("oldest_overdue_days", "number"),
    "settled_lines": ("settled_lines", "number"),
    "tenure_months": ("tenure_months", "number"),
    "volume": ("volume_cents", "amount"),
    "open": ("open_cents", "amount"),
    "overdue": ("overdue_cents", "amount"),
    "disputes": ("disputes", "number"),
    "broken_promises": ("broken_promises", "number"),
    "class": ("debtor_class", "text"),
    "country": ("country", "text"),
    "salesperson": ("salesperson", "text"),
}
"""What a condition may be about: the column of the scored frame, and how its value is read."""
OWN: Final = "own."
OPERATORS: Final = ("at_least", "at_most", "is", "is_not")
CONDITIONS_MAX: Final = 8
_NUMBER: Final = re.compile(r"^-?\d{1,6}$")


class InvalidSegment(Refusal):
    """Say what a segment lacks, or what of it cannot be read."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition, as it was typed; texts compare without capitals, several by commas."""

    field: str
    operator: str
    value: str

    def as_dict(self) -> dict[str, str]:
        """Return it as it is kept."""
        return {"field": self.field, "operator": self.operator, "value": self.value}


@dataclass(frozen=True, slots=True)
class Segment:
    """A named set of conditions."""

    id: int
    name: str
    conditions: tuple[Condition, ...]


def checked(name: str, conditions: Sequence[Condition]) -> tuple[Condition, ...]:
    """Return the conditions of a segment, or raise with what is wrong."""
    if not name.strip():
        raise InvalidSegment("Donnez un nom au segment.")
    if not conditions:
        raise InvalidSegment("Un segment a au moins une condition.")
    if len(conditions) > CONDITIONS_MAX:
        raise InvalidSegment(f"Un segment a au plus {CONDITIONS_MAX} conditions.")
    for one in conditions:
        if one.operator not in OPERATORS:
            raise InvalidSegment("Cette comparaison n'existe pas.")
        _expression(one)
    return tuple(conditions)


def placed(scored: pl.DataFrame, segments: Sequence[Segment]) -> pl.DataFrame:
    """Return the frame with `segment_id`, the first whose conditions all hold; null for none.

    Besides the figures and profile, the frame has debtor_class, country, salesperson, and a column
    `own.<code>` of text for each field of the organisation's that a condition names; a segment
    that names another has nobody.
    """
    chosen: Any = pl.lit(None, dtype=pl.Int64)
    for segment in reversed(segments):
        if all(_column(one) in scored.columns for one in segment.conditions):
            fits = reduce(lambda left, right: left & right, map(_expression, segment.conditions))
            chosen = pl.when(fits.fill_null(value=False)).then(segment.id).otherwise(chosen)
    return scored.with_columns(segment_id=chosen.cast(pl.Int64))


def own_codes(segments: Sequence[Segment]) -> frozenset[str]:
    """Return the codes of the organisation's own fields that these segments look at."""
    named = (one.field for segment in segments for one in segment.conditions)
    return frozenset(name.removeprefix(OWN) for name in named if name.startswith(OWN))


def _column(condition: Condition) -> str:
    return condition.field if condition.field.startswith(OWN) else FIELDS[condition.field][0]


def _expression(condition: Condition) -> pl.Expr:
    if condition.field.startswith(OWN):
        return _of_own(condition)
    if condition.field not in FIELDS:
        raise InvalidSegment(f"Champ inconnu : {condition.field[:40]}.")
    column, kind = FIELDS[condition.field]
    if kind == "text":
        return _of_text(pl.col(column), condition)
    return _compared(pl.col(column), condition.operator, _bound(kind, condition.value))


def _of_own(condition: Condition) -> pl.Expr:
    """Compare one of the organisation's fields: as a number when bounds are asked, else as text."""
    column = pl.col(condition.field)
    if condition.operator in ("is", "is_not"):
        return _of_text(column, condition)
    number = column.str.replace(",", ".").cast(pl.Float64, strict=False)
    return _compared(number, condition.operator, _bound("number", condition.value))


def _of_text(column: pl.Expr, condition: Condition) -> pl.Expr:
    if condition.operator not in ("is", "is_not"):
        raise InvalidSegment("Un texte se compare par « est » ou « n'est pas ».")
    wanted = [part.strip().lower() for part in condition.value.split(",") if part.strip()]
    if not wanted:
        raise InvalidSegment("Indiquez une valeur pour chaque condition.")
    found = column.str.to_lowercase().is_in(wanted)
    return found if condition.operator == "is" else ~found


def _bound(kind: Kind, text: str) -> int:
    typed = text.strip()
    if kind == "amount":
        try:
            return parse_cents(typed)
        except ValueError:
            raise InvalidSegment(f"Montant illisible : « {typed[:40]} ».") from None
    if not _NUMBER.match(typed):
        raise InvalidSegment(f"Nombre entier attendu : « {typed[:40]} ».")
    return int(typed) * (10 if kind == "days" else 1)


def _compared(column: pl.Expr, operator: str, bound: int) -> pl.Expr:
    match operator:
        case "at_least":
            return column >= bound
        case "at_most":
            return column <= bound
        case "is":
            return column == bound
        case _:
            return column != bound
