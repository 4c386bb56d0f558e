"""What the ledger holds of some customers, beside a list of open items: values and names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from encours.imports.rules.derived import Documents

SETTLED, REOPENED, CONSUMED, ADDED = "I|", "R|", "J|", "S|"
"""Keys of what is inferred: settlement and reopening of a claim; use and renewal of a credit."""

INFERRED: Final = r"^[IRJS]\|\d{8}\|"
_BASE_AT: Final = 11  # after "I|20260331|"
HELD: Final[dict[str, Any]] = {
    "side": pl.String,
    "id": pl.Int64,
    "key": pl.String,
    "customer_code": pl.String,
    "number": pl.String,
    "currency": pl.String,
    "on": pl.Date,
    "amount": pl.Int64,
    "is_listed": pl.Boolean,
}
"""Documents of the ledger: `side` D or C, `on` the day from which they count; `is_listed`: of the
accounts, so that a list which lacks them settles them."""
LINES: Final[dict[str, Any]] = {
    "key": pl.String,
    "position": pl.UInt32,
    "due_on": pl.Date,
    "amount": pl.Int64,
    "id": pl.Int64,
}
"""Due lines of the claims held."""
USED: Final[dict[str, Any]] = {
    "id": pl.Int64,
    "claim_key": pl.String,
    "position": pl.UInt32,
    "credit_key": pl.String,
    "amount": pl.Int64,
    "on": pl.Date,
    "is_inferred": pl.Boolean,
}
"""Allocations between documents held; `is_inferred`: no letter, reference nor person made them."""
ITEMS: Final[dict[str, Any]] = {
    "line": pl.UInt32,
    "key": pl.String,
    "side": pl.String,
    "customer_code": pl.String,
    "currency": pl.String,
    "kind": pl.String,
    "number": pl.String,
    "issued_on": pl.Date,
    "due_on": pl.Date,
    "open": pl.Int64,
    "amount": pl.Int64,
    "label": pl.String,
}
"""Rows of a list, by document; amounts positive, `amount` at least what is open."""


@dataclass(frozen=True, slots=True)
class Held:
    """What the ledger holds of some customers."""

    documents: pl.DataFrame
    lines: pl.DataFrame
    used: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Days:
    """The day of a list, and of the lists just before and after it that the ledger knows."""

    on: date
    before: date | None = None
    after: date | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """What a list changes: documents to write, ids to withdraw by table, units settled for real.

    `kept_settled` has the units that a real payment settled and that the list says are open.
    """

    documents: Documents
    withdrawn: dict[str, pl.Series]
    kept_settled: pl.DataFrame


def is_inferred(key: pl.Expr) -> pl.Expr:
    """Say which keys are those of entries."""
    return key.str.contains(INFERRED)


def unit_of(key: pl.Expr) -> pl.Expr:
    """Return the document that a key speaks of: its own, or the one whose entry it is."""
    return pl.when(key.str.contains(INFERRED)).then(key.str.slice(_BASE_AT)).otherwise(key)
