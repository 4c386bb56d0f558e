"""What the scoring reads of one creditor: due lines, facts, customers, as known on one day.

Whoever builds these frames leaves out what was recorded or took effect later, or was withdrawn by
then: the rules know one date, and nothing after it. Amounts are cents, delays signed days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

LINES: Final = pl.Schema(
    {
        "customer_id": pl.Int64,
        "line_id": pl.Int64,  # the lineage: what was said of a line follows a corrected export
        "kind": pl.String,
        "currency": pl.String,
        "issued_on": pl.Date,
        "due_on": pl.Date,
        "amount_cents": pl.Int64,
        "paid_cents": pl.Int64,  # all that settles it: money, credit notes, discounts, losses
        "money_cents": pl.Int64,  # of that, money and losses
        "money_days": pl.Int64,  # the same, each cent times its days after the due date
        "settled_on": pl.Date,  # the last of all that settles it; null: nothing does
        "money_on": pl.Date,  # the last money
        "is_lost": pl.Boolean,  # some of it was written off
    }
)
"""Due lines issued by the day, with what settled them by the day."""

FACTS: Final = pl.Schema(
    {
        "customer_id": pl.Int64,
        "line_id": pl.Int64,  # null: about the whole customer
        "kind": pl.String,  # dispute, promise, direct_debit; others are passed over
        "status": pl.String,
        "starts_on": pl.Date,
        "ends_on": pl.Date,
    }
)

CUSTOMERS: Final = pl.Schema(
    {
        "customer_id": pl.Int64,
        "debtor_class": pl.String,  # unknown unless a person confirmed it
        "country": pl.String,
        "salesperson": pl.String,
    }
)
"""Every customer to score, with or without lines."""

CREDITED: Final = pl.Schema(
    {"customer_id": pl.Int64, "currency": pl.String, "credited_cents": pl.Int64}
)
"""Credit notes received in twelve months: at most one row a customer and currency."""

TRADE: Final = ("invoice", "opening", "other")
"""Kinds of debit whose payment tells how a customer pays; a debit note often corrects an entry."""
BOUGHT: Final = ("invoice", "debit_note", "other")
RETURNED: Final = "returned_payment"
RETURNED_STATUSES: Final = ("returned", "rejected", "failed")


@dataclass(frozen=True, slots=True)
class History:
    """All that the figures rest on."""

    lines: pl.DataFrame
    facts: pl.DataFrame
    customers: pl.DataFrame
    credited: pl.DataFrame

    @classmethod
    def of(
        cls,
        *,
        lines: pl.DataFrame | None = None,
        facts: pl.DataFrame | None = None,
        customers: pl.DataFrame | None = None,
        credited: pl.DataFrame | None = None,
    ) -> History:
        """Build a history from the frames that there are; the others are empty."""
        return cls(
            _conform(lines, LINES),
            _conform(facts, FACTS),
            _conform(customers, CUSTOMERS),
            _conform(credited, CREDITED),
        )


def _conform(frame: pl.DataFrame | None, schema: Mapping[str, Any]) -> pl.DataFrame:
    if frame is None:
        return pl.DataFrame(schema=dict(schema))
    missing = set(schema) - set(frame.columns)
    assert not missing, f"missing columns: {sorted(missing)}"
    return frame.select(pl.col(name).cast(kind) for name, kind in schema.items())
