"""Small tables written in tests as text."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def cells(text: str, separator: str = ";") -> pl.DataFrame:
    """Cut a text into `line`, `c0`, `c1`…, as readers do."""
    rows = [line.split(separator) for line in text.strip("\n").split("\n")]
    width = max(len(row) for row in rows)
    return frame(
        [[cell.strip() or None for cell in [*row, *[""] * (width - len(row))]] for row in rows]
    )


def frame(rows: Sequence[Sequence[str | None]], first: int = 1) -> pl.DataFrame:
    width = len(rows[0])
    schema = {"line": pl.UInt32, **{f"c{at}": pl.String for at in range(width)}}
    numbered = [[first + at, *row] for at, row in enumerate(rows)]
    return pl.DataFrame(numbered, schema=schema, orient="row")
