"""The delimited FEC, block after block: bytes to cells as text, in bounded memory.

Separators TAB or `|`, lines ended by CR and/or LF (LPF art. A47 A-1); `;` and quoted fields are
met and read with a warning. A quote inside a field is plain text.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

import polars as pl

from encours.imports.readers.encodings import Decoder
from encours.imports.readers.fec_cells import read_date
from encours.imports.readers.fec_columns import (
    OFFICIAL,
    ORDER,
    Columns,
    columns_of,
    plain,
    without_header,
)
from encours.imports.rules.findings import Findings
from encours.kernel.issue import Issue

BLOCK_BYTES: Final = 8 * 2**20
LINE_BYTES_MAX: Final = 32 * 2**20
SEPARATORS: Final = ("\t", "|", ";", ",")
_OFFICIAL: Final = {official.lower() for official in OFFICIAL.values()} | {"iddevise"}
_COLUMNS_MIN: Final = 4
_FIRST_LINES: Final = 10
_KEYS: Final = ("journal", "entry_number", "account", "aux", "piece", "letter")
_LAWFUL: Final = ("\t", "|")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the lines of one file are cut."""

    separator: str
    quoted: bool
    width: int
    skip: int
    columns: Columns


def dialect_of(head: str) -> Dialect | None:
    """Find the header of a FEC in the first lines, or a FEC without one; None otherwise."""
    lines = head.splitlines()[:_FIRST_LINES]
    for at, line in enumerate(lines):
        for separator in SEPARATORS:
            cells = line.split(separator)
            if sum(plain(cell) in _OFFICIAL for cell in cells) >= _COLUMNS_MIN:
                quoted = line.lstrip().startswith('"') and f'"{separator}"' in line
                return _dialect(head, separator, columns_of(cells), at + 1, quoted=quoted)
    return _headless(head, lines)


def _headless(head: str, lines: list[str]) -> Dialect | None:
    """Recognise 18 fields with dates where the decree has them."""
    line = next((line for line in lines if line.strip()), "")
    for separator in SEPARATORS:
        cells = [cell.strip() for cell in line.split(separator)]
        if len(cells) >= len(ORDER) and read_date(cells[3]) and cells[4][:1].isdigit():
            return _dialect(head, separator, without_header(len(cells)), 0, quoted=False)
    return None


def _dialect(
    head: str, separator: str, columns: Columns, skip: int, *, quoted: bool
) -> Dialect | None:
    """Take as width the number of fields that most of the first lines have."""
    body = [line for line in head.splitlines()[skip:][:200] if line.strip()]
    counted = Counter(line.count(separator) + 1 for line in body[:-1] or body)
    wanted = len(columns.header)
    width = counted.most_common(1)[0][0] if counted else wanted
    last_needed = max(columns.positions.values(), default=0)
    if width not in (wanted, wanted + 1) and width <= last_needed - 2:
        width = wanted
    if width > wanted + 1:
        width = wanted
    return Dialect(separator, quoted or separator == ",", width, skip, columns)


def dialect_issues(dialect: Dialect) -> Iterator[Issue]:
    """Yield what is unusual in the cut of the lines."""
    yield from dialect.columns.issues
    if dialect.separator not in _LAWFUL:
        yield Issue(
            code="separator",
            message="Séparateur autre que la tabulation ou la barre verticale ; lu.",
            line=1,
            found=dialect.separator,
            expected="tabulation ou |",
            severity="warning",
        )
    if dialect.quoted:
        yield Issue(
            code="quoted",
            message="Champs entre guillemets ; lus sans eux.",
            line=1,
            severity="warning",
        )


