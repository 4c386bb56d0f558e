"""The user's own rows, as the kept file has them, with what is wrong with each."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from encours.imports.actions import uploads
from encours.imports.models import FileImport
from encours.imports.ports import TABLE_READERS, OpenedTable, Unreadable

HEAD_BYTES: Final = 65_536
DELIMITERS: Final = ";\t,|"
SEPARATORS: Final[Mapping[str, str]] = {"tabulation": "\t"}


@dataclass(frozen=True, slots=True)
class OwnRow:
    """A row of the file: its cells as text, and what was said of it."""

    line: int
    cells: tuple[str, ...]
    said: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Annotated:
    """A file that can be given back; `rows` is read once. `separator` is empty for a workbook.

    `missing` is how many remarks were not kept.
    """

    file_name: str
    separator: str
    missing: int
    rows: Iterator[OwnRow]


def annotated(*, tenant_id: int, import_id: int, only_wrong: bool = False) -> Annotated | None:
    """Return the rows of an import's file with its remarks (severity, message).

    None where the file is gone, or is no table (XML, PDF): its remarks are then all there is.
    """
    row = FileImport.objects.of(tenant_id).get(pk=import_id)
    path = uploads.path_of(tenant_id=tenant_id, sha256=row.sha256)
    opened = _opened(path, row) if path.exists() else None
    if opened is None:
        return None
    said = _by_line(row.issues)
    missing = sum(row.issue_counts.values()) - len(row.issues)
    separator = SEPARATORS.get(opened.separator, opened.separator)
    rows = _rows(opened, said, only_wrong=only_wrong)
    return Annotated(row.file_name, separator, missing, rows)


def of_text(text: str, name: str, issues: list[dict[str, Any]]) -> Annotated:
    """Return the rows of a small text that was not kept, with its remarks."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(DELIMITERS, key=header.count)
    said = _by_line(issues)
    rows = (
        OwnRow(line, tuple(cells), tuple(said.get(line, ())))
        for line, cells in enumerate(csv.reader(io.StringIO(text), delimiter=separator), start=1)
    )
    return Annotated(name, separator, 0, rows)


def _opened(path: Path, row: FileImport) -> OpenedTable | None:
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    for code in TABLE_READERS:
        if TABLE_READERS[code].recognises(head, row.file_name):
            try:
                return TABLE_READERS[code].open(
                    path, name=row.file_name, sheet=str(row.mapping.get("sheet", ""))
                )
            except Unreadable:
                return None
    return None


def _by_line(issues: list[dict[str, Any]]) -> dict[int, list[tuple[str, str]]]:
    said: dict[int, list[tuple[str, str]]] = {}
    for one in issues:
        if one["line"]:
            said.setdefault(one["line"], []).append((one["severity"], one["message"]))
    return said


def _rows(
    opened: OpenedTable, said: dict[int, list[tuple[str, str]]], *, only_wrong: bool
) -> Iterator[OwnRow]:
    """Yield the rows; with `only_wrong`, the first one (mostly headings) and those said of."""
    is_first = True
    try:
        for block in opened.blocks(None):
            for line, *cells in block.iter_rows():
                remarks = tuple(said.get(line, ()))
                if remarks or is_first or not only_wrong:
                    yield OwnRow(line, tuple(cell or "" for cell in cells), remarks)
                is_first = False
    except Unreadable:
        return
