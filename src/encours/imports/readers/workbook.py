"""Workbooks (XLSX, XLSM, XLS, XLSB, ODS): read by calamine in a process of its own.

A hostile workbook is refused, or takes down nothing but that process: its memory, time and what
it writes are limited. Formulas give their value as stored; nothing is computed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import polars as pl

from encours.imports.ports import OpenedTable, Progress, Sheet, Unreadable
from encours.imports.rules.findings import Findings
from encours.kernel.issue import Issue

UNPACKED_MAX: Final = 600 * 2**20
PART_RATIO_MAX: Final = 300
PART_SMALL: Final = 20 * 2**20
PARTS_MAX: Final = 5_000
TIMEOUT_S: Final = 300
BLOCK_ROWS: Final = 20_000
_OLE: Final = b"\xd0\xcf\x11\xe0"
_CHUNK: Final = 2**20
_SAID: Final = {
    "password": "Ce classeur est protégé par un mot de passe : enregistrez-en une copie sans.",
    "empty": "Ce classeur n'a aucune feuille remplie.",
    "no_sheet": "Ce classeur n'a pas de feuille de ce nom.",
    "too_large": "Ce classeur est trop grand pour être lu : enregistrez la feuille en CSV.",
    "broken": "Ce classeur est abîmé, ou n'est pas un classeur : ouvrez-le et enregistrez-le.",
}


class Workbook:
    """Reads the sheets of a workbook as text: numbers, days and texts alike."""

    code = "workbook"

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002 - the port's
        """Say by the content, not the extension: a ZIP of a workbook, or an OLE container."""
        if head.startswith(_OLE):
            return True
        marks = (b"xl/", b"[Content_Types].xml", b"opendocument.spreadsheet", b"content.xml")
        return head.startswith(b"PK\x03\x04") and any(mark in head for mark in marks)

    def open(self, path: Path, *, name: str = "", sheet: str = "") -> OpenedTable:  # noqa: ARG002
        """Check sizes, then write the sheet's cells as text in a file of ours."""
        _check_sizes(path)
        folder = tempfile.TemporaryDirectory(prefix="encours-sheet-")
        cells = Path(folder.name) / "cells"
        told = _read_apart(path, sheet, cells)
        if told.get("problem"):
            folder.cleanup()
            raise Unreadable(_issue(str(told["problem"])))
        sheets = tuple(
            Sheet(one["name"], rows=one["rows"], columns=one["columns"], is_hidden=one["hidden"])
            for one in told["sheets"]
        )
        width = int(told["width"])

        def blocks(progress: Progress | None) -> Iterator[pl.DataFrame]:
            try:
                yield from _blocks(cells, width, progress)
            finally:
                folder.cleanup()

        return OpenedTable(
            sheets=sheets,
            sheet=str(told["sheet"]),
            encoding="",
            separator="",
            findings=Findings(),
            blocks=blocks,
        )


def _check_sizes(path: Path) -> None:
    """Refuse a ZIP that says, or proves, that it holds far more than it weighs."""
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            declared = sum(part.file_size for part in parts)
            if len(parts) > PARTS_MAX or declared > UNPACKED_MAX:
                raise Unreadable(_bomb(declared))
            left = UNPACKED_MAX
            for part in parts:
                left -= _real_size(archive, part, left)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as problem:
        raise Unreadable(_issue("broken")) from problem


def _real_size(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    """Unpack a part, counting: what an archive declares is what its author wrote."""
    ratio = part.file_size / max(part.compress_size, 1)
    if part.file_size > PART_SMALL and ratio > PART_RATIO_MAX:
        raise Unreadable(_bomb(part.file_size))
    size = 0
    try:
        with archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                if size > left:
                    raise Unreadable(_bomb(size))
    except zipfile.BadZipFile as problem:  # more, or other, than declared
        raise Unreadable(_issue("broken")) from problem
    return size


def _read_apart(path: Path, sheet: str, cells: Path) -> dict[str, Any]:
    """Have the child process read; whatever it dies of is a sentence."""
    words = [sys.executable, "-m", "encours.imports.readers.workbook_cells"]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, our own arguments
            [*words, str(path.resolve()), sheet, str(cells)],
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"problem": "too_large"}
    try:
        return dict(json.loads(done.stdout.decode().splitlines()[-1]))
    except (ValueError, IndexError):
        killed = done.returncode < 0 or b"memory" in done.stderr or b"Memory" in done.stderr
        return {"problem": "too_large" if killed else "broken"}


def _blocks(cells: Path, width: int, progress: Progress | None) -> Iterator[pl.DataFrame]:
    """Yield the cells that the child wrote, some thousands of rows at a time."""
    names = ["line", *(f"c{at}" for at in range(width))]
    total, done = cells.stat().st_size, 0
    with cells.open("rb") as stream:
        while block := stream.readlines(BLOCK_ROWS * 200):
            text = b"".join(block)
            done += len(text)
            frame = pl.read_csv(
                text,
                has_header=False,
                separator="\x1f",
                quote_char=None,
                schema=dict.fromkeys(names, pl.String),
            )
            yield frame.with_columns(
                pl.col("line").cast(pl.UInt32),
                *(pl.col(name).replace("", None) for name in names[1:]),
            )
            if progress is not None:
                progress(done, total)


def _issue(code: str) -> Issue:
    return Issue(
        code=f"workbook_{code}", message=_SAID[code], expected="CSV, XLSX, XLS, XLSB ou ODS"
    )


def _bomb(size: int) -> Issue:
    return Issue(
        code="workbook_too_large",
        message=f"Ce classeur contient {size // 2**20} Mo une fois décompressé : refusé.",
        found=f"{size // 2**20} Mo",
        expected=f"{UNPACKED_MAX // 2**20} Mo au plus",
    )
