"""What an import needs from outside: readers of ledger exports, tables and e-invoices.

A reader turns a file into a `Ledger` (`encours.imports.rules.ledger`): customer lines, sums of
the others, totals, and every problem as an Issue. It never raises on what a file contains: a
file it cannot read is an empty `Ledger` with one issue of severity error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import polars as pl

from encours.imports.rules.einvoices.document import Read
from encours.imports.rules.findings import Findings
from encours.imports.rules.ledger import Layout, Ledger, Totals
from encours.kernel.issue import Issue
from encours.kernel.registry import Registry

Progress = Callable[[int, int], None]
"""Called with the bytes read and the size of the file, a few times a second at most."""


class LedgerReader(Protocol):
    """Reads one kind of ledger export."""

    code: str

    def recognises(self, head: bytes, name: str) -> bool:
        """Say whether a file is of this kind from its first 64 kB and its name."""
        ...

    def read(self, path: Path, *, name: str = "", progress: Progress | None = None) -> Ledger:
        """Read a whole file in bounded memory; `name` is the one the user gave it."""
        ...


class Unreadable(Exception):
    """A file that is no table, or a hostile one; `issue` says why, for its user."""

    def __init__(self, issue: Issue) -> None:
        """Keep the issue."""
        super().__init__(issue.message)
        self.issue = issue


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook; a text file has one, without a name. `rows` None: not counted."""

    name: str
    rows: int | None = None
    columns: int = 0
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class OpenedTable:
    """A table ready to be read once: `blocks` yields frames of `line`, `c0`, `c1`… as text.

    Cells are trimmed, blank ones null. `findings` is complete once all blocks were read; `blocks`
    raises Unreadable on what only shows on the way.
    """

    sheets: tuple[Sheet, ...]
    sheet: str
    encoding: str
    separator: str
    findings: Findings
    blocks: Callable[[Progress | None], Iterator[pl.DataFrame]]


class TableReader(Protocol):
    """Reads tables: delimited text, or workbooks."""

    code: str

    def recognises(self, head: bytes, name: str) -> bool:
        """Say whether a file is of this kind from its first 64 kB; a name proves nothing."""
        ...

    def open(self, path: Path, *, name: str = "", sheet: str = "") -> OpenedTable:
        """Open a table, in bounded memory; raises Unreadable."""
        ...


class EinvoiceReader(Protocol):
    """Reads electronic invoices and life-cycle statuses: a document, or an archive of them."""

    code: str

    def recognises(self, head: bytes, name: str) -> bool:
        """Say whether a file is of this kind from its first bytes and its name."""
        ...

    def read(
        self, path: Path, *, name: str = "", progress: Progress | None = None
    ) -> tuple[Read, ...]:
        """Read every document of a file; what is unreadable is a `Read` that only has issues."""
        ...

    def contents(self, path: Path, *, name: str = "") -> Iterator[tuple[str, bytes]]:
        """Yield the name and the bytes of each document, as `read` names them."""
        ...


READERS: Registry[LedgerReader] = Registry("ledger reader")
TABLE_READERS: Registry[TableReader] = Registry("table reader")
EINVOICE_READERS: Registry[EinvoiceReader] = Registry("e-invoice reader")

__all__ = [
    "EINVOICE_READERS",
    "READERS",
    "TABLE_READERS",
    "EinvoiceReader",
    "Layout",
    "Ledger",
    "LedgerReader",
    "OpenedTable",
    "Progress",
    "Sheet",
    "TableReader",
    "Totals",
    "Unreadable",
]
