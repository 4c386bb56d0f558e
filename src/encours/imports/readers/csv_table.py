"""Delimited text of any kind: dialect and encoding found, read block after block, memory bounded.

A quote opens a field only where one begins (RFC 4180); a quote inside plain text is text.
"""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from encours.imports.ports import OpenedTable, Progress, Sheet, Unreadable
from encours.imports.readers.encodings import Decoder
from encours.imports.readers.sniff import HEAD_BYTES, looks_like, looks_like_table
from encours.imports.rules.findings import Findings
from encours.kernel.issue import Issue

BLOCK_BYTES: Final = 4 * 2**20
FIELD_MAX: Final = 100_000
COLUMNS_MAX: Final = 1_000
LINE_MAX: Final = 8 * 2**20
SEPARATORS: Final = (";", "\t", ",", "|")
SAMPLED: Final = 200
_SHOWN: Final = {"\t": "tabulation"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How lines are cut."""

    separator: str
    quoted: bool
    width: int


class CsvTable:
    """Reads what spreadsheets and accounting software write as text."""

    code = "csv"

    def recognises(self, head: bytes, name: str) -> bool:
        """Say whether the first bytes are text that separators cut into columns."""
        return looks_like_table(head, name)

    def open(self, path: Path, *, name: str = "", sheet: str = "") -> OpenedTable:  # noqa: ARG002
        """Find the dialect; raises Unreadable where there is none."""
        with path.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
        if not self.recognises(head, name or path.name):
            raise Unreadable(_not_a_table(head, name or path.name))
        findings = Findings()
        decoder = Decoder(head, findings)
        text = decoder.decode(head).decode("utf-8", "replace").replace("\r\n", "\n")
        dialect = dialect_of(text.replace("\r", "\n"), whole=len(head) < HEAD_BYTES)
        if dialect is None:
            raise Unreadable(_not_a_table(head, name or path.name))
        if dialect.width > COLUMNS_MAX:
            raise Unreadable(_too_wide(dialect.width))
        return OpenedTable(
            sheets=(Sheet("", columns=dialect.width),),
            sheet="",
            encoding=decoder.name,
            separator=_SHOWN.get(dialect.separator, dialect.separator),
            findings=findings,
            blocks=lambda progress: _blocks(path, head, dialect, findings, progress),
        )


def dialect_of(text: str, *, whole: bool) -> Dialect | None:
    """Take the separator that cuts most of the first lines into as many columns; None if none."""
    best: tuple[float, Dialect] | None = None
    lines = text.split("\n")
    lines = (lines if whole else lines[:-1] or lines)[:SAMPLED]
    for separator in SEPARATORS:
        quoted = _is_quoted(lines, separator)
        widths = Counter(_widths(lines, separator, quoted=quoted))
        if not widths:
            continue
        width, count = max(widths.items(), key=lambda one: (one[1] * math.log(one[0]), one[0]))
        score = count * math.log(width)
        if best is None or score > best[0]:
            best = (score, Dialect(separator, quoted, max(width, *widths)))
    return best[1] if best else None


def _is_quoted(lines: list[str], separator: str) -> bool:
    """Say whether fields stand between quotes somewhere: opened and closed at their ends."""
    for line in lines:
        if '"' not in line:
            continue
        around = f"{separator}{line}{separator}"
        if f'{separator}"' in around and (f'"{separator}' in around or line.count('"') % 2):
            return True
    return False


def _reader(lines: Iterable[str], separator: str, *, quoted: bool) -> Any:
    if quoted:
        return csv.reader(lines, delimiter=separator)
    return csv.reader(lines, delimiter=separator, quoting=csv.QUOTE_NONE)


def _widths(lines: list[str], separator: str, *, quoted: bool) -> Iterator[int]:
    """Yield how many fields each line has, where it has several."""
    csv.field_size_limit(FIELD_MAX)
    try:
        for row in _reader(lines, separator, quoted=quoted):
            if len(row) > 1:
                yield len(row)
    except csv.Error:
        return


def _blocks(
    path: Path, head: bytes, dialect: Dialect, findings: Findings, progress: Progress | None
) -> Iterator[pl.DataFrame]:
    """Yield the cells of the whole file, some megabytes at a time."""
    decoder = Decoder(head, findings)
    cutter = _Cutter(dialect, findings)
    size, done, rest = path.stat().st_size, 0, b""
    only_cr = b"\r" in head and b"\n" not in head
    with path.open("rb") as stream:
        while more := stream.read(BLOCK_BYTES):
            done += len(more)
            wide = decoder.is_wide
            block = decoder.decode(more) if wide else more
            block = rest + (block.replace(b"\r", b"\n") if only_cr else block)
            cut = _cut_at(block, quoted=dialect.quoted)
            if cut == 0 and len(block) > LINE_MAX:
                raise Unreadable(_endless(cutter.line))
            rest = block[cut:]
            if cut:
                yield cutter.cut(block[:cut] if wide else decoder.decode(block[:cut]))
            if progress is not None:
                progress(done, size)
    if rest:
        yield cutter.cut(rest if decoder.is_wide else decoder.decode(rest))


def _cut_at(block: bytes, *, quoted: bool) -> int:
    """Return where the last whole line ends; a line end between quotes ends no line."""
    cut = block.rfind(b"\n") + 1
    if not quoted or not cut or block.count(b'"', 0, cut) % 2 == 0:
        return cut
    tried = 0
    while cut and tried < SAMPLED:
        before = block.rfind(b"\n", 0, cut - 1) + 1
        if block.count(b'"', before, cut) % 2:
            return before
        cut, tried = before, tried + 1
    return 0


class _Cutter:
    """Cut blocks of whole lines into trimmed cells, blank ones null, with their line."""

    def __init__(self, dialect: Dialect, findings: Findings) -> None:
        self.line = 1
        self._dialect = dialect
        self._findings = findings
        self._names = [f"c{at}" for at in range(dialect.width)]

    def cut(self, block: bytes) -> pl.DataFrame:
        """Return the cells of a block."""
        lines = block.count(b"\n") + (not block.endswith(b"\n"))
        first, self.line = self.line, self.line + lines
        frame = self._at_once(block, lines)
        if frame is None:
            return self._row_by_row(block, first)
        longest = frame.select(pl.all().str.len_bytes().max()).row(0)
        if max((one for one in longest if one), default=0) > FIELD_MAX:
            raise Unreadable(_huge_field(first))
        return _tidy(frame.with_row_index("line", first), self._names)

    def _at_once(self, block: bytes, lines: int) -> pl.DataFrame | None:
        """Parse a block whose lines are plain: as many fields each, no line end inside a field."""
        separator = self._dialect.separator.encode()
        has_quotes = self._dialect.quoted and b'"' in block
        if not has_quotes and block.count(separator) != lines * (self._dialect.width - 1):
            return None
        if has_quotes and _odd_quotes(block):
            return None
        try:
            frame = pl.read_csv(
                block,
                has_header=False,
                separator=self._dialect.separator,
                quote_char='"' if has_quotes else None,
                schema=dict.fromkeys(self._names, pl.String),
            )
        except pl.exceptions.PolarsError:
            return None
        return frame if len(frame) == lines else None

    def _row_by_row(self, block: bytes, first: int) -> pl.DataFrame:
        """Read what is not plain: short and long lines, fields of several lines."""
        text = block.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
        csv.field_size_limit(FIELD_MAX)
        dialect = self._dialect
        rows = _reader(io.StringIO(text), dialect.separator, quoted=dialect.quoted)
        width = self._dialect.width
        kept: list[list[object]] = []
        start = first
        try:
            for row in rows:
                if len(row) > width:
                    self._too_long(start, row)
                kept.append([start, *row[:width], *[None] * (width - len(row))])
                start = first + rows.line_num
        except csv.Error as problem:
            raise Unreadable(_huge_field(start)) from problem
        schema = {"line": pl.UInt32, **dict.fromkeys(self._names, pl.String)}
        return _tidy(pl.DataFrame(kept, schema=schema, orient="row"), self._names)

    def _too_long(self, line: int, row: list[str]) -> None:
        width = self._dialect.width
        if any(cell.strip() for cell in row[width:]):
            message = f"{len(row)} champs au lieu de {width} : la ligne ne peut pas être lue."
            found = self._dialect.separator.join(row)[:FIELD_MAX]
            self._findings.add(
                Issue("fields_count", message, line, found=found, expected=f"{width} champs")
            )


def _odd_quotes(block: bytes) -> bool:
    """Say whether a line has an odd number of quotes: a field goes on, or a quote is text."""
    return any(line.count(b'"') % 2 for line in block.split(b"\n") if b'"' in line)


def _tidy(frame: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    return frame.with_columns(
        pl.col("line").cast(pl.UInt32),
        *(pl.col(name).str.strip_chars(' \t\r\n\u00a0\ufeff"').replace("", None) for name in names),
    )


def _not_a_table(head: bytes, name: str) -> Issue:
    seen = looks_like(head, name)
    if seen.startswith(("un texte qui", "un tableau")):
        seen = "un texte sans colonnes"
    return Issue(
        code="not_a_table",
        message=f"Ce fichier n'est pas un tableau : on dirait {seen}.",
        expected="CSV, XLSX, XLS, XLSB ou ODS",
    )


def _too_wide(width: int) -> Issue:
    return Issue(
        code="too_many_columns",
        message=f"{width} colonnes : un tableau en a {COLUMNS_MAX} au plus.",
        line=1,
        found=str(width),
        expected=str(COLUMNS_MAX),
    )


def _endless(line: int) -> Issue:
    return Issue(
        code="line_too_long",
        message="Une ligne n'a pas de fin, ou des guillemets ne sont jamais refermés.",
        line=line,
        expected=f"{LINE_MAX // 2**20} Mo par ligne au plus",
    )


def _huge_field(line: int) -> Issue:
    return Issue(
        code="field_too_long",
        message=f"Une case de plus de {FIELD_MAX} caractères : ce n'est pas un tableau.",
        line=line,
        expected=f"{FIELD_MAX} caractères",
    )
