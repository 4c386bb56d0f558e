"""The due date that a label or a reference says: "éch. 31/03/2024", "ECH 30042024", "à 30/04"."""

from __future__ import annotations

from typing import Final

import polars as pl

_SAID: Final = (
    r"(?i)(?:(?:\b[eéè]|\?)ch(?:[eéè?]ances?|[eé]an\w*|\.)?|\bpayable|\bdue)\s*"
    r"(?:(?:au|du|le|on|:|=|-|>|[aà])\s*)*"
)
_DAY_FIRST: Final = _SAID + r"(\d{1,2})[/.\- ]?(\d{1,2})[/.\- ]?(20\d{2}|\d{2})(?:\D|$)"
_YEAR_FIRST: Final = _SAID + r"(20\d{2})[/.\-]?(\d{2})[/.\-]?(\d{2})(?:\D|$)"
_HINT: Final = r"(?i)[eéè?]ch|payable|due"
_YEARS_MAX: Final = 1_200


def due_in(label: pl.Expr, issued_on: pl.Expr) -> pl.Expr:
    """Return the date a label calls due, null where none; one before issue is no due date."""
    year_first = [label.str.extract(_YEAR_FIRST, group) for group in (1, 2, 3)]
    day, month, year = [label.str.extract(_DAY_FIRST, group) for group in (1, 2, 3)]
    whole = pl.when(year.str.len_bytes() == len("24")).then(pl.lit("20") + year).otherwise(year)
    said = pl.coalesce(
        _day(*year_first),
        _day(whole, month.str.zfill(2), day.str.zfill(2)),
    )
    ahead = (said - issued_on).dt.total_days()
    return pl.when(ahead.is_between(0, _YEARS_MAX)).then(said)


def _day(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    return (year + month + day).str.to_date("%Y%m%d", strict=False)


def with_due_dates(lines: pl.DataFrame) -> pl.DataFrame:
    """Fill `due_on` of debit lines from the label, then the piece; a column of the file wins."""
    hinted = (pl.col("label").str.contains(_HINT) | pl.col("piece").str.contains(_HINT)).fill_null(
        value=False
    ) & pl.col("due_on").is_null()
    said = lines.filter(hinted & (pl.col("amount") > 0)).select(
        "line",
        said=pl.coalesce(
            due_in(pl.col("label"), pl.col("issued_on")),
            due_in(pl.col("piece"), pl.col("issued_on")),
        ),
    )
    if said.is_empty():
        return lines
    return (
        lines.join(said, on="line", how="left", maintain_order="left")
        .with_columns(due_on=pl.coalesce("due_on", "said"))
        .drop("said")
    )
