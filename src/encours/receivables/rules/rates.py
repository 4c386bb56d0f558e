"""Semester rates: ECB refinancing rate and French legal interest rate, as dated data.

C. com. L441-10 II (rate of 1 January and 1 July), CMF L313-2 (legal rate, set each semester).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from typing import Final

from encours.kernel.dates import Semester
from encours.kernel.refusal import Refusal
from encours.receivables.rules.values import shipped_text

WARNING_DAYS: Final = 30


class MissingRate(Refusal):
    """Say which semester has no rate; interest over it is refused, never extrapolated."""

    def __init__(self, semester: Semester) -> None:
        """Name the semester and what to do."""
        self.semester = semester
        super().__init__(
            f"Aucun taux n'est enregistré pour le semestre {semester} "
            f"(du {semester.first_day:%d/%m/%Y} au {semester.last_day:%d/%m/%Y}) : "
            "saisissez-le dans Réglages › Taux avant de calculer des intérêts sur cette période."
        )


@dataclass(frozen=True, slots=True)
class SemesterRate:
    """The three official rates of a semester, in points (2.15 means 2,15 %), with their source.

    Marks: V read in an official text, VC seen in public code, C sources conflict, M from memory,
    U entered by the user. `legal_other` is the column of a company creditor ("tous autres cas").
    """

    semester: Semester
    ecb_refi: Fraction
    legal_private: Fraction
    legal_other: Fraction
    ecb_mark: str = "U"
    legal_mark: str = "U"
    source: str = ""
    checked_on: date | None = None
    note: str = ""

    @property
    def valid_from(self) -> date:
        """Return the first day of the semester."""
        return self.semester.first_day

    @property
    def valid_to(self) -> date:
        """Return the last day of the semester."""
        return self.semester.last_day

    @property
    def is_confirmed(self) -> bool:
        """Say whether both rates were read in an official text or entered by the user."""
        return {self.ecb_mark, self.legal_mark} <= {"V", "U"}


@dataclass(frozen=True, slots=True)
class Rates:
    """The semesters we know; what we do not know is refused."""

    rows: tuple[SemesterRate, ...]

    def of(self, semester: Semester) -> SemesterRate:
        """Return the rates of a semester, or raise MissingRate."""
        for row in reversed(self.rows):
            if row.semester == semester:
                return row
        raise MissingRate(semester)

    def on(self, day: date) -> SemesterRate:
        """Return the rates of the semester of `day`, or raise MissingRate."""
        return self.of(Semester.of(day))

    def has(self, semester: Semester) -> bool:
        """Say whether the semester is known."""
        return any(row.semester == semester for row in self.rows)

    def with_rows(self, rows: Iterable[SemesterRate]) -> Rates:
        """Return these rates with `rows` added; a semester given again takes the new values."""
        known = {row.semester: row for row in (*self.rows, *rows)}
        return Rates(tuple(known[semester] for semester in sorted(known)))


def semesters_missing(
    rates: Rates, today: date, *, warning_days: int = WARNING_DAYS
) -> tuple[Semester, ...]:
    """Return the semesters to enter: the present one, and the next if it starts soon."""
    wanted = dict.fromkeys((Semester.of(today), Semester.of(today + timedelta(days=warning_days))))
    return tuple(semester for semester in wanted if not rates.has(semester))


@cache
def shipped_rates() -> Rates:
    """Return the semester rates of this release."""
    lines = shipped_text("late_payment_rates.csv").splitlines()
    return Rates(tuple(_shipped_row(row) for row in csv.DictReader(lines)))


def _shipped_row(row: dict[str, str]) -> SemesterRate:
    year, half = row["semester"].split("-S")
    return SemesterRate(
        semester=Semester(int(year), int(half)),
        ecb_refi=Fraction(row["ecb_refi"]),
        legal_private=Fraction(row["legal_private"]),
        legal_other=Fraction(row["legal_other"]),
        ecb_mark=row["ecb_mark"],
        legal_mark=row["legal_mark"],
        source=row["source"],
        checked_on=date.fromisoformat(row["checked_on"]),
        note=row["note"],
    )
