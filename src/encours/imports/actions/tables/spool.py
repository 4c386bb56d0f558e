"""Typed rows put aside on disk, by customer: so that memory does not grow with the file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import polars as pl

from encours.imports.rules.tables.rows import ROWS

PART_BYTES: Final = 4 * 2**20
PARTS_MAX: Final = 128


class Spool:
    """Rows in parts: all rows of a customer are in one, which fits in memory."""

    def __init__(self, size_bytes: int, *, is_whole: bool = False) -> None:
        """Choose how many parts for a file of so many bytes; `is_whole` keeps one."""
        self.parts = 1 if is_whole else min(PARTS_MAX, 1 + size_bytes // PART_BYTES)
        self._folder = tempfile.TemporaryDirectory(prefix="encours-rows-")
        self._blocks = 0

    def take(self, rows: pl.DataFrame) -> None:
        """Put a block aside."""
        if rows.is_empty():
            return
        self._blocks += 1
        numbered = rows.with_columns(
            part=part_of(pl.coalesce("customer_code", "customer_name", pl.lit("")), self.parts)
        )
        for (part,), some in numbered.group_by("part", maintain_order=True):
            some.drop("part").write_ipc(self._path(int(str(part)), self._blocks), compression="lz4")

    def read(self) -> Iterator[tuple[int, pl.DataFrame]]:
        """Yield each part's number and rows, in file order; a part may have none."""
        for part in range(self.parts):
            paths = sorted(Path(self._folder.name).glob(f"{part:04d}-*"))
            rows = [pl.read_ipc(path) for path in paths]
            yield part, pl.concat(rows) if rows else pl.DataFrame(schema=ROWS)

    def _path(self, part: int, block: int) -> Path:
        return Path(self._folder.name) / f"{part:04d}-{block:06d}"


def part_of(code: pl.Expr, parts: int) -> pl.Expr:
    """Return the part that has a customer's rows."""
    return (code.str.to_uppercase().hash(seed=1) % parts).cast(pl.Int64)
