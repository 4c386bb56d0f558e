"""Rows of movements to documents: invoices with their due lines, credits, what settles what.

Settled together: both amounts of one row, a letter, then a reference that quotes a number.
"""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from encours.imports.rules import spread
from encours.imports.rules.allocate import proposals
from encours.imports.rules.derived import (
    ALLOCATIONS,
    CLAIMS,
    CREDITS,
    INSTALMENTS,
    PROPOSALS,
    RECLASSIFICATIONS,
    Documents,
)
from encours.imports.rules.documents import with_keys
from encours.imports.rules.numbers import reference
from encours.imports.rules.tables.kinds import with_kinds

KNOWN_CLAIMS: Final[dict[str, Any]] = {
    "claim_key": pl.String,
    "position": pl.UInt32,
    "customer_code": pl.String,
    "number": pl.String,
    "currency": pl.String,
    "issued_on": pl.Date,
    "open_cents": pl.Int64,
}
"""Due lines that the ledger holds already: a payment may quote them."""

_GROUPED: Final = ("invoice", "debit_note", "credit_note", "opening")
_MOVE: Final = (
    "line",
    "customer_code",
    "currency",
    "kind",
    "number",
    "reference",
    "on",
    "due_on",
    "amount",
    "letter",
    "lettered_on",
    "journal",
    "entry_number",
    "label",
    "net_cents",
    "vat_cents",
)
_BY: Final = ["customer_code", "currency"]


def moves_of(rows: pl.DataFrame, *, is_signed: bool) -> pl.DataFrame:
    """Return one move per amount of the rows, signed: what is due, and what the row says is paid.

    The control adds them up: nothing that a row says is anywhere else.
    """
    told = with_kinds(rows, is_signed=is_signed)
    due = told.with_columns(on="issued_on", amount="amount_cents").select(_MOVE)
    paid_in_full = (
        pl.col("paid_cents").is_null()
        & pl.col("settled_on").is_not_null()
        & (pl.col("amount_cents") > 0)
        & pl.col("kind").is_in(["invoice", "debit_note", "opening"])
    )
    paid = told.with_columns(
        amount=-pl.when(paid_in_full).then("amount_cents").otherwise("paid_cents").fill_null(0),
        on=pl.coalesce("settled_on", "issued_on"),
        reference=pl.coalesce("reference", "number"),
        number=pl.lit(None, pl.String),
        due_on=pl.lit(None, pl.Date),
        net_cents=pl.lit(None, pl.Int64),
        vat_cents=pl.lit(None, pl.Int64),
    ).with_columns(
        kind=pl.when(pl.col("amount") <= 0).then(pl.lit("payment")).otherwise(pl.lit("refund"))
    )
    return pl.concat([due, paid.select(_MOVE)]).filter(pl.col("amount").fill_null(0) != 0)


def documents_of(moves: pl.DataFrame, known: pl.DataFrame) -> Documents:
    """Derive documents from moves; `known` are the ledger's own due lines (`KNOWN_CLAIMS`)."""
    owed = _Side(moves.filter(pl.col("amount") > 0), "D")
    paid = _Side(moves.filter(pl.col("amount") < 0).with_columns(-pl.col("amount")), "C")
    claims, credits_ = owed.items, paid.items
    same_row = _same_row(owed, paid)
    claims, credits_ = (
        spread.less(claims, "claim", same_row),
        spread.less(credits_, "credit", same_row),
    )
    lettered = _by_letter(claims, credits_)
    claims, credits_ = (
        spread.less(claims, "claim", lettered),
        spread.less(credits_, "credit", lettered),
    )
    claims = pl.concat([claims, _known_items(known, owed)], how="diagonal")
    quoted = spread.oldest_first(
        claims.sort("on", "item"),
        credits_.with_columns(ref="quoted").sort("on", "item"),
        [*_BY, "ref"],
    )
    claims, credits_ = spread.less(claims, "claim", quoted), spread.less(credits_, "credit", quoted)
    places = pl.concat([owed.places, _known_places(known, owed)])
    shares = [
        same_row.with_columns(origin=pl.lit("reference")),
        lettered.with_columns(origin=pl.lit("letter")),
        quoted.with_columns(origin=pl.lit("reference")),
    ]
    return Documents(
        claims=owed.frame(CLAIMS, "issued_on"),
        instalments=_instalments(owed),
        credits=paid.frame(CREDITS, "received_on"),
        allocations=_allocations(pl.concat(shares), places, paid),
        proposals=_proposals(claims, credits_, places, paid),
        reclassifications=pl.DataFrame(schema=RECLASSIFICATIONS),
    )


