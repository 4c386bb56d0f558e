"""What an export says once derived: the frames promised to those who write the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from encours.imports.rules import documents, moves
from encours.imports.rules.ledger import Layout, Totals
from encours.kernel.issue import Issue, has_errors

_DOCUMENT: Final[dict[str, Any]] = {
    "key": pl.String,
    "customer_code": pl.String,
    "kind": pl.String,
    "number": pl.String,
    "issued_on": pl.Date,
    "amount_cents": pl.Int64,
    "net_cents": pl.Int64,
    "vat_cents": pl.Int64,
    "foreign_currency": pl.String,
    "foreign_cents": pl.Int64,
    "journal": pl.String,
    "entry_number": pl.String,
    "entry_on": pl.Date,
    "piece": pl.String,
    "label": pl.String,
    "line": pl.UInt32,
    "is_opening": pl.Boolean,
}
CUSTOMERS: Final[dict[str, Any]] = {
    "code": pl.String,
    "name": pl.String,
    "account": pl.String,
    "identified_by": pl.String,
    "needs_confirmation": pl.Boolean,
}
CLAIMS: Final = _DOCUMENT
CREDITS: Final[dict[str, Any]] = {
    ("received_on" if name == "issued_on" else name): dtype for name, dtype in _DOCUMENT.items()
}
INSTALMENTS: Final[dict[str, Any]] = {
    "claim_key": pl.String,
    "position": pl.UInt32,
    "due_on": pl.Date,
    "due_source": pl.String,
    "amount_cents": pl.Int64,
    "state": pl.String,
}
ALLOCATIONS: Final[dict[str, Any]] = {
    "credit_key": pl.String,
    "claim_key": pl.String,
    "position": pl.UInt32,
    "customer_code": pl.String,
    "amount_cents": pl.Int64,
    "effective_on": pl.Date,
    "letter": pl.String,
    "lettered_on": pl.Date,
    "origin": pl.String,
}
PROPOSALS: Final[dict[str, Any]] = {
    "credit_key": pl.String,
    "claim_key": pl.String,
    "position": pl.UInt32,
    "customer_code": pl.String,
    "amount_cents": pl.Int64,
    "reason": pl.String,
}
RECLASSIFICATIONS: Final[dict[str, Any]] = {
    "claim_key": pl.String,
    "position": pl.UInt32,
    "state": pl.String,
    "from_on": pl.Date,
}
SALES: Final[dict[str, Any]] = {
    "month": pl.Date,
    "net_cents": pl.Int64,
    "vat_cents": pl.Int64,
    "cash_cents": pl.Int64,
}
CONTROL: Final[dict[str, Any]] = {"customer_code": pl.String, "net_cents": pl.Int64}
DROPPED: Final[dict[str, Any]] = {
    "journal": pl.String,
    "entry_number": pl.String,
    "entry_on": pl.Date,
    "line": pl.UInt32,
    "customer_cents": pl.Int64,
}


@dataclass(frozen=True, slots=True)
class Documents:
    """What some customers owe and paid; the frames' columns are the constants of this module."""

    claims: pl.DataFrame
    instalments: pl.DataFrame
    credits: pl.DataFrame
    allocations: pl.DataFrame
    proposals: pl.DataFrame
    reclassifications: pl.DataFrame


def no_documents() -> Documents:
    """Return the documents of customers of whom an export says nothing."""
    return Documents(
        claims=pl.DataFrame(schema=CLAIMS),
        instalments=pl.DataFrame(schema=INSTALMENTS),
        credits=pl.DataFrame(schema=CREDITS),
        allocations=pl.DataFrame(schema=ALLOCATIONS),
        proposals=pl.DataFrame(schema=PROPOSALS),
        reclassifications=pl.DataFrame(schema=RECLASSIFICATIONS),
    )


@dataclass(frozen=True, slots=True)
class Derived(Documents):
    """What a whole export says. Per customer, claims less credits are the control.

    `dropped` has the entries that were left out, each whole: unreadable, or not balanced.
    """

    customers: pl.DataFrame
    sales: pl.DataFrame
    control: pl.DataFrame
    dropped: pl.DataFrame
    totals: Totals
    layout: Layout
    issues: tuple[Issue, ...]

    @property
    def is_acceptable(self) -> bool:
        """Say whether no issue refuses the file; otherwise the rest may still be accepted."""
        return not has_errors(self.issues)


def document_frame(docs: pl.DataFrame, schema: dict[str, Any]) -> pl.DataFrame:
    """Name the columns as promised."""
    return docs.with_columns(
        pl.col("number").fill_null(""),
        customer_code="code",
        amount_cents="amount",
        received_on="issued_on",
    ).select(pl.col(name).cast(dtype) for name, dtype in schema.items())


def instalment_frame(claims: documents.Side, states: pl.DataFrame) -> pl.DataFrame:
    """Return the due lines of claims, with the state they were left in."""
    last = (
        states.sort("from_on", maintain_order=True)
        .group_by("claim_key", "position")
        .agg(pl.col("state").last())
    )
    return (
        claims.items.join(claims.docs.select("doc", claim_key="key"), on="doc", how="left")
        .join(last, on=["claim_key", "position"], how="left", maintain_order="left")
        .with_columns(
            pl.col("state").fill_null("ordinary"),
            due_source=pl.when(pl.col("due_on").is_not_null()).then(pl.lit("read")),
            amount_cents="amount",
        )
        .select(pl.col(name).cast(dtype) for name, dtype in INSTALMENTS.items())
    )


def share_frame(
    shares: pl.DataFrame, claims: documents.Side, credits_: documents.Side, schema: dict[str, Any]
) -> pl.DataFrame:
    """Replace items by the keys of their documents; shares of the same two lines add up."""
    owed = claims.items.join(
        claims.docs.select("doc", claim_key="key", customer_code="code"), on="doc"
    ).select("claim_key", "customer_code", "position", claim="item")
    paid = credits_.items.join(credits_.docs.select("doc", credit_key="key"), on="doc").select(
        "credit_key", credit="item"
    )
    named = shares.join(owed, on="claim", how="left").join(paid, on="credit", how="left")
    same = [name for name in schema if name != "amount_cents"]
    keyed = named.rename({"amount": "amount_cents"})
    if keyed.select(pl.struct("claim", "credit_key").n_unique()).item() != len(keyed):
        keyed = keyed.group_by(same, maintain_order=True).agg(pl.col("amount_cents").sum())
    return keyed.select(pl.col(name).cast(dtype) for name, dtype in schema.items()).sort(
        "claim_key", "position", "credit_key"
    )


def reclassification_frame(claims: documents.Side, changes: pl.DataFrame) -> pl.DataFrame:
    """Say of each due line when it became a bill, doubtful, or ordinary again.

    A move concerns the claim of its amount in its letter group; where none has it, all of them.
    """
    items = claims.items.join(claims.docs.select("doc", claim_key="key"), on="doc").select(
        "claim_key", "position", "amount", "group", "component", "root", "entry_on"
    )
    exact = changes.join(items, on=["component", "group", "amount"])
    wide = changes.join(exact, on=["component", "group", "amount"], how="anti").join(
        items.drop("group", "amount"), on="component"
    )
    born = items.filter(pl.col("root").is_in(list(moves.STATES))).select(
        "claim_key",
        "position",
        state=pl.col("root").replace_strict(moves.STATES, return_dtype=pl.String),
        from_on="entry_on",
    )
    columns = list(RECLASSIFICATIONS)
    return (
        pl.concat([born.select(columns), exact.select(columns), wide.select(columns)])
        .unique()
        .sort(columns)
    )
