"""Opens a table: its header found, its first rows at hand, the rest to be read block by block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Final

import polars as pl

from encours.imports.ports import (
    TABLE_READERS,
    OpenedTable,
    Progress,
    TableReader,
    Unreadable,
)
from encours.imports.rules.findings import Findings
from encours.imports.rules.tables import headings, layout
from encours.imports.rules.tables.layout import Header
from encours.imports.rules.tables.mapping import Meaning, TableMapping
from encours.imports.rules.tables.proposal import Proposal, completed, propose
from encours.kernel.issue import Issue

HEAD_BYTES: Final = 65_536
SAMPLED_ROWS: Final = 20_000
NO_HEADER: Final = Issue(
    code="no_header",
    message="Aucune ligne d'en-têtes n'a été trouvée : la première ligne du tableau doit nommer "
    "ses colonnes (client, numéro, date, montant…).",
    expected="une ligne d'en-têtes",
)
NO_SUCH_LINE: Final = Issue(
    code="no_such_header",
    message="La ligne des titres choisie n'est pas dans ce tableau : choisissez-en une autre.",
)


@dataclass(slots=True)
class OpenSheet:
    """One sheet, opened: `head` has its first rows, `blocks` all of them, once.

    `settled_as_of` is the day that a title or the file's name gives.
    """

    opened: OpenedTable
    header: Header
    head: pl.DataFrame
    name: str
    as_of: date | None
    _rest: Iterator[pl.DataFrame]
    chosen_line: int | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the columns' labels, in order."""
        return self.header.labels

    @property
    def signature(self) -> str:
        """Return what tells this layout from another."""
        return headings.signature(self.labels)

    @property
    def findings(self) -> Findings:
        """Return what the reader gathers."""
        return self.opened.findings

    def blocks(self) -> Iterator[pl.DataFrame]:
        """Yield every block from the first row of the file: once only."""
        return chain([self.head], self._rest)

    def with_header(self, line: int) -> OpenSheet | None:
        """Return the sheet with the headings of another line (0: none), if it has that line."""
        header = layout.header_at(self.head, line)
        return replace(self, header=header, chosen_line=line) if header else None

    def proposal(
        self, meaning: Meaning | None = None, own: Mapping[str, str] | None = None
    ) -> Proposal:
        """Propose what the columns are, from the first thousands of rows.

        `own` are the tenant's own fields, label by code: a column of that heading goes there.
        """
        told = layout.with_roles(self._below(), self.labels)
        has_groups = bool((told["role"] == "group").any())
        return propose(
            told.filter(pl.col("role") == "row"),
            self.labels,
            has_groups=has_groups,
            meaning=meaning,
            as_of=self.as_of,
            sheet=self.opened.sheet,
            name=self.name,
            own=own or {},
            header=self.chosen_line,
        )

    def completed(self, mapping: TableMapping) -> TableMapping:
        """Fill in what a mapping leaves to the cells."""
        return completed(mapping, self._below(), self.labels)

    def rows(self) -> pl.DataFrame:
        """Return the first rows under the header."""
        return self._below()

    def _below(self) -> pl.DataFrame:
        names = [f"c{at}" for at in range(len(self.labels))]
        return self.head.slice(self.header.at + 1).select("line", *names)


def open_sheet(
    path: Path,
    *,
    name: str = "",
    sheet: str = "",
    header: int | None = None,
    progress: Progress | None = None,
) -> OpenSheet:
    """Open a table and find its header; raises Unreadable with the issue a person needs.

    `header` is the line of the headings where somebody chose it, 0 where there are none.
    """
    shown = name or path.name
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    opened = _reader(head, shown).open(path, name=shown, sheet=sheet)
    blocks = opened.blocks(progress)
    first: list[pl.DataFrame] = []
    for block in blocks:
        first.append(block)
        if sum(len(one) for one in first) >= SAMPLED_ROWS:
            break
    rows = pl.concat(first) if first else pl.DataFrame({"line": pl.Series([], dtype=pl.UInt32)})
    if rows.width <= 2:  # noqa: PLR2004 - line, two columns
        raise Unreadable(NO_HEADER)
    found = layout.header_of(rows) if header is None else layout.header_at(rows, header)
    if found is None:
        raise Unreadable(NO_HEADER if header is None else NO_SUCH_LINE)
    as_of = layout.sold_on(rows, found.at, shown)
    return OpenSheet(opened, found, rows, shown, as_of, blocks, header)


def is_table(head: bytes, name: str) -> bool:
    """Say whether a reader of tables takes a file, from its first 64 kB."""
    return any(TABLE_READERS[code].recognises(head, name) for code in TABLE_READERS)


def _reader(head: bytes, name: str) -> TableReader:
    for code in TABLE_READERS:
        if TABLE_READERS[code].recognises(head, name):
            return TABLE_READERS[code]
    return TABLE_READERS["csv"]
