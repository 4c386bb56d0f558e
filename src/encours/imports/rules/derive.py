"""A ledger to what customers owe: documents, due lines, credits, allocations and a control."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from encours.imports.rules import customers, documents, entries, groups, kinds, moves, taxes
from encours.imports.rules.allocate import allocate
from encours.imports.rules.due_dates import with_due_dates
from encours.imports.rules.findings import Findings
from encours.imports.rules.ledger import FAMILIES, Layout, Ledger, Totals
from encours.imports.rules.numbers import with_numbers
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
class Derived:
    """What an export says; the frames' columns are the constants of this module.

    Per customer, claims less credits are the control. `dropped` has the entries left out whole.
    """

    customers: pl.DataFrame
    claims: pl.DataFrame
    instalments: pl.DataFrame
    credits: pl.DataFrame
    allocations: pl.DataFrame
    proposals: pl.DataFrame
    reclassifications: pl.DataFrame
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


def derive(ledger: Ledger) -> Derived:
    """Derive documents and allocations from the entries that can be taken, each whole."""
    seen = entries.entries_of(ledger.parts)
    journals = kinds.journal_kinds(ledger.journals)
    parts = seen.parts.join(
        journals, on="journal", how="left", nulls_equal=True, maintain_order="left"
    )
    found = customers.identified(
        _entry_lines(ledger, parts), customers.resolved(ledger.parties, ledger.accounts)
    )
    contexts = entries.contexts_of(parts)
    lines = _told(found.lines, contexts, ledger.totals)
    lines = groups.with_groups(lines)
    effects = groups.sums_of(lines)
    uneven = groups.uneven_issues(lines, found.customers, found.accounts)
    moved = moves.follow(lines)
    lines = with_due_dates(with_numbers(moved.lines))
    claims = _side(lines.filter(pl.col("amount") > 0), found, contexts, "D")
    credits_ = _side(lines.filter(pl.col("amount") < 0), found, contexts, "C")
    allocated = allocate(claims, credits_, effects)
    states = _reclassifications(claims, moved.changes)
    return Derived(
        customers=found.customers.select(list(CUSTOMERS)),
        claims=_documents(claims.docs, CLAIMS),
        instalments=_instalments(claims, states),
        credits=_documents(credits_.docs, CREDITS),
        allocations=_keyed(allocated.allocations, claims, credits_, ALLOCATIONS),
        proposals=_keyed(allocated.proposals, claims, credits_, PROPOSALS),
        reclassifications=states,
        sales=taxes.sales_of(parts),
        control=_control(found),
        dropped=_dropped(seen.dropped),
        totals=ledger.totals,
        layout=ledger.layout,
        issues=_issues(ledger, seen, found, uneven),
    )


def _entry_lines(ledger: Ledger, parts: pl.DataFrame) -> pl.DataFrame:
    """Give the lines their entry; those of entries set apart fall out."""
    known = parts.select(
        "part", "entry", "journal", "entry_number", "entry_on", "piece", "journal_kind"
    )
    return ledger.lines.join(known, on="part", how="inner", maintain_order="left")


def _told(lines: pl.DataFrame, contexts: pl.DataFrame, totals: Totals) -> pl.DataFrame:
    """Say what each line is; lines of nothing fall out."""
    lines = (
        lines.filter(pl.col("amount") != 0)
        .with_columns(is_opening=kinds.is_opening(totals.first_on))
        .join(contexts.drop("net", "customer"), on="part", how="left", maintain_order="left")
        .rename({"currency": "foreign_currency"})
    )
    earlier = pl.min_horizontal("piece_on", "entry_on")
    is_debit = pl.col("amount") > 0
    return (
        lines.with_columns(
            kind=pl.when(is_debit).then(kinds.debit_kind()).otherwise(kinds.credit_kind()),
        )
        .with_columns(
            issued_on=pl.when(is_debit | pl.col("is_opening") | (pl.col("kind") == "credit_note"))
            .then(earlier)
            .otherwise("entry_on")
        )
        .drop(name for name in FAMILIES if name != "customer")
    )


def _side(
    lines: pl.DataFrame, found: customers.Identified, contexts: pl.DataFrame, prefix: str
) -> documents.Side:
    """Build one side's documents, with their net and VAT; their amounts become positive."""
    positive = lines.with_columns(pl.col("amount").abs())
    side = documents.side_of(positive, found.customers, found.accounts, prefix=prefix)
    return documents.Side(taxes.with_net_and_vat(side.docs, contexts), side.items)


def _documents(docs: pl.DataFrame, schema: dict[str, Any]) -> pl.DataFrame:
    """Name the columns as promised."""
    return docs.with_columns(
        pl.col("number").fill_null(""),
        customer_code="code",
        amount_cents="amount",
        received_on="issued_on",
    ).select(pl.col(name).cast(dtype) for name, dtype in schema.items())


def _instalments(claims: documents.Side, states: pl.DataFrame) -> pl.DataFrame:
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


def _keyed(
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


def _reclassifications(claims: documents.Side, changes: pl.DataFrame) -> pl.DataFrame:
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


def _control(found: customers.Identified) -> pl.DataFrame:
    """Return what the accounts say of each customer: 411, 413, 416 and 419 added up."""
    return (
        found.lines.group_by("customer")
        .agg(net_cents=pl.col("amount").sum())
        .join(found.customers.select("customer", customer_code="code"), on="customer")
        .select(list(CONTROL))
        .sort("customer_code")
    )


def _dropped(parts: pl.DataFrame) -> pl.DataFrame:
    """Name the entries that were left out, and what they would have moved on customers."""
    return (
        parts.group_by("entry")
        .agg(
            pl.col("journal", "entry_number", "entry_on").first(),
            line=pl.col("first_line").min(),
            customer_cents=pl.col("customer").sum(),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in DROPPED.items())
        .sort("line")
    )


def _issues(
    ledger: Ledger,
    seen: entries.Entries,
    found: customers.Identified,
    uneven: Iterator[Issue],
) -> tuple[Issue, ...]:
    """Gather what the rules found, after what the reader found."""
    findings = Findings()
    findings.extend(seen.issues)
    findings.extend(_named_by_label(found.customers))
    findings.extend(uneven)
    return (*ledger.issues, *findings.sealed())


def _named_by_label(known: pl.DataFrame) -> Iterator[Issue]:
    """Warn of the customers that only a label names, or nothing."""
    labelled = known.filter(pl.col("identified_by") == "label")
    if len(labelled):
        yield Issue(
            code="customers_by_label",
            message=f"{len(labelled)} clients n'ont ni code auxiliaire ni sous-compte ; "
            "ils sont nommés d'après le libellé et restent à confirmer.",
            column="CompAuxNum",
            found=", ".join(labelled["name"].head(5)),
            severity="warning",
        )
    if "none" in known["identified_by"]:
        yield Issue(
            code="customer_unknown",
            message="Des lignes de clients ne nomment personne : "
            f"elles sont portées au compte « {customers.UNKNOWN_NAME} ».",
            column="CompAuxNum",
            severity="warning",
        )
