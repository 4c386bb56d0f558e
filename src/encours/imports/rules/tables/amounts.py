"""Amounts as people and software write them, to cents: the decimal mark is the whole column's."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Final, Literal

import polars as pl

Decimals = Literal["comma", "dot"]
LIKE_AMOUNT: Final = (
    r"(?i)^[(+-]?\s*[€$£]?\s*[+-]?\s*(?:\d[\d\s.,'’\u00a0\u202f\u2009]*|[.,]\d+)"
    r"\s*(?:€|eur|euros?|usd|\$|£|gbp|chf)?\s*[)+-]?\s*(?:cr|dr|db|d|c)?$"
)
_PLAIN: Final = r"^-?\d{1,15}(?:\.\d*)?$|^-?\.\d+$"
_NOISE: Final = r"(?i)[\s\u00a0\u202f\u2009'’€$£\"]|eur(?:os?)?|usd|gbp|chf"
_BY_COMMA: Final = r"(?:\d{4,}|^-?0),\d+$|,\d{1,2}$|,\d{4,}$|\.\d{3},"
_BY_DOT: Final = r"(?:\d{4,}|^-?0)\.\d+$|\.\d{1,2}$|\.\d{4,}$|,\d{3}\."
_POWER: Final = r"^-?\d+(?:\.\d+)?e[+-]?\d{1,2}$"
_CENTS_MAX: Final = 10**15


def bare(text: pl.Expr) -> pl.Expr:
    """Return amounts without what surrounds them: spaces, currency, sign last, parentheses."""
    tight = text.str.replace_all(_NOISE, "").str.to_lowercase()
    return (
        tight.str.replace(r"^(.*\d)(?:dr|db|d)$", "$1")
        .str.replace(r"^([^-]*\d)(?:cr|c)$", "-$1")
        .str.replace(r"^\((.+)\)$", "-$1")
        .str.replace(r"^\+", "")
        .str.replace(r"^([^-]+)-$", "-$1")
        .str.replace(r"\+$", "")
        .str.replace("^--", "")
    )


def decimals_of(text: pl.Series) -> Decimals | None:
    """Say which mark is decimal in a column; None where nothing shows it.

    `1,234` alone says nothing; one `12,50` or `1.234,00` in the column decides for all.
    """
    if text.is_empty():
        return None
    cell = bare(pl.col("text"))
    comma, dot = (
        pl.DataFrame({"text": text})
        .select(comma=cell.str.contains(_BY_COMMA).sum(), dot=cell.str.contains(_BY_DOT).sum())
        .row(0)
    )
    if not comma and not dot:
        return None
    return "comma" if comma > dot else "dot"


def to_cents(text: pl.Series, decimals: Decimals | None) -> pl.DataFrame:
    """Return `cents` (null where blank or unreadable) and `is_rounded`; halves go from zero."""
    frame = pl.DataFrame({"text": text.cast(pl.String)}).with_columns(cell=bare(pl.col("text")))
    frame = frame.with_columns(cell=_dotted(pl.col("cell"), decimals))
    frame = _without_powers(frame)
    is_plain = pl.col("cell").str.contains(_PLAIN)
    whole = pl.col("cell").str.extract(r"^-?(\d*)").replace("", "0").cast(pl.Int64, strict=False)
    part = pl.col("cell").str.extract(r"\.(\d+)$").fill_null("")
    thousandths = (part + "000").str.slice(0, 3).cast(pl.Int64, strict=False)
    sign = pl.when(pl.col("cell").str.starts_with("-")).then(-1).otherwise(1)
    return frame.select(
        cents=pl.when(is_plain).then(sign * (whole * 100 + (thousandths + 5) // 10)),
        is_rounded=(is_plain & part.str.slice(2).str.contains("[1-9]")).fill_null(value=False),
    )


def _dotted(cell: pl.Expr, decimals: Decimals | None) -> pl.Expr:
    """Return amounts with a dot for decimals; where the column says nothing, cell by cell."""
    by_comma = cell.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
    by_dot = cell.str.replace_all(",", "", literal=True)
    if decimals is not None:
        return by_comma if decimals == "comma" else by_dot
    whole = cell.str.replace_all("[.,]", "")
    return (
        pl.when(cell.str.contains(_BY_COMMA))
        .then(by_comma)
        .when(cell.str.contains(_BY_DOT) | cell.str.contains("e"))
        .then(by_dot)
        .otherwise(whole)
    )


def _without_powers(frame: pl.DataFrame) -> pl.DataFrame:
    """Write out the few amounts that a spreadsheet wrote as 1.5E+03."""
    odd = frame["cell"].filter(frame["cell"].str.contains(_POWER).fill_null(value=False)).unique()
    if odd.is_empty():
        return frame
    plain = {text: _written_out(text) for text in odd}
    return frame.with_columns(pl.col("cell").replace(plain))


def _written_out(text: str) -> str:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    return f"{value:f}" if abs(value) < _CENTS_MAX else text