class _Side:
    """One side: `docs` by key, `items` that may be set, with `open`, and their `places`."""

    def __init__(self, moves: pl.DataFrame, prefix: str) -> None:
        grouped = pl.col("kind").is_in(_GROUPED) & pl.col("number").is_not_null()
        moves = moves.with_columns(
            doc=pl.when(grouped)
            .then(pl.struct(*_BY, "kind", "number", pl.col("on").dt.year()).hash())
            .otherwise(pl.struct("line", "kind", "amount", pl.lit("row")).hash()),
            due=pl.when(pl.col("kind").is_in(_GROUPED)).then("due_on"),
        )
        first = [
            name for name in _MOVE if name not in ("amount", "net_cents", "vat_cents", "on", "line")
        ]
        docs = moves.group_by("doc", maintain_order=True).agg(
            pl.col(first).first(),
            pl.col("amount").sum(),
            pl.col("on").min(),
            pl.col("line").min(),
            *(
                pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name)
                for name in ("net_cents", "vat_cents")
            ),
        )
        self.docs = with_keys(_keyed(docs), prefix).with_columns(
            shown=pl.coalesce("shown", "piece")
        )
        items = (
            moves.group_by("doc", "due", "letter", maintain_order=True)
            .agg(
                pl.col(*_BY, "number", "reference", "lettered_on").first(),
                pl.col("on").min(),
                pl.col("amount").sum(),
                pl.col("line"),
            )
            .sort("on", "due", "doc", nulls_last=True, maintain_order=True)
            .with_columns(position=pl.int_range(pl.len(), dtype=pl.UInt32).over("doc"))
            .with_row_index("item")
        )
        self.lines = items.select("item", "line").explode(
            "line", empty_as_null=False, keep_nulls=False
        )
        self.by_line = moves.select("line", "amount")
        items = items.join(
            self.docs.select("doc", "key"), on="doc", how="left", maintain_order="left"
        )
        self.places = items.select(
            "item", "key", "position", "customer_code", "currency", "on", "letter", "lettered_on"
        )
        self.items = items.select(
            "item",
            "doc",
            *_BY,
            "letter",
            "on",
            "due",
            open="amount",
            ref=reference(pl.col("number")),
            quoted=reference(pl.coalesce("reference", "number")),
        )

    def frame(self, schema: dict[str, Any], day: str) -> pl.DataFrame:
        """Return the documents as promised to those who write them, with their currency."""
        return self.docs.select(
            *(
                {
                    "number": pl.col("shown").fill_null(""),
                    day: pl.col("issued_on"),
                    "amount_cents": pl.col("amount"),
                    "customer_code": pl.col("code"),
                    "foreign_currency": pl.lit(None, pl.String),
                    "foreign_cents": pl.lit(None, pl.Int64),
                    "is_opening": pl.col("kind") == "opening",
                }.get(name, pl.col(name))
                .cast(kind)
                .alias(name)
                for name, kind in schema.items()
            ),
            "currency",
        )


def _keyed(docs: pl.DataFrame) -> pl.DataFrame:
    """Add what keys are made of: payments have no number of their own that says which they are."""
    is_numbered = pl.col("kind").is_in(_GROUPED)
    return docs.with_columns(
        code="customer_code",
        issued_on="on",
        entry_on="on",
        account=pl.lit(""),
        piece=pl.coalesce("number", "reference"),
        shown=pl.col("number"),
        number=pl.when(is_numbered).then("number"),
    )


def _instalments(owed: _Side) -> pl.DataFrame:
    return (
        owed.items.join(owed.places.select("item", "key", "position"), on="item")
        .select(
            claim_key="key",
            position="position",
            due_on="due",
            due_source=pl.when(pl.col("due").is_not_null()).then(pl.lit("read")),
            amount_cents="open",
            state=pl.lit("ordinary"),
        )
        .select(pl.col(name).cast(kind) for name, kind in INSTALMENTS.items())
    )


