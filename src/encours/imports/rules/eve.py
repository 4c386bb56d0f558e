"""What the ledger held on the eve of a fiscal year, for the year that continues it."""

from __future__ import annotations

from datetime import date
from typing import Protocol

import polars as pl

from encours.imports.rules.continuation import EXISTING, Existing


class Live(Protocol):
    """The creditor's live rows that came from exports (`imports.queries.live`)."""

    @property
    def invoices(self) -> pl.DataFrame:
        """Documents owed: id, key, entry_on, number."""
        ...

    @property
    def credits(self) -> pl.DataFrame:
        """Documents received: id, key, customer_id, amount_cents, issued_on, entry_on, number."""
        ...

    @property
    def instalments(self) -> pl.DataFrame:
        """Due lines: id, claim_key, position, customer_id, issued_on, amount_cents."""
        ...

    @property
    def allocations(self) -> pl.DataFrame:
        """Shares: credit_id, instalment_id, amount_cents, effective_on."""
        ...


def existing(live: Live, names: pl.DataFrame, *, first_on: date) -> Existing:
    """Return what the accountant had not lettered before `first_on`, and so carries forward.

    What only a reference or a person settled is open in the accounts: its opening lines are there.
    `names` = customer_id, customer_code.
    """
    before = pl.col("entry_on") < first_on
    lettered = (pl.col("origin") == "letter") & (pl.col("effective_on") < first_on)
    used = live.allocations.filter(lettered)
    heads = live.invoices.filter(before).select(claim_key="key", number="number")
    lines = live.instalments.join(heads, on="claim_key").rename({"claim_key": "key"})
    received = live.credits.filter(before).with_columns(position=pl.lit(0))
    return Existing(
        claims=_open(lines, used, "instalment_id", names),
        credits=_open(received, used, "credit_id", names),
    )


def _open(items: pl.DataFrame, used: pl.DataFrame, by: str, names: pl.DataFrame) -> pl.DataFrame:
    spent = used.group_by(pl.col(by).alias("id")).agg(used=pl.col("amount_cents").sum())
    return (
        items.join(spent, on="id", how="left")
        .join(names, on="customer_id")
        .with_columns(open_cents=pl.col("amount_cents") - pl.col("used").fill_null(0))
        .filter(pl.col("open_cents") > 0)
        .select(pl.col(name).cast(kind) for name, kind in EXISTING.items())
    )