def read_blocks(stream: BinaryIO, decoder: Decoder) -> Iterator[tuple[bytes, int]]:
    """Yield whole lines as UTF-8 ended by LF, some megabytes at a time, and the bytes read."""
    rest, done = b"", 0
    only_cr: bool | None = None
    doubled = False
    while more := stream.read(BLOCK_BYTES):
        done += len(more)
        if decoder.is_wide:
            more = decoder.decode(more)
        if only_cr is None:
            only_cr = b"\r" in more and b"\n" not in more
            doubled = b"\r\r\n" in more
        block = rest + (more.replace(b"\r", b"\n") if only_cr else more)
        cut = block.rfind(b"\n") + 1
        if not cut and len(block) > LINE_BYTES_MAX:
            cut = len(block)
        rest = block[cut:]
        if cut:
            yield _finished(block[:cut], decoder, doubled=doubled), done
    if rest:
        yield _finished(rest, decoder, doubled=doubled), done


def _finished(block: bytes, decoder: Decoder, *, doubled: bool) -> bytes:
    """Decode whole lines; CR CR LF is one end of line."""
    if doubled:
        block = block.replace(b"\r\r\n", b"\n")
    return block if decoder.is_wide else decoder.decode(block)


class Cutter:
    """Cut blocks of lines into cells; a line with the wrong number of fields is an issue."""

    def __init__(self, dialect: Dialect, findings: Findings) -> None:
        """Start at the first line of the file."""
        self._dialect = dialect
        self._findings = findings
        self._line = 1
        self._skip = dialect.skip
        width = dialect.width
        at = {position: name for name, position in dialect.columns.positions.items()}
        self._names = [at.get(position, f"_{position}") for position in range(width)]
        self._wanted = [name for name in self._names if not name.startswith("_")]

    def cut(self, block: bytes) -> pl.DataFrame:
        """Return the cells of a block as trimmed text, empty ones null, with their line."""
        lines = block.count(b"\n")
        first, self._line = self._line, self._line + lines
        skipped = min(self._skip, lines)
        if self._skip:
            parts = block.split(b"\n", self._skip)
            first, block = first + self._skip, parts[-1] if len(parts) > self._skip else b""
            self._skip = 0
        if self._dialect.quoted:
            return self._quoted(block, first)
        lines += (0 if block.endswith(b"\n") or not block else 1) - skipped
        frame = self._even(block, first, lines)
        return self._uneven(block, first) if frame is None else frame

    def _even(self, block: bytes, first: int, lines: int) -> pl.DataFrame | None:
        """Parse a block whose lines all have the right number of fields; None otherwise.

        No line has too many (Polars would refuse) and the separators add up: none has too few.
        """
        separators = block.count(self._dialect.separator.encode())
        if not lines or separators != lines * (self._dialect.width - 1):
            return None
        try:
            frame = self._parse(block)
        except pl.exceptions.PolarsError:
            return None
        if len(frame) != lines:
            return None
        return self._tidy(frame.with_row_index("line", first))

    def _parse(self, block: bytes) -> pl.DataFrame:
        return (
            pl.scan_csv(
                block,
                has_header=False,
                separator=self._dialect.separator,
                quote_char=None,
                schema=dict.fromkeys(self._names, pl.String),
                missing_columns="insert",
            )
            .select(self._wanted)
            .collect()
        )

    def _tidy(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Trim every cell of a block where one that names something is padded."""
        keys = [name for name in _KEYS if name in self._wanted]
        padded = pl.any_horizontal(
            pl.col(name).str.starts_with(" ").any() | pl.col(name).str.ends_with(" ").any()
            for name in keys
        )
        return _trimmed(frame, self._wanted) if frame.select(padded).item() else frame

    def _uneven(self, block: bytes, first: int) -> pl.DataFrame:
        """Cut line by line a block where some are blank, short, long or hold odd characters."""
        separator, width = self._dialect.separator, self._dialect.width
        lines = pl.DataFrame({"text": block.decode("utf-8", "replace").split("\n")}).select(
            pl.int_range(first, first + pl.len(), dtype=pl.UInt32).alias("line"),
            pl.col("text").str.strip_suffix("\r"),
        )
        lines = lines.filter(pl.col("text").str.strip_chars(" \r\t|;\u001a") != "").with_columns(
            fields=pl.col("text").str.count_matches(separator, literal=True) + 1
        )
        right = pl.col("fields") == width
        wrong = lines.filter(~right)
        cells = lines.filter(right).select(
            "line", pl.col("text").str.split(separator).alias("cells")
        )
        frame = cells.select(
            "line",
            *(
                pl.col("cells").list.get(at, null_on_oob=True).alias(name)
                for at, name in enumerate(self._names)
                if name in self._wanted
            ),
        )
        return self._with_damaged(_trimmed(frame, self._wanted), wrong)

    def _with_damaged(self, frame: pl.DataFrame, wrong: pl.DataFrame) -> pl.DataFrame:
        """Report the lines wrongly cut; what names their entry is kept, so that it falls whole."""
        if wrong.is_empty():
            return frame
        room = self._findings.room("fields_count")
        for line, text, fields in wrong.head(room).iter_rows():
            self._findings.add(
                Issue(
                    code="fields_count",
                    message=f"{fields} champs au lieu de {self._dialect.width} : "
                    "l'écriture de cette ligne ne peut pas être lue.",
                    line=line,
                    found=text,
                    expected=f"{self._dialect.width} champs",
                )
            )
        self._findings.count("fields_count", max(0, len(wrong) - room), "error")
        named_entry = self._entry_cells(wrong)
        return pl.concat([frame, named_entry], how="diagonal").sort("line")

    def _entry_cells(self, wrong: pl.DataFrame) -> pl.DataFrame:
        """Return the entry of each damaged line, where its first cells still say it."""
        at = self._dialect.columns.positions
        cells = wrong.with_columns(
            cells=pl.col("text").str.split(self._dialect.separator),
        )
        frame = cells.select(
            "line",
            *(
                pl.col("cells").list.get(at[name], null_on_oob=True).alias(name)
                for name in ("journal", "entry_number", "entry_on", "piece")
                if name in at
            ),
            account=pl.lit("?"),
            damaged=pl.lit(value=True),
        )
        dated = pl.col("entry_on").str.contains(r"^\s*(19|20)\d{6}\s*$|^\s*\d{4}-\d\d-\d\d\s*$")
        whole = frame.filter(dated & pl.col("entry_number").is_not_null())
        names = [name for name in ("journal", "entry_number", "entry_on", "piece") if name in at]
        zero = [
            pl.lit("0").alias(name)
            for name in ("debit", "credit", "amount")
            if name in self._wanted
        ]
        side = [pl.lit("D").alias("side")] if "side" in self._wanted else []
        return _trimmed(whole, names).with_columns(*zero, *side)

    def _quoted(self, block: bytes, first: int) -> pl.DataFrame:
        """Read the rare files whose fields stand between quotes, row by row."""
        text = block.decode("utf-8", "replace").split("\n")
        rows = csv.reader(text, delimiter=self._dialect.separator)
        width = self._dialect.width
        kept: list[tuple[object, ...]] = []
        for row in rows:
            if len(row) == width:
                kept.append((first + rows.line_num - 1, *row))
            elif any(cell.strip() for cell in row):
                self._findings.add(
                    Issue(
                        code="fields_count",
                        message=f"{len(row)} champs au lieu de {width}.",
                        line=first + rows.line_num - 1,
                        found=self._dialect.separator.join(row),
                        expected=f"{width} champs",
                    )
                )
        schema = {"line": pl.UInt32, **dict.fromkeys(self._names, pl.String)}
        frame = pl.DataFrame(kept, schema=schema, orient="row")
        return _trimmed(frame.select("line", *self._wanted), self._wanted)


def _trimmed(frame: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Trim text columns; what is left empty is null."""
    return frame.with_columns(pl.col(name).str.strip_chars().replace("", None) for name in names)
