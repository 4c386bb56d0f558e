"""Which electronic invoices an export speaks of: entered by both, a claim is there once.

An export that has the number and the amount of an e-invoice takes it as its own: the row, its due
dates and what was said of it stay; the export's own due dates, when it says some, win.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from encours.kernel.issue import Issue

APART_DAYS_MAX: Final = 31
FOUND: Final = ("id", "key", "customer_id", "own_key", "customer_code", "is_same")
SHOWN_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class Adopted:
    """Documents of e-invoices under the export's keys: `pairs` has the columns FOUND."""

    documents: pl.DataFrame
    pairs: pl.DataFrame
    issues: tuple[Issue, ...] = ()


def adopt(
    exported: pl.DataFrame, entered: pl.DataFrame, *, day: str, first_on: date, currency: str
) -> Adopted:
    """Pair exported documents with those that e-invoices brought, by number and amount.

    `entered`: columns of a live document, and its currency. One that is older than the export and
    that it does not name keeps its own key, as what the export's year continues.
    """
    ours = entered.with_columns(same_number=_plain("number"))
    theirs = exported.filter(pl.col("number") != "").select(
        same_number=_plain("number"),
        own_key="key",
        customer_code="customer_code",
        exported_on=day,
        exported_cents="amount_cents",
        foreign_currency="foreign_currency",
        foreign_cents="foreign_cents",
    )
    close = (pl.col("exported_on") - pl.col("issued_on")).abs() <= pl.duration(days=APART_DAYS_MAX)
    near = ours.join(theirs, on="same_number").filter(close)
    is_same = (pl.col("amount_cents") == pl.col("exported_cents")) & (
        pl.col("currency") == currency
    )
    is_foreign = (pl.col("amount_cents") == pl.col("foreign_cents")) & (
        pl.col("currency") == pl.col("foreign_currency")
    )
    told = near.with_columns(is_same=is_same, is_foreign=is_foreign.fill_null(value=False))
    pairs = (
        told.filter(pl.col("is_same") | pl.col("is_foreign"))
        .unique("id", keep="first", maintain_order=True)
        .unique("own_key", keep="first", maintain_order=True)
    )
    unlike = told.join(pairs.select("same_number"), on="same_number", how="anti")
    before = ours.filter(pl.col("issued_on") < first_on).join(pairs, on="id", how="anti")
    columns = [name for name in entered.columns if name != "currency"]
    documents = pl.concat(
        [
            pairs.with_columns(key="own_key").select(columns),
            before.with_columns(entry_on="issued_on").select(columns),
        ]
    )
    return Adopted(documents, pairs.select(FOUND), _unlike(unlike))


def _plain(name: str) -> pl.Expr:
    return pl.col(name).str.replace_all(r"\s", "").str.to_uppercase()


def _unlike(rows: pl.DataFrame) -> tuple[Issue, ...]:
    return tuple(
        Issue(
            "einvoice_unlike",
            f"{number} est aussi entrée par sa facture électronique, d'un autre montant : "
            "annulez l'une des deux.",
            column="PieceRef",
            found=number,
            severity="warning",
        )
        for number in rows["number"].unique(maintain_order=True).to_list()[:SHOWN_MAX]
    )
