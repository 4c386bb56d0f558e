"""Reads the reference rates that the European Central Bank publishes: CSV, zipped CSV, XML.

`eurofxref-hist.csv` (a column per currency, `N/A` where there is none), `eurofxref.csv` (one day,
written `27 November 2026`), `eurofxref-hist.zip`, and the XML of the same. Anything else is
refused with a sentence; sizes, columns and rows are bounded, entities and DTDs are refused.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from xml.parsers import expat

from encours.kernel.issue import Issue

BYTES_MAX: Final = 20_000_000
UNZIPPED_MAX: Final = 40_000_000
COLUMNS_MAX: Final = 200
ROWS_MAX: Final = 30_000
ISSUES_MAX: Final = 20
_CURRENCY: Final = re.compile(r"^[A-Z]{3}$")
_RATE: Final = re.compile(r"^\d{1,9}(\.\d{1,10})?$")
_FORMS: Final = ("%Y-%m-%d", "%d %B %Y")
Rate = tuple[str, date, Decimal]


@dataclass(frozen=True, slots=True)
class RatesRead:
    """What a file of rates says: currency, day and units for one euro; what cannot be read."""

    rows: tuple[Rate, ...]
    issues: tuple[Issue, ...]

    @property
    def last_on(self) -> date | None:
        """Return the last day with a rate."""
        return max((on for _currency, on, _rate in self.rows), default=None)


class _Unreadable(Exception):
    def __init__(self, code: str, message: str, expected: str = "") -> None:
        super().__init__(message)
        self.issue = Issue(code, message, expected=expected)


def read_rates(content: bytes) -> RatesRead:
    """Read a file of the European Central Bank; a file that is not one gives a single error."""
    try:
        content = _unzipped(content)
        rows, issues = _read_xml(content) if _is_xml(content) else _read_csv(content)
    except _Unreadable as problem:
        return RatesRead((), (problem.issue,))
    if not rows and not issues:
        issues = [Issue("rates_empty", "Aucun taux dans ce fichier.")]
    return RatesRead(tuple(rows), tuple(issues[:ISSUES_MAX]))


def _is_xml(content: bytes) -> bool:
    return content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _unzipped(content: bytes) -> bytes:
    """Return the one CSV or XML of an archive, never more than `UNZIPPED_MAX` bytes of it."""
    if len(content) > BYTES_MAX:
        raise _Unreadable("rates_too_large", "Fichier de taux trop volumineux.", "20 Mo")
    if not content.startswith(b"PK"):
        return content
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [n for n in archive.namelist() if n.lower().endswith((".csv", ".xml"))]
            if len(names) != 1:
                raise _Unreadable(
                    "rates_archive", "L'archive doit contenir un seul fichier de taux.", "un CSV"
                )
            with archive.open(names[0]) as handle:
                found = handle.read(UNZIPPED_MAX + 1)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError) as problem:
        raise _Unreadable("rates_archive", "Archive illisible.", "un fichier ZIP") from problem
    if len(found) > UNZIPPED_MAX:
        raise _Unreadable("rates_too_large", "Fichier de taux trop volumineux.", "40 Mo")
    return found


def _read_csv(content: bytes) -> tuple[list[Rate], list[Issue]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise _not_rates() from problem
    lines = csv.reader(io.StringIO(text, newline=""))
    try:
        header = [cell.strip() for cell in next(lines, [])]
        if len(header) > COLUMNS_MAX:
            raise _Unreadable("rates_columns", "Trop de colonnes pour un fichier de taux.")
        if not header or header[0].lower() != "date":
            raise _not_rates()
        return _cells(header, lines)
    except csv.Error as problem:
        raise _not_rates() from problem


def _cells(header: list[str], lines: Iterator[list[str]]) -> tuple[list[Rate], list[Issue]]:
    rows: list[Rate] = []
    issues: list[Issue] = []
    for place, cells in enumerate(lines, start=2):
        if place > ROWS_MAX:
            raise _Unreadable("rates_rows", "Trop de lignes pour un fichier de taux.")
        if not any(cell.strip() for cell in cells):
            continue
        on = _day(cells[0].strip())
        if on is None:
            issues.append(
                Issue("rates_day", "Date illisible.", place, header[0], cells[0], "2026-11-27")
            )
            continue
        for currency, cell in zip(header[1:], cells[1:], strict=False):
            found = _found(currency, on, cell.strip())
            if isinstance(found, Issue):
                issues.append(replace(found, line=place))
            elif found:
                rows.append(found)
    return rows, issues


def _found(currency: str, on: date, text: str) -> Rate | Issue | None:
    if not currency or text in ("", "N/A", "-"):
        return None
    rate = _rate(text)
    if rate is None or not _CURRENCY.match(currency):
        return Issue("rates_value", "Taux illisible.", 0, currency, text, "1.0823")
    return currency, on, rate


def _day(text: str) -> date | None:
    for form in _FORMS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def _rate(text: str) -> Decimal | None:
    try:
        found = Decimal(text) if _RATE.match(text) else None
    except InvalidOperation:
        return None
    return found or None


def _read_xml(content: bytes) -> tuple[list[Rate], list[Issue]]:
    reader = _Cubes()
    parser = expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.EntityDeclHandler = _refuse_doctype
    try:
        parser.Parse(content, True)
    except expat.ExpatError as problem:
        raise _not_rates() from problem
    if not reader.has_cubes:
        raise _not_rates()
    return reader.rows, reader.issues


def _refuse_doctype(*_declared: Any) -> None:
    raise _Unreadable("rates_doctype", "Ce fichier XML déclare un DTD ou des entités : refusé.")


class _Cubes:
    """Collects `<Cube time="…"><Cube currency="USD" rate="1.08"/></Cube>`."""

    def __init__(self) -> None:
        self.rows: list[Rate] = []
        self.issues: list[Issue] = []
        self.has_cubes = False
        self._on: date | None = None
        self._days = 0

    def start(self, name: str, given: dict[str, str]) -> None:
        if name.rpartition(":")[2] != "Cube":
            return
        self.has_cubes = True
        if "time" in given:
            self._days += 1
            if self._days > ROWS_MAX:
                raise _Unreadable("rates_rows", "Trop de lignes pour un fichier de taux.")
            self._on = _day(given["time"])
            if self._on is None:
                self.issues.append(Issue("rates_day", "Date illisible.", found=given["time"]))
        elif "currency" in given and self._on is not None:
            found = _found(given["currency"], self._on, given.get("rate", "").strip())
            if isinstance(found, Issue):
                self.issues.append(found)
            elif found:
                self.rows.append(found)


def _not_rates() -> _Unreadable:
    return _Unreadable(
        "rates_unknown",
        "Ce fichier n'est pas celui des taux de référence de la Banque centrale européenne.",
        "eurofxref-hist.csv, eurofxref-hist.zip ou eurofxref-daily.xml",
    )
