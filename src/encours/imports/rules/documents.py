"""Customer lines to documents: one piece, one invoice; its lines, its due lines; a stable key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

_PROVENANCE: Final = (
    "customer",
    "number",
    "ref",
    "issued_on",
    "entry",
    "context",
    "journal",
    "entry_number",
    "entry_on",
    "piece",
    "label",
    "foreign_currency",
    "foreign_cents",
    "line",
    "is_opening",
)
_PIECES: Final = ("invoice", "debit_note", "credit_note")
_KEPT: Final = ("kind", "account_no", "root", "group", "component", "due_on", "lettered_on")


@dataclass(frozen=True, slots=True)
class Side:
    """Documents of one side, and their items: what is due, or what may be set, line by line.

    `items` has item, doc, amount, position and what letters know; both are oldest first.
    """

    docs: pl.DataFrame
    items: pl.DataFrame


def side_of(
    lines: pl.DataFrame, customers: pl.DataFrame, accounts: pl.DataFrame, *, prefix: str
) -> Side:
    """Group the lines of one side (amounts positive) into documents and items.

    Lines of an entry with the same customer and number, or for an invoice the same piece, are one
    document; its lines with the same due date, account and letter are one item.
    """
    by = pl.when(pl.col("number").is_not_null()).then(pl.struct("number", "kind").hash())
    by_piece = pl.when(pl.col("kind").is_in(_PIECES) & pl.col("piece").is_not_null()).then(
        pl.struct("piece", "kind").hash()
    )
    lines = lines.with_columns(
        doc_key=pl.struct(
            "entry", "customer", pl.coalesce(by, by_piece, pl.struct("line", "kind").hash())
        ).hash()
    )
    if lines["doc_key"].n_unique() == len(lines):
        docs, items = _one_each(lines)
    else:
        docs, items = _several(lines)
    named = docs.join(
        customers.select("customer", "code"), on="customer", how="left", maintain_order="left"
    ).join(accounts, on="account_no", how="left", maintain_order="left")
    docs = with_keys(named, prefix)
    order = docs.sort("issued_on", "key", nulls_last=True).with_row_index("doc")
    numbered = items.join(order.select("doc_key", "doc"), on="doc_key", how="left")
    if len(numbered) == len(order):
        items = numbered.sort("doc").with_columns(position=pl.lit(0, dtype=pl.UInt32))
    else:
        within = ["doc", "due_on", "account_no", "amount", "letter"]
        items = numbered.sort(within, nulls_last=True).with_columns(
            position=pl.int_range(pl.len(), dtype=pl.UInt32).over("doc")
        )
    items = items.with_row_index("item")
    return Side(order.drop("doc_key"), items.drop("doc_key"))


def _one_each(lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Take each line as a document of one item, which nearly all are."""
    docs = lines.select("doc_key", "kind", "account_no", "amount", *_PROVENANCE)
    items = lines.select(
        "doc_key", "amount", "letter", "entry_on", "customer", "ref", "piece", "entry", *_KEPT
    )
    return docs, items


def _several(lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add up the lines of each document, then of each item."""
    lines = lines.sort("account_no", "amount", "label", "line", maintain_order=True)
    repeated = lines.filter(pl.len().over("doc_key") > 1)
    alone_docs, alone_items = _one_each(
        lines.join(repeated.select("doc_key").unique(), on="doc_key", how="anti")
    )
    docs = repeated.group_by("doc_key", maintain_order=True).agg(
        pl.col("kind", "account_no").first(),
        pl.col("amount").sum(),
        *(pl.col(name).first() for name in _PROVENANCE if name not in {"line", "foreign_cents"}),
        pl.when(pl.col("foreign_cents").is_not_null().any()).then(pl.col("foreign_cents").sum()),
        pl.col("line").min(),
    )
    same = ["doc_key", "due_on", "account_no", "letter", "group", "component"]
    items = repeated.group_by(same, maintain_order=True).agg(
        pl.col("amount").sum(),
        pl.col("entry_on", "customer", "ref", "piece", "entry", "kind", "root").first(),
        pl.col("lettered_on").max(),
    )
    return (
        pl.concat([alone_docs, docs.select(alone_docs.columns)]),
        pl.concat([alone_items, items.select(alone_items.columns)]),
    )


def with_keys(docs: pl.DataFrame, prefix: str) -> pl.DataFrame:
    """Name each document for good: customer, number and year, else piece, day, account, amount.

    Nothing that a provisional export renumbers is in it; true twins get an ordinal.
    """
    is_numbered = pl.col("number").is_not_null()
    numbered, rest = docs.filter(is_numbered), docs.filter(~is_numbered)
    keyed = pl.concat(
        [
            numbered.with_columns(
                key=pl.format(
                    "{}|{}|{}|{}|{}",
                    pl.lit(prefix),
                    "code",
                    pl.col("kind").str.slice(0, 3),
                    pl.col("number").str.slice(0, 80),
                    pl.col("issued_on").dt.year(),
                )
            ),
            rest.with_columns(
                key=pl.format(
                    "{}|{}|{}|{}|{}|{}|{}",
                    pl.lit(prefix),
                    "code",
                    pl.col("journal").fill_null("").str.slice(0, 12),
                    pl.col("piece").fill_null("").str.slice(0, 40),
                    pl.col("entry_on").dt.strftime("%Y%m%d"),
                    pl.col("account").str.slice(0, 15),
                    "amount",
                )
            ),
        ]
    )
    if keyed["key"].n_unique() == len(keyed):
        return keyed
    keyed = keyed.sort("entry_on", "amount", "label", "line", nulls_last=True, maintain_order=True)
    turn = pl.int_range(pl.len()).over("key")
    return keyed.with_columns(
        key=pl.when(turn > 0).then(pl.format("{}#{}", "key", turn + 1)).otherwise("key")
    )
