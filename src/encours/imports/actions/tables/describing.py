"""Shows a table to a person: sheets, columns with what they probably are, first rows as read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl

from encours.imports.actions.tables.mappings import save_mapping, usable
from encours.imports.actions.tables.opening import recognised
from encours.imports.actions.tables.own_fields import labels_of
from encours.imports.actions.tables.reading import NO_HEADER, NO_SUCH_LINE, OpenSheet, open_sheet
from encours.imports.models import FileImport
from encours.imports.ports import Sheet, Unreadable
from encours.imports.rules.findings import Findings
from encours.imports.rules.tables import records
from encours.imports.rules.tables.fields import FIELDS
from encours.imports.rules.tables.mapping import Meaning, TableMapping, from_json
from encours.imports.rules.tables.proposal import Column
from encours.imports.rules.tables.rows import ROWS, RowReading
from encours.kernel.issue import Issue
from encours.kernel.money import decimal_text
from encours.kernel.refusal import Refusal

SHOWN_ROWS: Final = 20
FIRST_LINES: Final = 15
LINE_SHOWN: Final = 70
SHOWN_FIELDS: Final = {*ROWS, *FIELDS}.difference(("line", "bad", "side"))
CHOOSABLE: Final = ("mapping", "previewed", "refused")


class NotChoosable(Refusal):
    """Applied, cancelled, or being read at this moment."""

    message = "Ce fichier n'attend pas de correspondance."


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row as it will be read: field → text (days ISO, amounts with a dot), and problems."""

    line: int
    values: dict[str, str]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Description:
    """A table as the mapping screen shows it; `issues` alone where it cannot be read at all.

    `first_lines` are those among which the headings may be chosen, as text. `mapping` is the one
    the rows were read with: given, saved (`saved_name`) or proposed. `doubts` is empty when it may
    be used without looking.
    """

    file: str
    sheets: tuple[Sheet, ...] = ()
    sheet: str = ""
    header_line: int = 0
    first_lines: tuple[tuple[int, str], ...] = ()
    labels: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    mapping: dict[str, Any] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()
    saved_name: str = ""
    signature: str = ""
    encoding: str = ""
    separator: str = ""
    as_of: date | None = None
    rows: tuple[ShownRow, ...] = ()
    issues: tuple[Issue, ...] = ()

    @property
    def is_readable(self) -> bool:
        """Say whether the file is a table at all."""
        return bool(self.labels)

    @property
    def is_sure(self) -> bool:
        """Say whether the mapping may be used without asking anybody."""
        return self.is_readable and not self.doubts

    def as_json(self) -> dict[str, Any]:
        """Return the shape of `import table --propose --json`."""
        return {
            "file": self.file,
            "sheets": [
                {
                    "name": one.name,
                    "rows": one.rows,
                    "columns": one.columns,
                    "hidden": one.is_hidden,
                }
                for one in self.sheets
            ],
            "sheet": self.sheet,
            "header_line": self.header_line,
            "encoding": self.encoding,
            "separator": self.separator,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "sure": self.is_sure,
            "doubts": list(self.doubts),
            "saved": self.saved_name,
            "mapping": self.mapping,
            "columns": [one.as_json() for one in self.columns],
            "rows": [
                {"line": one.line, "values": one.values, "problems": list(one.problems)}
                for one in self.rows
            ],
            "issues": [one.as_json() for one in self.issues],
        }


def describe_file(
    path: Path,
    *,
    tenant_id: int,
    creditor_id: int,
    name: str = "",
    sheet: str = "",
    meaning: Meaning | None = None,
    header: int | None = None,
    mapping: dict[str, Any] | None = None,
) -> Description:
    """Describe a file on disk; `mapping` (JSON) reads the first rows with it, as a person edits.

    `header` is the line of the headings that a person chose, 0 for none. Without mapping, the one
    saved for these headings, else what is proposed. Never raises on what a file contains; raises
    UnusableMapping on a mapping that is no mapping.
    """
    given = from_json(mapping) if mapping else None
    chosen = sheet or (given.sheet if given else "")
    line = given.header if given and header is None else header
    doubts: tuple[str, ...] = ()
    try:
        try:
            table = open_sheet(path, name=name, sheet=chosen, header=line)
        except Unreadable as unreadable:
            if unreadable.issue not in (NO_HEADER, NO_SUCH_LINE) or line == 0:
                raise
            table = open_sheet(path, name=name, sheet=chosen, header=0)
            doubts = (unreadable.issue.message,)
    except Unreadable as refused:
        return Description(name or path.name, issues=(refused.issue,))
    found = _described(table, tenant_id, creditor_id, given, meaning)
    return replace(found, doubts=(*doubts, *found.doubts)) if not found.saved_name else found


