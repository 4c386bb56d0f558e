"""Read the semester rates a user gives as CSV; every problem is an Issue (CMF L313-2)."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from encours.kernel.dates import Semester
from encours.kernel.issue import Issue
from encours.receivables.rules.rates import SemesterRate

POINTS_MAX: Final = 30
_COLUMNS: Final = {
    "semester": {"semester", "semestre", "periode"},
    "ecb_refi": {"ecb_refi", "bce", "bce_mro", "taux_bce", "refi"},
    "legal_private": {"legal_private", "legal_part", "legal_particuliers", "particuliers"},
    "legal_other": {"legal_other", "legal_autres", "autres", "tous_autres_cas", "taux_legal"},
}
_YEAR: Final = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_HALF: Final = re.compile(r"(?:^|[^\d])s?([12])(?!\d)")
_POINTS: Final = re.compile(r"^-?\d{1,3}(?:[.,]\d{1,4})?$")


@dataclass(frozen=True, slots=True)
class RatesFile:
    """What a rates file gives: the rows that could be read, and what is wrong with the others."""

    rows: tuple[SemesterRate, ...]
    issues: tuple[Issue, ...]


def parse_rates_csv(text: str, *, source: str = "", checked_on: date | None = None) -> RatesFile:
    """Read a CSV of semester rates: comma, semicolon or tab; French or our own column names."""
    lines = text.lstrip("\ufeff").splitlines()
    header = next(csv.reader(lines[:1], delimiter=_delimiter(lines)), [])
    columns = _columns(header)
    missing = [name for name in _COLUMNS if name not in columns]
    if missing:
        return RatesFile((), (_header_issue(missing, header),))
    rows: dict[Semester, SemesterRate] = {}
    issues: list[Issue] = []
    body = csv.reader(lines[1:], delimiter=_delimiter(lines))
    for line, cells in enumerate(body, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        found = {name: _cell(cells, position) for name, position in columns.items()}
        problems = tuple(_problems(found, line, rows))
        issues.extend(problems)
        if not any(problem.severity == "error" for problem in problems):
            row = _row(found, source, checked_on)
            rows[row.semester] = row
    return RatesFile(tuple(rows[semester] for semester in sorted(rows)), tuple(issues))


def parse_semester(text: str) -> Semester | None:
    """Read `2026-S2`, `S2 2026`, `2e semestre 2026` or the first day of a semester."""
    plain = text.strip().lower()
    try:
        day = date.fromisoformat(plain)
    except ValueError:
        pass
    else:
        semester = Semester.of(day)
        return semester if day == semester.first_day else None
    years = _YEAR.findall(plain)
    halves = _HALF.findall(_YEAR.sub(" ", plain))
    if len(years) != 1 or len(halves) != 1:
        return None
    return Semester(int(years[0]), int(halves[0]))


def _delimiter(lines: list[str]) -> str:
    head = lines[0] if lines else ""
    return max(",;\t", key=head.count)


def _columns(header: list[str]) -> dict[str, int]:
    plain = [_plain(title) for title in header]
    return {
        name: position
        for name, titles in _COLUMNS.items()
        for position, title in enumerate(plain)
        if title in titles
    }


def _plain(title: str) -> str:
    ascii_title = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub(r"\W+", "_", ascii_title.lower()).strip("_")


def _cell(cells: list[str], position: int) -> str:
    return cells[position].strip() if position < len(cells) else ""


def _header_issue(missing: list[str], header: list[str]) -> Issue:
    return Issue(
        code="rates_columns",
        message="Colonnes manquantes dans le fichier des taux : " + ", ".join(missing) + ".",
        line=1,
        found=" ".join(header),
        expected="semester, ecb_refi, legal_private, legal_other",
    )


def _problems(
    found: Mapping[str, str], line: int, rows: Mapping[Semester, SemesterRate]
) -> Iterator[Issue]:
    semester = parse_semester(found["semester"])
    if semester is None:
        message = "Semestre illisible."
        yield Issue("rates_semester", message, line, "semester", found["semester"], "2026-S2")
    elif semester in rows:
        message = f"Le semestre {semester} est donné deux fois."
        yield Issue("rates_twice", message, line, "semester", found["semester"])
    values = {name: _points(found[name]) for name in _COLUMNS if name != "semester"}
    for name, value in values.items():
        if value is None:
            message = f"Taux illisible ou hors de 0 à {POINTS_MAX} points."
            yield Issue("rates_value", message, line, name, found[name], "2,15")
    private, other = values["legal_private"], values["legal_other"]
    if private is not None and other is not None and private < other:
        message = (
            "Le taux légal des particuliers est d'ordinaire le plus élevé : colonnes échangées ?"
        )
        yield Issue(
            "rates_swapped", message, line, "legal_private", found["legal_private"],
            f"au moins {found['legal_other']}", "warning",
        )  # fmt: skip


def _points(text: str) -> Fraction | None:
    plain = re.sub(r"[\s%\u00a0\u202f]", "", text)
    if not _POINTS.match(plain):
        return None
    value = Fraction(plain.replace(",", "."))
    return value if 0 <= value <= POINTS_MAX else None


def _row(found: Mapping[str, str], source: str, checked_on: date | None) -> SemesterRate:
    semester = parse_semester(found["semester"])
    ecb, private, other = (
        _points(found[name]) for name in ("ecb_refi", "legal_private", "legal_other")
    )
    assert semester is not None
    assert ecb is not None
    assert private is not None
    assert other is not None
    return SemesterRate(semester, ecb, private, other, source=source, checked_on=checked_on)
