"""What is kept of a ledger export: customer lines whole, other lines as sums by piece.

Two kinds of rows. A *line* touches a customer account (411, 413, 416, 419). A *part* is what the
lines of one entry and one piece add up to, by family of account: it says what the customer
lines stand against. Amounts are signed cents, debit less credit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import polars as pl

from encours.kernel.issue import Issue

CUSTOMER_ROOTS: Final = ("411", "413", "416", "419")
FAMILIES: Final = (
    "customer",
    "sale",
    "income",
    "vat",
    "cash_in",
    "cash_out",
    "discount",
    "loss",
    "rounding",
)
"""What the accounts of a part are about; money in and out apart, as one entry may hold both."""


TYPED_LINES: Final[dict[str, Any]] = {
    "line": pl.UInt32,
    "journal": pl.String,
    "journal_label": pl.String,
    "entry_number": pl.String,
    "entry_on": pl.Date,
    "account": pl.String,
    "account_label": pl.String,
    "aux": pl.String,
    "aux_label": pl.String,
    "piece": pl.String,
    "piece_on": pl.Date,
    "label": pl.String,
    "debit": pl.Int64,
    "credit": pl.Int64,
    "letter": pl.String,
    "lettered_on": pl.Date,
    "foreign_cents": pl.Int64,
    "currency": pl.String,
    "due_on": pl.Date,
    "bad": pl.Boolean,
}
"""One row per line of the file; `bad` where an amount or the entry date cannot be read."""

LINES: Final[dict[str, Any]] = {
    "line": pl.UInt32,
    "part": pl.UInt32,
    "party": pl.UInt32,
    "piece_on": pl.Date,
    "label": pl.String,
    "amount": pl.Int64,
    "letter": pl.String,
    "lettered_on": pl.Date,
    "foreign_cents": pl.Int64,
    "currency": pl.String,
    "due_on": pl.Date,
}
PARTS: Final[dict[str, Any]] = {
    "part": pl.UInt32,
    "journal": pl.String,
    "entry_number": pl.String,
    "entry_on": pl.Date,
    "piece": pl.String,
    "first_line": pl.UInt32,
    "net": pl.Int64,
    **dict.fromkeys(FAMILIES, pl.Int64),
    "has_customer": pl.Boolean,
    "bad": pl.Boolean,
}
PARTIES: Final[dict[str, Any]] = {
    "party": pl.UInt32,
    "account": pl.String,
    "account_label": pl.String,
    "aux": pl.String,
    "aux_label": pl.String,
}


@dataclass(frozen=True, slots=True)
class Totals:
    """What the whole file adds up to, whatever was kept of it."""

    lines: int = 0
    entries: int = 0
    debit_cents: int = 0
    credit_cents: int = 0
    first_on: date | None = None
    last_on: date | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """How the file was written, for the preview and for support."""

    kind: str = ""
    encoding: str = ""
    separator: str = ""
    columns: tuple[str, ...] = ()
    siren: str = ""
    closing_on: date | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """A ledger export as read; `journals` is (journal, journal_label), `accounts` (account)."""

    lines: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LINES))
    parts: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=PARTS))
    parties: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=PARTIES))
    journals: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(
            schema={"journal": pl.String, "journal_label": pl.String}
        )
    )
    accounts: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema={"account": pl.String})
    )
    totals: Totals = Totals()
    layout: Layout = Layout()
    issues: tuple[Issue, ...] = ()
