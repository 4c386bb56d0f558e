"""Numbers and keys of documents: what a piece reference says, and what names a document for good.

A piece is a document's number when it looks like one and belongs to one customer: `VE 0123` (a
journal and its month), `x`, `RAN` or `0000000` number nothing.
"""

from __future__ import annotations

from typing import Final

import polars as pl

_IN_LABEL: Final = (
    r"(?i)\b(?:factures?|fact?|fac?|avoirs?|av|invoice)[\s.:°n-]{0,4}([A-Z]{0,4}[-/]?\d[\w/-]{2,})"
)
_OPENINGS_MAX: Final = 4


def reference(piece: pl.Expr) -> pl.Expr:
    """Return a piece reference as it is compared: capitals, without spaces or leading zeros."""
    squeezed = piece.str.to_uppercase().str.replace_all(r"[\s._-]+", "")
    return squeezed.str.strip_chars_start("0")


def with_references(lines: pl.DataFrame) -> pl.DataFrame:
    """Add `ref`, the piece as compared, where it may be a number: digits, and not just a month."""
    told = lines.with_columns(
        digits=pl.col("piece").str.replace_all(r"\D", ""),
        month=pl.col("entry_on").dt.month().cast(pl.Int64),
        year=pl.col("entry_on").dt.year().cast(pl.Int64),
        of_journal=pl.col("piece").str.starts_with(pl.col("journal")),
    ).with_columns(value=pl.col("digits").cast(pl.Int64, strict=False))
    return told.with_columns(ref=pl.when(_is_number()).then(reference(pl.col("piece")))).drop(
        "digits", "month", "year", "of_journal", "value"
    )


def _is_number() -> pl.Expr:
    """Say whether digits may be a number: not all zero, nor the journal's month (`VE 0323`)."""
    value, month, year = pl.col("value"), pl.col("month"), pl.col("year")
    short, length = year % 100, pl.col("digits").str.len_bytes()
    periods = (
        (4, month * 100 + short),
        (4, short * 100 + month),
        (4, year),
        (6, month * 10_000 + year),
        (6, year * 100 + month),
    )
    is_period = pl.col("of_journal") & pl.any_horizontal(
        (length == size) & (value == period) for size, period in periods
    )
    is_long = value.is_null() & (length > 0)
    return (is_long | (value != 0)).fill_null(value=False) & ~is_period.fill_null(value=False)


def number_in(label: pl.Expr) -> pl.Expr:
    """Return the number that a label announces: `Facture FA-2024-12`, `avoir n° 77`."""
    return label.str.extract(_IN_LABEL)


def shared_pieces(lines: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """Return the references that number no document: several customers have them, or many openings.

    Bank and cash journals do not count: a deposit slip has many customers. Columns: piece_hash,
    is_opening, is_debit.
    """
    pieces = parts.filter(pl.col("piece").is_not_null() & (pl.col("journal_kind") != "cash"))
    keys = ["piece_hash", "is_opening", "is_debit"]
    return (
        lines.lazy()
        .select("part", "customer", is_debit=pl.col("amount") > 0)
        .join(
            pieces.lazy().select(
                "part",
                piece_hash=pl.col("piece").hash(),
                is_opening=pl.col("journal_kind") == "opening",
            ),
            on="part",
        )
        .group_by(keys)
        .agg(
            several=pl.col("customer").min() != pl.col("customer").max(),
            number=pl.len(),
        )
        .filter(pl.col("several") | (pl.col("is_opening") & (pl.col("number") > _OPENINGS_MAX)))
        .select(keys)
        .collect()
    )


def with_numbers(lines: pl.DataFrame, shared: pl.DataFrame) -> pl.DataFrame:
    """Add `number` and `ref` to lines with customer, kind, piece, entry_on and label; null if none.

    Returned payments, refunds and receipts have references, not numbers.
    """
    keys = ["piece_hash", "is_opening", "is_debit"]
    unique = (
        lines.select(
            "line", "is_opening", piece_hash=pl.col("piece").hash(), is_debit=pl.col("amount") > 0
        )
        .join(shared, on=keys, how="anti", maintain_order="left")
        .select("line", is_unique=pl.lit(value=True))
    )
    documents = pl.col("kind").is_in(["invoice", "credit_note", "opening", "debit_note"])
    numbered = (
        with_references(lines)
        .join(unique, on="line", how="left", maintain_order="left")
        .with_columns(ref=pl.when("is_unique").then("ref"))
        .with_columns(
            number=pl.when(documents & pl.col("ref").is_not_null()).then(
                pl.col("piece").str.replace_all("  ", " ", literal=True)
            )
        )
        .drop("is_unique")
    )
    said = (
        numbered.filter(documents & pl.col("number").is_null())
        .select("line", said=number_in(pl.col("label")))
        .drop_nulls("said")
    )
    if said.is_empty():
        return numbered
    return (
        numbered.join(said, on="line", how="left", maintain_order="left")
        .with_columns(
            number=pl.coalesce("said", "number"),
            ref=pl.coalesce(reference(pl.col("said")), "ref"),
        )
        .drop("said")
    )
