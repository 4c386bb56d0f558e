"""A customer's credit made of several things: money received, a discount, what was given up."""

from __future__ import annotations

import polars as pl


def with_splits(lines: pl.DataFrame, contexts: pl.DataFrame) -> pl.DataFrame:
    """Split a receipt booked in one line with its cash discount or its loss.

    512 for 980, 665 for 20 against 411 for 1,000: 980 were paid, 20 were granted. Only where this
    line is all that its context credits to customers, and where the amounts add up.
    """
    given = (pl.col("discount") + pl.col("loss") + pl.col("rounding") + pl.col("vat")).alias(
        "given"
    )
    mixed = contexts.unique("context").filter(
        (pl.col("cash_in") > 0)
        & (given > 0)
        & (pl.col("sale") == 0)
        & (pl.col("income") == 0)
        & (pl.col("cash_in") + given == -pl.col("customer"))
    )
    found = lines.join(
        mixed.select("context", "cash_in", "discount", given, only=pl.col("customer")),
        on="context",
    ).filter((pl.col("amount") == pl.col("only")) & (pl.col("kind") == "payment"))
    if found.is_empty():
        return lines
    granted = found.with_columns(
        amount=-pl.col("given"),
        kind=pl.when(pl.col("discount") > 0)
        .then(pl.lit("discount"))
        .otherwise(pl.lit("write_off")),
    )
    received = found.with_columns(amount=-pl.col("cash_in"))
    whole = lines.join(found.select("line"), on="line", how="anti", maintain_order="left")
    return pl.concat([whole, *(part.select(lines.columns) for part in (received, granted))])
