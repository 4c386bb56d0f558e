"""Net and VAT of documents, and sales by month: accounts 70 and 4457 (DSO; CGI art. 272-1)."""

from __future__ import annotations

from typing import Final

import polars as pl

SALES_SHARES: Final = 8


def with_net_and_vat(docs: pl.DataFrame, contexts: pl.DataFrame) -> pl.DataFrame:
    """Add net_cents and vat_cents to documents that are alone in their context, null elsewhere.

    A context is the piece, or the entry, that a document stands against; where several documents
    share it nothing says which VAT is whose. A net that does not add up is left out too.
    """
    families = contexts.select(
        "context", "vat", sold=pl.col("sale") + pl.col("income") + pl.col("vat") + pl.col("loss")
    ).unique("context")
    joined = docs.join(families, on="context", how="left", maintain_order="left").with_columns(
        alone=pl.len().over("context") == 1
    )
    vat = pl.col("vat").abs()
    fits = pl.col("alone") & (pl.col("sold").abs() == pl.col("amount")) & (vat <= pl.col("amount"))
    return joined.with_columns(
        vat_cents=pl.when(fits).then(vat),
        net_cents=pl.when(fits).then(pl.col("amount") - vat),
    ).drop("vat", "sold", "alone")


def sales_of(parts: pl.DataFrame) -> pl.DataFrame:
    """Return month, net_cents, vat_cents, cash_cents: sales without VAT, their VAT, paid at once.

    Credit notes count against sales; opening entries do not count. Sales at once (TTC) have no
    customer line in their entry. Parts need scope and journal_kind.
    """
    shares = [
        _sales_of(parts.lazy().filter(pl.col("scope") % SALES_SHARES == share))
        for share in range(SALES_SHARES)
    ]
    return pl.concat(shares).group_by("month").agg(pl.all().sum()).sort("month")


def _sales_of(parts: pl.LazyFrame) -> pl.DataFrame:
    """Return the sales of some scopes: an entry by entry sum of all would be a copy of all."""
    return (
        parts.filter((pl.col("journal_kind") != "opening") & pl.col("entry_on").is_not_null())
        .group_by("scope")
        .agg(
            pl.col("entry_on").min().dt.truncate("1mo").alias("month"),
            pl.col("sale").sum(),
            pl.col("vat").sum(),
            has_customer=pl.col("has_customer").any(),
            sold=(pl.col("sale") != 0).any(),
            received=pl.col("cash_in").sum() > 0,
        )
        .filter("sold")
        .with_columns(at_once=pl.col("received") & ~pl.col("has_customer"))
        .group_by("month")
        .agg(
            net_cents=-pl.col("sale").sum(),
            vat_cents=-pl.col("vat").sum(),
            cash_cents=-(pl.col("sale") + pl.col("vat")).filter("at_once").sum(),
        )
        .collect()
    )
