"""The FEC, fichier des écritures comptables (LPF art. L47 A and A47 A-1): text or XML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import BinaryIO, Literal

import polars as pl

from encours.imports.ports import Progress
from encours.imports.readers.encodings import Decoder
from encours.imports.readers.fec_cells import type_block
from encours.imports.readers.fec_columns import OFFICIAL
from encours.imports.readers.fec_text import (
    Cutter,
    Dialect,
    dialect_issues,
    dialect_of,
    read_blocks,
)
from encours.imports.readers.fec_xml import XmlRows
from encours.imports.readers.sniff import HEAD_BYTES, is_fec_xml, looks_like
from encours.imports.rules.file_names import company_and_closing
from encours.imports.rules.findings import Findings
from encours.imports.rules.gather import Gathering
from encours.imports.rules.ledger import Layout, Ledger
from encours.kernel.ahead import ahead
from encours.kernel.issue import Issue


class Fec:
    """Reads what the decree allows and what software really writes."""

    code = "fec"

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002 - the port's
        """Say whether the columns or the root element of a FEC are there."""
        return _opened(head) is not None

    def read(self, path: Path, *, name: str = "", progress: Progress | None = None) -> Ledger:
        """Read a file block by block; what it is not, or lacks, is an issue."""
        findings = Findings()
        shown = name or path.name
        with path.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
            stream.seek(0)
            opened = _opened(head)
            if opened is None:
                findings.add(_refused(head, shown))
                return Ledger(issues=findings.sealed())
            reading = _Reading(stream, findings, progress, path.stat().st_size)
            layout = reading.xml() if opened == "xml" else reading.text(head, opened)
        siren, closing_on = _from_name(shown, findings)
        layout = replace(layout, siren=siren, closing_on=closing_on)
        return _with_whole_file_issues(reading.gathering.finish(layout, findings))


class _Reading:
    """One file being folded."""

    def __init__(
        self, stream: BinaryIO, findings: Findings, progress: Progress | None, size: int
    ) -> None:
        self.gathering = Gathering()
        self._stream = stream
        self._findings = findings
        self._progress = progress
        self._size = size

    def text(self, head: bytes, dialect: Dialect) -> Layout:
        """Fold a delimited file; nothing is read when an essential column is missing."""
        self._findings.extend(dialect_issues(dialect))
        decoder = Decoder(head, self._findings)
        if dialect.columns.is_readable:
            cutter = Cutter(dialect, self._findings)
            blocks = read_blocks(self._stream, decoder)
            for cells, done in ahead((cutter.cut(block), done) for block, done in blocks):
                self._take(cells, done, iso=False)
        separator = {"\t": "tabulation"}.get(dialect.separator, dialect.separator)
        return Layout("text", decoder.name, separator, dialect.columns.header)

    def xml(self) -> Layout:
        """Fold an XML file."""
        rows = XmlRows(self._findings)
        for block in rows.blocks(self._stream):
            self._take(block, self._stream.tell(), iso=True)
        columns = tuple(OFFICIAL[name] for name in OFFICIAL if name in rows.columns)
        return Layout("xml", "XML", "", columns)

    def _take(self, cells: pl.DataFrame, done: int, *, iso: bool) -> None:
        self.gathering.take(type_block(cells, self._findings, iso=iso))
        if self._progress is not None:
            self._progress(done, self._size)


def _opened(head: bytes) -> Dialect | Literal["xml"] | None:
    """Return how to read the file, None when it is no FEC."""
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return "xml" if is_fec_xml(head) else None
    if head.startswith((b"PK", b"%PDF", b"\xd0\xcf")):
        return None
    decoder = Decoder(head, Findings())
    text = decoder.decode(head).decode("utf-8", "replace")
    return dialect_of(text.replace("\r\r\n", "\n"))


def _refused(head: bytes, name: str) -> Issue:
    return Issue(
        code="not_a_fec",
        message=f"Ce fichier n'est pas un FEC : on dirait {looks_like(head, name)}.",
        found=name,
        expected="un fichier des écritures comptables (LPF art. A47 A-1)",
    )


def _from_name(name: str, findings: Findings) -> tuple[str, date | None]:
    """Return the SIREN and the closing date that the name of a FEC says (A47 A-1, X)."""
    siren, closing = company_and_closing(name)
    if closing is not None:
        return siren, closing
    findings.add(
        Issue(
            code="file_name",
            message="Le nom du fichier n'est pas SIRENFECAAAAMMJJ ; "
            "la société et la clôture ne peuvent pas être vérifiées.",
            found=name,
            expected="123456789FEC20241231.txt",
            severity="info",
        )
    )
    return "", None


def _with_whole_file_issues(ledger: Ledger) -> Ledger:
    """Add what only the whole file shows: no line at all, dates after the closing."""
    added = tuple(_whole_file_issues(ledger))
    return replace(ledger, issues=(*ledger.issues, *added)) if added else ledger


def _whole_file_issues(ledger: Ledger) -> Iterator[Issue]:
    totals, closing = ledger.totals, ledger.layout.closing_on
    stopped = any(issue.severity == "error" for issue in ledger.issues)
    if not totals.lines and not stopped:
        yield Issue(code="no_lines", message="Ce FEC n'a aucune écriture.", expected="des lignes")
    if closing and totals.last_on and totals.last_on > closing:
        yield Issue(
            code="dates_after_closing",
            message="Des écritures sont postérieures à la clôture que dit le nom du fichier.",
            column="EcritureDate",
            found=f"{totals.last_on:%Y%m%d}",
            expected=f"{closing:%Y%m%d} au plus",
            severity="warning",
        )
