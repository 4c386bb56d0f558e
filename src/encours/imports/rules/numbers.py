"""Numbers and keys of documents: what a piece reference says, and what names a document for good.

A piece is a document's number when it looks like one and belongs to one customer: `VE 0123` (a
journal and a month), `x`, `RAN` or `0000000` number nothing.
"""

from __future__ import annotations

from typing import Final

import polars as pl

_IN_LABEL: Final = (
    r"(?i)\b(?:factures?|fact?|fac?|avoirs?|av|invoice)[\s.:°n-]{0,4}([A-Z]{0,4}[-/]?\d[\w/-]{2,})"
)
_SHARED_MAX: Final = 1


def reference(piece: pl.Expr) -> pl.Expr:
    """Return a piece reference as it is compared: capitals, without spaces or leading zeros."""
    return piece.str.to_uppercase().str.replace_all(r"[\s._-]+", "").str.replace(r"^0+", "")


def looks_numbered(piece: pl.Expr, entry_on: pl.Expr) -> pl.Expr:
    """Say whether a piece reference may be a document's number: digits, and not just a month."""
    digits = piece.str.replace_all(r"\D", "")
    month, year = entry_on.dt.strftime("%m"), entry_on.dt.strftime("%Y")
    short = year.str.slice(2)
    is_period = (
        (digits == month)
        | (digits == month + short)
        | (digits == short + month)
        | (digits == month + year)
        | (digits == year + month)
        | (digits == year)
    )
    return (digits.str.contains(r"[1-9]") & ~is_period).fill_null(value=False)


def number_in(label: pl.Expr) -> pl.Expr:
    """Return the number that a label announces: `Facture FA-2024-12`, `avoir n° 77`."""
    return label.str.extract(_IN_LABEL)


def with_numbers(lines: pl.DataFrame) -> pl.DataFrame:
    """Add `number` and `ref` to lines with customer, kind, piece, entry_on and label; null if none.

    A reference shared by several customers numbers nothing; on opening lines, neither does one
    that several lines share. Returned payments, refunds and receipts have references, not numbers.
    """
    documents = pl.col("kind").is_in(["invoice", "credit_note", "opening", "debit_note"])
    numbered = lines.with_columns(
        ref=pl.when(looks_numbered(pl.col("piece"), pl.col("entry_on"))).then(
            reference(pl.col("piece"))
        ),
    )
    candidates = numbered.filter(documents & pl.col("ref").is_not_null())
    shared = (
        candidates.group_by("ref")
        .agg(
            several=pl.col("customer").min() != pl.col("customer").max(),
            openings=(pl.col("kind") == "opening").sum(),
        )
        .filter(pl.col("several") | (pl.col("openings") > _SHARED_MAX))
        .select("ref", is_shared=pl.lit(value=True))
    )
    is_number = documents & pl.col("ref").is_not_null()
    if len(shared):
        numbered = numbered.join(shared, on="ref", how="left", maintain_order="left")
        is_number &= pl.col("is_shared").is_null()
        numbered = numbered.with_columns(
            ref=pl.when(pl.col("is_shared").is_null()).then("ref"), is_number=is_number
        ).drop("is_shared")
    else:
        numbered = numbered.with_columns(is_number=is_number)
    piece = pl.col("piece").str.replace_all(r"\s+", " ")
    numbered = numbered.with_columns(number=pl.when("is_number").then(piece)).drop("is_number")
    wanting = documents & pl.col("number").is_null()
    if not numbered.select(wanting.any()).item():
        return numbered
    said = number_in(pl.col("label"))
    return numbered.with_columns(
        number=pl.when(wanting).then(said).otherwise("number"),
        ref=pl.when(wanting & said.is_not_null()).then(reference(said)).otherwise("ref"),
    )