def _same_row(owed: _Side, paid: _Side) -> pl.DataFrame:
    """Set what a row pays against what it owes."""
    rows = (
        owed.by_line.group_by("line")
        .agg(pl.col("amount").sum())
        .join(paid.by_line.group_by("line").agg(offered=pl.col("amount").sum()), on="line")
    )
    return (
        rows.join(owed.lines.rename({"item": "claim"}), on="line")
        .join(paid.lines.rename({"item": "credit"}), on="line")
        .with_columns(amount=pl.min_horizontal("amount", "offered"))
        .group_by("credit", "claim", maintain_order=True)
        .agg(pl.col("amount").sum())
        .select(pl.col(name).cast(kind) for name, kind in spread.SHARES.items())
    )


def _by_letter(claims: pl.DataFrame, credits_: pl.DataFrame) -> pl.DataFrame:
    group = pl.when(pl.col("letter").is_not_null()).then(pl.struct(*_BY, "letter").hash())
    return spread.settle(
        claims.with_columns(group=group).sort("on", "item"),
        credits_.with_columns(group=group, ref="quoted").sort("on", "item"),
        group="group",
        reference="ref",
    ).select(pl.col(name).cast(kind) for name, kind in spread.SHARES.items())


def _known_items(known: pl.DataFrame, owed: _Side) -> pl.DataFrame:
    """Return the ledger's due lines, numbered after the file's; not those that it repeats."""
    return _others(known, owed).select(
        "item", *_BY, on="issued_on", open="open_cents", ref=reference(pl.col("number"))
    )


def _known_places(known: pl.DataFrame, owed: _Side) -> pl.DataFrame:
    return _others(known, owed).select(
        "item",
        key="claim_key",
        position="position",
        customer_code="customer_code",
        currency="currency",
        on="issued_on",
        letter=pl.lit(None, pl.String),
        lettered_on=pl.lit(None, pl.Date),
    )


def _others(known: pl.DataFrame, owed: _Side) -> pl.DataFrame:
    first = len(owed.items)
    others = known.join(owed.docs.select("key"), left_on="claim_key", right_on="key", how="anti")
    return others.filter(pl.col("open_cents") > 0).with_columns(
        item=pl.int_range(first, first + pl.len(), dtype=pl.UInt32)
    )


def _named(shares: pl.DataFrame, places: pl.DataFrame, paid: _Side) -> pl.DataFrame:
    """Put documents' keys in the place of items, and the day on which both sides were there."""
    credits_ = paid.places.select(
        credit="item", credit_key="key", paid_on="on", letter="letter", lettered_on="lettered_on"
    )
    owed = places.select(claim="item", claim_key="key", position="position",
                         customer_code="customer_code", owed_on="on")  # fmt: skip
    return (
        shares.join(owed, on="claim")
        .join(credits_, on="credit")
        .with_columns(effective_on=pl.max_horizontal("paid_on", "owed_on"), amount_cents="amount")
    )


def _allocations(shares: pl.DataFrame, places: pl.DataFrame, paid: _Side) -> pl.DataFrame:
    is_letter = pl.col("origin") == "letter"
    named = _named(shares, places, paid).with_columns(
        letter=pl.when(is_letter).then("letter"), lettered_on=pl.when(is_letter).then("lettered_on")
    )
    same = [name for name in ALLOCATIONS if name != "amount_cents"]
    return (
        named.group_by(same, maintain_order=True)
        .agg(pl.col("amount_cents").sum())
        .select(pl.col(name).cast(kind) for name, kind in ALLOCATIONS.items())
        .sort("claim_key", "position", "credit_key")
    )


def _proposals(
    claims: pl.DataFrame, credits_: pl.DataFrame, places: pl.DataFrame, paid: _Side
) -> pl.DataFrame:
    """Propose what labels quote and amounts that only one pair has, for a person to confirm."""
    customer = pl.struct(_BY).hash().alias("customer")
    free = credits_.join(paid.docs.select("doc", "kind"), on="doc").filter(
        pl.col("kind").is_in(["payment", "other", "deposit"])
    )
    found = proposals(
        claims.with_columns(customer, entry_on="on"),
        free.with_columns(customer, entry_on="on"),
        paid.docs.select("doc", "label"),
    )
    return (
        _named(found, places, paid)
        .select(pl.col(name).cast(kind) for name, kind in PROPOSALS.items())
        .sort("claim_key", "position", "credit_key")
    )
