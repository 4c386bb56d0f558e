"""What the ledger holds of some customers, as the rules of tables want it."""

from __future__ import annotations

import polars as pl

from encours.imports.queries.live import Live
from encours.imports.rules.tables.held import HELD, LINES, USED, Held
from encours.imports.rules.tables.movements import KNOWN_CLAIMS

BY_HAND = "hand."


def held_of(known: Live, customers: pl.DataFrame) -> Held:
    """Return documents, due lines and allocations by key; `customers` = code, customer_id."""
    began = known.instalments.group_by("invoice_id").agg(began=pl.col("issued_on").min())
    claims = known.invoices.join(began, left_on="id", right_on="invoice_id", how="left")
    sides = [
        _documents(claims.with_columns(on=pl.coalesce("began", "issued_on")), customers, "D"),
        _documents(known.credits.with_columns(on="issued_on"), customers, "C"),
    ]
    lines = known.instalments.select(
        key="claim_key", position="position", due_on="due_on", amount="amount_cents", id="id"
    ).select(pl.col(name).cast(kind) for name, kind in LINES.items())
    used = (
        known.allocations.join(
            known.instalments.select("claim_key", "position", instalment_id="id"),
            on="instalment_id",
            how="left",
        )
        .join(known.credits.select(credit_key="key", credit_id="id"), on="credit_id", how="left")
        .with_columns(pl.col("claim_key", "credit_key").fill_null(""))
        .select(
            "id",
            "claim_key",
            "position",
            "credit_key",
            amount="amount_cents",
            on="effective_on",
            is_inferred=pl.col("origin") == "inferred",
        )
    )
    return Held(pl.concat(sides), lines, used.select(pl.col(n).cast(k) for n, k in USED.items()))


def known_claims(known: Live, customers: pl.DataFrame) -> pl.DataFrame:
    """Return the due lines that are still open, for payments to quote."""
    taken = known.allocations.group_by("instalment_id").agg(taken=pl.col("amount_cents").sum())
    return (
        known.instalments.join(taken, left_on="id", right_on="instalment_id", how="left")
        .join(known.invoices.select("number", invoice_id="id"), on="invoice_id")
        .join(customers, on="customer_id")
        .with_columns(open_cents=pl.col("amount_cents") - pl.col("taken").fill_null(0))
        .filter(pl.col("open_cents") > 0)
        .sort("issued_on", "due_on", "claim_key", "position")
        .select(pl.col("claim_key"), "position", "number", "currency", "issued_on", "open_cents",
                customer_code="code")
        .select(pl.col(name).cast(kind) for name, kind in KNOWN_CLAIMS.items())
    )  # fmt: skip


def _documents(rows: pl.DataFrame, customers: pl.DataFrame, side: str) -> pl.DataFrame:
    return (
        rows.join(customers, on="customer_id")
        .select(
            "id",
            "key",
            "number",
            "currency",
            "on",
            side=pl.lit(side),
            customer_code="code",
            amount="amount_cents",
            is_listed=~pl.col("source").str.starts_with(BY_HAND),
        )
        .select(pl.col(name).cast(kind) for name, kind in HELD.items())
    )