def describe(
    *,
    tenant_id: int,
    import_id: int,
    sheet: str = "",
    meaning: Meaning | None = None,
    header: int | None = None,
    mapping: dict[str, Any] | None = None,
) -> Description:
    """Describe an upload as `describe_file` does; with its own mapping when it has one."""
    from encours.imports.actions import uploads  # noqa: PLC0415 - uploads reads tables too

    row = FileImport.objects.of(tenant_id).get(pk=import_id)
    path = uploads.path_of(tenant_id=tenant_id, sha256=row.sha256)
    if not path.exists():
        raise uploads.FileGone
    is_anew = bool(sheet or meaning) or header is not None
    chosen = mapping or ({} if is_anew else row.mapping)
    return describe_file(
        path,
        tenant_id=tenant_id,
        creditor_id=row.creditor_id,
        name=row.file_name,
        sheet=sheet,
        meaning=meaning,
        header=header,
        mapping=chosen or None,
    )


def choose(
    *,
    tenant_id: int,
    import_id: int,
    mapping: dict[str, Any],
    save_as: str = "",
    for_all_creditors: bool = False,
    author_id: int | None,
    today: date,
) -> None:
    """Take a person's mapping for an upload; the job `preview_soon` that follows reads it.

    `save_as` also keeps it by name, for this creditor or for all: the next file with the same
    headings takes it by itself. Raises UnusableMapping, NameTaken, NotChoosable.
    """
    row = FileImport.objects.of(tenant_id).select_for_update().filter(pk=import_id).first()
    if row is None or row.kind != "table" or row.state not in CHOOSABLE:
        raise NotChoosable
    chosen = usable(mapping)
    if save_as:
        told = describe(tenant_id=tenant_id, import_id=import_id, mapping=chosen.as_json())
        save_mapping(
            tenant_id=tenant_id,
            creditor_id=None if for_all_creditors else row.creditor_id,
            name=save_as,
            definition=chosen.as_json(),
            signature=told.signature,
            replace=True,
            author_id=author_id,
            today=today,
        )
    FileImport.objects.of(tenant_id).filter(pk=row.pk).update(
        mapping=chosen.as_json(), state="running", progress=0, author_id=author_id
    )


def _described(
    table: OpenSheet,
    tenant_id: int,
    creditor_id: int,
    given: TableMapping | None,
    meaning: Meaning | None,
) -> Description:
    known = None
    if given is None and meaning is None:
        known, table = recognised(table, tenant_id=tenant_id, creditor_id=creditor_id)
    own = labels_of(tenant_id=tenant_id)
    proposal = table.proposal(meaning or (given.meaning if given else None), own)
    used, doubts = proposal.mapping, proposal.doubts
    saved_name = ""
    if given is not None:
        used, doubts = given, tuple(f"Il manque {what}." for what in given.missing())
    elif known is not None:
        used, doubts, saved_name = from_json(known.definition), (), known.name
    used = table.completed(used)
    findings = Findings()
    reading = RowReading(used, table.labels, findings, header_line=table.header.line)
    if used.meaning == "master":
        cells = records.read_cells(reading.table(table.head), used, findings)
        rows = records.as_shown(cells.head(SHOWN_ROWS)).rename(records.FIELD_OF, strict=False)
    else:
        rows = reading.read(table.head).head(SHOWN_ROWS)
    return Description(
        file=table.name,
        sheets=table.opened.sheets,
        sheet=table.opened.sheet,
        header_line=table.header.line,
        first_lines=_first_lines(table),
        labels=table.labels,
        columns=proposal.columns,
        mapping=used.as_json(),
        doubts=doubts,
        saved_name=saved_name,
        signature=table.signature,
        encoding=table.opened.encoding,
        separator=table.opened.separator,
        as_of=table.as_of,
        rows=_shown(rows, findings.sealed()),
        issues=table.findings.sealed(),
    )


def _first_lines(table: OpenSheet) -> tuple[tuple[int, str], ...]:
    """Return the first lines of a sheet, and that of its headings, each in one text."""
    near = table.head.head(FIRST_LINES)
    at = max(table.header.at, 0)
    rows = near if at < near.height else pl.concat([near, table.head.slice(at, 1)])
    said = ((row[0], " · ".join(cell for cell in row[1:] if cell)) for row in rows.iter_rows())
    return tuple((line, text[:LINE_SHOWN]) for line, text in said if text)


def _shown(rows: pl.DataFrame, issues: tuple[Issue, ...]) -> tuple[ShownRow, ...]:
    said: dict[int, list[str]] = {}
    for issue in issues:
        said.setdefault(issue.line, []).append(issue.message)
    return tuple(
        ShownRow(
            row["line"],
            {
                name.removesuffix("_cents"): _text(row[name], name)
                for name in rows.columns
                if name in SHOWN_FIELDS and row[name] is not None
            },
            tuple(said.get(row["line"], ())),
        )
        for row in rows.iter_rows(named=True)
    )


def _text(value: Any, name: str) -> str:
    if name.endswith("_cents"):
        return decimal_text(value)
    return value.isoformat() if isinstance(value, date) else str(value)
