"""Law values as dated data: margins, ceilings, periods; each with source and confidence mark.

Data: `receivables/data/law_values.csv` (C. com. L441-10, L441-11, L110-4 and others).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from importlib import resources

from encours.kernel.refusal import Refusal


class NoLawValue(Refusal):
    """Say that no value is known for that date: we never guess one."""


@dataclass(frozen=True, slots=True)
class LawValue:
    """One figure of the law with its life span, its source and the date it was checked."""

    code: str
    value: Fraction
    unit: str
    valid_from: date
    valid_to: date | None
    source: str
    mark: str
    checked_on: date

    def is_valid(self, day: date) -> bool:
        """Say whether the figure applies on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class LawValues:
    """All figures known; asking for one that is not dated refuses."""

    rows: tuple[LawValue, ...]

    def on(self, code: str, day: date) -> LawValue:
        """Return the figure that applies on `day`, or refuse (never extrapolate)."""
        for row in self.rows:
            if row.code == code and row.is_valid(day):
                return row
        raise NoLawValue(f"Aucune valeur légale « {code} » connue au {day:%d/%m/%Y}.")


def parse_law_values(lines: Iterable[str]) -> LawValues:
    """Read the CSV of law values that the program ships."""
    return LawValues(
        tuple(
            LawValue(
                code=row["code"],
                value=Fraction(row["value"]),
                unit=row["unit"],
                valid_from=date.fromisoformat(row["valid_from"]),
                valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                source=row["source"],
                mark=row["mark"],
                checked_on=date.fromisoformat(row["checked_on"]),
            )
            for row in csv.DictReader(lines)
        )
    )


def shipped_text(name: str) -> str:
    """Return a data file of this package, as text."""
    return resources.files("encours.receivables").joinpath("data", name).read_text("utf-8")


@cache
def shipped_law_values() -> LawValues:
    """Return the law values of this release."""
    return parse_law_values(shipped_text("law_values.csv").splitlines())
