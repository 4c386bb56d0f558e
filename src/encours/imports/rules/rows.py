"""Documents that a program sends by rows: what is new, the same, changed, or not possible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from encours.kernel.issue import Issue

ROWS: Final[dict[str, Any]] = {
    "line": pl.Int64,
    "customer_code": pl.String,
    "key": pl.String,
    "number": pl.String,
    "kind": pl.String,
    "on": pl.Date,
    "currency": pl.String,
    "amount_cents": pl.Int64,
    "net_cents": pl.Int64,
    "vat_cents": pl.Int64,
    "label": pl.String,
    "due": pl.String,
}
"""Rows as sent; `key` tells a document from all others, `due` is `AAAA-MM-JJ:cents|…` or null."""

KNOWN: Final[dict[str, Any]] = {
    "id": pl.Int64,
    "key": pl.String,
    "number": pl.String,
    "customer_id": pl.Int64,
    "kind": pl.String,
    "on": pl.Date,
    "currency": pl.String,
    "amount_cents": pl.Int64,
    "net_cents": pl.Int64,
    "vat_cents": pl.Int64,
    "label": pl.String,
    "due": pl.String,
    "is_lettered": pl.Boolean,
}
SAME: Final = (
    "customer_id", "kind", "on", "currency", "amount_cents", "net_cents", "vat_cents", "label",
    "number",
)  # fmt: skip
SENTENCES: Final = {
    "repeated": ("key", "Cette pièce est deux fois dans l'envoi."),
    "unknown_customer": ("customer", "Aucun client n'a ce code."),
    "not_positive": ("amount", "Le montant doit être supérieur à zéro."),
    "unbalanced": ("vat", "Le montant HT et la TVA doivent faire le montant TTC."),
    "due_unbalanced": ("due", "Les échéances doivent faire le montant de la facture."),
    "due_before": ("due", "Une échéance est antérieure à la facture."),
    "number_taken": ("number", "Une pièce d'une autre origine porte déjà ce numéro."),
    "lettered": ("key", "Cette pièce est déjà lettrée : délettrez-la avant de la changer."),
}


@dataclass(frozen=True, slots=True)
class Sorted:
    """The rows that may be written, and what is wrong with the others."""

    fresh: pl.DataFrame
    changed: pl.DataFrame
    unchanged: int
    issues: tuple[Issue, ...]


def sort_rows(rows: pl.DataFrame, customers: pl.DataFrame, known: pl.DataFrame) -> Sorted:
    """Compare rows (ROWS) with the customers (code, customer_id) and the live documents (KNOWN).

    `fresh` and `changed` have `customer_id`; `changed` also `known_id`, what it takes the place of.
    """
    placed = rows.join(
        customers, left_on="customer_code", right_on="code", how="left", maintain_order="left"
    )
    mine = known.rename({name: f"known_{name}" for name in KNOWN if name != "key"})
    placed = placed.join(mine, on="key", how="left", maintain_order="left")
    others = known.filter(pl.col("number") != "").select("number", other_key="key").unique("number")
    placed = placed.join(others, on="number", how="left", maintain_order="left")
    marked = placed.with_columns(_fault().alias("fault"), _is_same().alias("is_same"))
    good = marked.filter(pl.col("fault").is_null())
    is_known = pl.col("known_id").is_not_null()
    wrong = marked.filter(pl.col("fault").is_not_null()).select("line", "key", "fault")
    return Sorted(
        fresh=good.filter(~is_known),
        changed=good.filter(is_known & ~pl.col("is_same")),
        unchanged=good.filter(is_known & pl.col("is_same")).height,
        issues=tuple(_issue(*row) for row in wrong.iter_rows()),
    )


def _fault() -> pl.Expr:
    """Return the first thing wrong with a row, or null."""
    parts = pl.sum_horizontal("net_cents", "vat_cents")
    is_known = pl.col("known_id").is_not_null()
    has_parts = pl.col("net_cents").is_not_null() | pl.col("vat_cents").is_not_null()
    due = pl.col("due").str.split("|")
    cents = due.list.eval(pl.element().str.split(":").list.get(1).cast(pl.Int64)).list.sum()
    first_on = due.list.eval(pl.element().str.head(10)).list.min().str.to_date()
    taken = pl.col("other_key").is_not_null() & (pl.col("other_key") != pl.col("key"))
    faults = {
        "repeated": pl.col("key").is_duplicated(),
        "unknown_customer": pl.col("customer_id").is_null(),
        "not_positive": pl.col("amount_cents") <= 0,
        "unbalanced": has_parts & (parts != pl.col("amount_cents")),
        "due_unbalanced": pl.col("due").is_not_null() & (cents != pl.col("amount_cents")),
        "due_before": pl.col("due").is_not_null() & (first_on < pl.col("on")),
        "number_taken": taken & ~is_known,
        "lettered": is_known & pl.col("known_is_lettered") & ~_is_same(),
    }
    return pl.coalesce(
        pl.when(wrong.fill_null(value=False)).then(pl.lit(code)) for code, wrong in faults.items()
    )


def _is_same() -> pl.Expr:
    same = [pl.col(name).eq_missing(pl.col(f"known_{name}")) for name in SAME]
    is_due = pl.col("due").is_null() | pl.col("due").eq_missing(pl.col("known_due"))
    return pl.all_horizontal(*same, is_due)


def _issue(line: int, key: str, fault: str) -> Issue:
    column, message = SENTENCES[fault]
    found = key.rsplit(":", 1)[-1]
    return Issue(code=fault, message=message, line=line, column=column, found=found)
