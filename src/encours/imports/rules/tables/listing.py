"""Rows of a list of open items to items by document, named as the ledger names them."""

from __future__ import annotations

import polars as pl

from encours.imports.rules.documents import with_keys
from encours.imports.rules.numbers import reference
from encours.imports.rules.tables.held import ITEMS
from encours.imports.rules.tables.kinds import with_kinds


def items_of(rows: pl.DataFrame, documents: pl.DataFrame, *, is_signed: bool) -> pl.DataFrame:
    """Return `ITEMS`; `documents` are those of the ledger (`held.HELD`).

    A document is known by its number, its customer and the year of its date; where the list does
    not date it, by its number alone.
    """
    open_ = rows.with_columns(
        amount_cents=pl.coalesce("open_cents", "amount_cents"),
        original=pl.col("amount_cents").abs(),
    )
    told = with_kinds(open_, is_signed=is_signed).filter(pl.col("amount_cents").fill_null(0) != 0)
    told = told.with_columns(
        side=pl.when(pl.col("amount_cents") > 0).then(pl.lit("D")).otherwise(pl.lit("C")),
        open=pl.col("amount_cents").abs(),
        dated=pl.coalesce("issued_on", "due_on"),
    ).with_columns(amount=pl.max_horizontal("open", "original"))
    return (
        pl.concat([_keyed(told, side) for side in ("D", "C")])
        .pipe(_undated, documents)
        .select(pl.col(name).cast(kind) for name, kind in ITEMS.items())
    )


def _keyed(told: pl.DataFrame, side: str) -> pl.DataFrame:
    """Name documents as every import does: the same invoice keeps one name, whatever brings it."""
    mine = told.filter(pl.col("side") == side)
    grouped = pl.struct("customer_code", "currency", "kind", "number", pl.col("dated").dt.year())
    mine = mine.with_columns(
        doc=pl.when(pl.col("number").is_not_null())
        .then(grouped.hash())
        .otherwise(pl.struct("line", pl.lit("row")).hash())
    )
    docs = (
        mine.group_by("doc", maintain_order=True)
        .agg(
            pl.col("customer_code", "kind", "number", "dated", "label", "line").first(),
            pl.col("open").sum(),
        )
        .with_columns(
            code="customer_code",
            issued_on=pl.col("dated").fill_null(pl.date(1970, 1, 1)),
            entry_on=pl.col("dated").fill_null(pl.date(1970, 1, 1)),
            journal=pl.lit(""),
            piece="number",
            account=pl.lit(""),
            amount="open",
        )
    )
    keys = with_keys(docs, side).select("doc", "key")
    return mine.join(keys, on="doc", how="left", maintain_order="left").drop("doc")


def _undated(items: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    """Give the items without any day the document of their number that the ledger has last."""
    same = ["side", "customer_code", "ref"]
    known = (
        documents.with_columns(ref=reference(pl.col("number")))
        .filter(pl.col("ref") != "")
        .sort("on")
        .unique(same, keep="last", maintain_order=True)
        .select(*same, known="key")
    )
    return (
        items.with_columns(ref=reference(pl.col("number")))
        .join(known, on=same, how="left", maintain_order="left")
        .with_columns(
            key=pl.when(pl.col("dated").is_null())
            .then(pl.coalesce("known", "key"))
            .otherwise("key")
        )
    )
