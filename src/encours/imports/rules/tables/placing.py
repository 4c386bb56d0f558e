"""Documents, due lines and what settles them, as promised to those who write the ledger."""

from __future__ import annotations

from typing import Final

import polars as pl

from encours.imports.rules import spread
from encours.imports.rules.derived import CLAIMS, CREDITS, INSTALMENTS


def fifo(lines: pl.DataFrame, credits_: pl.DataFrame) -> pl.DataFrame:
    """Spread credits over lines, unit by unit, in their order; dated by `effect` or the credit."""
    owed = lines.with_row_index("item")
    paid = credits_.with_row_index("item")
    day = pl.coalesce("effect", "paid_on") if "effect" in owed.columns else pl.col("paid_on")
    kept = owed.select(
        "unit", *(["effect"] if "effect" in owed.columns else []), claim="item", claim_key="key",
        position="position",
    )  # fmt: skip
    return (
        spread.oldest_first(owed, paid, ["unit"])
        .join(kept, on="claim")
        .join(paid.select(credit="item", credit_key="key", paid_on="on"), on="credit")
        .select("unit", "claim_key", "position", "credit_key", "amount", on=day)
    )


def documents_promised(docs: pl.DataFrame, *, is_claim: bool) -> pl.DataFrame:
    """Return documents as promised to those who write them, with the day from which they count.

    Without a `kind` they are settlements that were inferred. `on` is the day of a credit.
    """
    told = {
        "issued_on": pl.col("issued_on") if "issued_on" in docs.columns else pl.col("on"),
        "received_on": pl.col("on"),
        "amount_cents": pl.col("amount"),
        "entry_on": pl.col("on"),
        "number": pl.col("number").fill_null(""),
        "piece": pl.col("number"),
        "is_opening": pl.lit(value=False),
        "kind": pl.col("kind") if "kind" in docs.columns else pl.lit("inferred"),
        "label": pl.col("label") if "label" in docs.columns else inferred_label(),
        **{name: pl.lit(None) for name in _UNSAID},
    }
    schema = CLAIMS if is_claim else CREDITS
    return docs.select(
        *(told.get(name, pl.col(name)).cast(kind).alias(name) for name, kind in schema.items()),
        "currency",
        open_from="on",
    )


_UNSAID: Final = (
    *("net_cents", "vat_cents", "foreign_currency", "foreign_cents"),
    *("journal", "entry_number", "line"),
)


def inferred_label() -> pl.Expr:
    """Return what is written on an entry."""
    return pl.lit("Déduit de l'état du ") + pl.col("on").dt.strftime("%d/%m/%Y")


def lines_promised(lines: pl.DataFrame) -> pl.DataFrame:
    """Return due lines (`LINES`) as promised to those who write them."""
    return lines.select(
        claim_key="key",
        position="position",
        due_on="due_on",
        due_source=pl.when(pl.col("due_on").is_not_null()).then(pl.lit("read")),
        amount_cents="amount",
        state=pl.lit("ordinary"),
    ).select(pl.col(name).cast(kind) for name, kind in INSTALMENTS.items())
