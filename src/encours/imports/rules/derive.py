"""A ledger to what customers owe: documents, due lines, credits, allocations and a control.

Once entries and customers are known, each customer stands alone: they are derived some thousands
of lines at a time, so that memory stays that of the result.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import date
from typing import Final

import polars as pl

from encours.imports.rules import (
    customers,
    documents,
    entries,
    groups,
    kinds,
    moves,
    numbers,
    taxes,
)
from encours.imports.rules.allocate import allocate
from encours.imports.rules.derived import (
    ALLOCATIONS,
    CLAIMS,
    CONTROL,
    CREDITS,
    CUSTOMERS,
    DROPPED,
    PROPOSALS,
    Derived,
    Documents,
    document_frame,
    instalment_frame,
    reclassification_frame,
    share_frame,
)
from encours.imports.rules.due_dates import with_due_dates
from encours.imports.rules.findings import Findings
from encours.imports.rules.ledger import FAMILIES, Ledger, Totals
from encours.imports.rules.splits import with_splits
from encours.kernel.issue import Issue
from encours.kernel.money import french_text

BUCKET_LINES: Final = 100_000
BUCKET_CUSTOMERS: Final = 3_000


def derive(ledger: Ledger, *, bucket_lines: int = BUCKET_LINES) -> Derived:
    """Derive documents and allocations from the entries that can be taken, each whole.

    All at once, in memory: a large export is taken by the buckets of its `Derivation`.
    """
    derivation = Derivation(ledger)
    whole = together(derivation.buckets(bucket_lines))
    return Derived(
        **{field.name: getattr(whole, field.name) for field in fields(Documents)},
        customers=derivation.customers,
        sales=derivation.sales,
        control=derivation.control,
        dropped=derivation.dropped,
        totals=derivation.totals,
        layout=derivation.layout,
        issues=derivation.issues(),
    )


def together(buckets: Iterable[Documents]) -> Documents:
    """Return the documents of all customers at once, in memory."""
    every = list(buckets)
    frames = {
        field.name: pl.concat([getattr(bucket, field.name) for bucket in every])
        for field in fields(Documents)
    }
    return Documents(**frames)


class Derivation:
    """One ledger being derived: what is known of the whole, then customers some at a time.

    An import takes `buckets` one by one, so that memory does not grow with the result; `issues`
    then has the letters too, which are none of them errors.
    """

    def __init__(self, ledger: Ledger) -> None:
        """Find entries and customers."""
        seen = entries.entries_of(ledger.parts)
        self.totals, self.layout = ledger.totals, ledger.layout
        self._issues = (ledger.issues, seen.issues)
        self._parts = kinds.with_journal_kinds(seen.parts, ledger.journals)
        self._lines = ledger.lines
        if len(seen.dropped):
            self._lines = self._lines.join(
                seen.dropped, on="part", how="anti", maintain_order="left"
            )
        parties = customers.resolved(ledger.parties, ledger.accounts)
        self._found = customers.identified(self._lines, parties, self._parts)
        self._shared = numbers.shared_pieces(self._found.lines, self._parts)
        self._uneven: list[pl.DataFrame] = []
        self.customers = self._found.customers.select(list(CUSTOMERS))
        self.control = _control(self._found)
        self.sales = taxes.sales_of(self._parts)
        self.dropped = _dropped(seen.dropped)
        self.first_on = _first_on(self._parts)
        self.has_openings = _has_openings(self._lines, self._parts, self.totals.first_on)

    def issues(self) -> tuple[Issue, ...]:
        """Return what the reader found, then what the rules did."""
        findings = Findings()
        read, seen = self._issues
        findings.extend(_file_unbalanced(self.totals))
        findings.extend(seen)
        findings.extend(_named_by_label(self._found.customers))
        if self._uneven:
            findings.extend(
                groups.uneven_issues(
                    pl.concat(self._uneven), self._found.customers, self._found.accounts
                )
            )
        return (*read, *findings.sealed())

    def buckets(self, lines: int = BUCKET_LINES) -> Iterator[Documents]:
        """Yield the documents of some customers at a time, about so many lines.

        Customers are never too many either: each may have years of history in the ledger.
        """
        self._uneven = []
        owned = self._found.lines.select("part", "customer").with_row_index("row")
        sizes = (
            owned.group_by("customer")
            .agg(size=pl.max_horizontal(pl.len(), lines // BUCKET_CUSTOMERS))
            .sort("customer")
            .select("customer", bucket=(pl.col("size").cum_sum() - pl.col("size")) // lines)
        )
        owned = owned.join(sizes, on="customer", maintain_order="left")
        scopes = owned.join(self._parts.select("part", "scope"), on="part").select(
            "bucket", "scope"
        )
        facing = self._parts.select("scope").with_row_index("row").join(scopes.unique(), on="scope")
        rows, part_rows = _rows_by_bucket(owned), _rows_by_bucket(facing)
        for bucket, own in rows.items():
            parts = self._parts[part_rows[bucket]]
            yield self._some(self._lines_of(own, parts), parts)
        if not rows:
            yield self._some(
                self._lines_of(pl.Series([], dtype=pl.UInt32), self._parts), self._parts
            )

    def _lines_of(self, rows: pl.Series, parts: pl.DataFrame) -> pl.DataFrame:
        """Return some lines, with what they need of their part and account."""
        known = ["part", "entry", "scope", "journal", "entry_number", "entry_on", "piece"]
        whose = self._found.lines[rows].select("customer", "account_no")
        return (
            pl.concat([self._lines[rows], whose], how="horizontal")
            .join(self._found.accounts.select("account_no", "root"), on="account_no", how="left")
            .join(parts.select(*known, "journal_kind"), on="part", maintain_order="left")
        )

    def _some(self, lines: pl.DataFrame, parts: pl.DataFrame) -> Documents:
        """Derive the customers of these lines; parts are all of their scopes."""
        contexts = entries.contexts_of(parts)
        lines = groups.with_groups(_told(lines, contexts, self.totals.first_on))
        effects = groups.sums_of(lines)
        moved = moves.follow(lines)
        documented = with_splits(
            with_due_dates(numbers.with_numbers(moved.lines, self._shared)), contexts
        )
        is_debit = pl.col("amount") > 0
        claims = _side(documented.filter(is_debit), self._found, contexts, "D")
        credits_ = _side(documented.filter(~is_debit), self._found, contexts, "C")
        allocated = allocate(claims, credits_, effects)
        states = reclassification_frame(claims, moved.changes)
        self._uneven.append(groups.uneven(lines, effects))
        return Documents(
            claims=document_frame(claims.docs, CLAIMS),
            instalments=instalment_frame(claims, states),
            credits=document_frame(credits_.docs, CREDITS),
            allocations=share_frame(allocated.allocations, claims, credits_, ALLOCATIONS),
            proposals=share_frame(allocated.proposals, claims, credits_, PROPOSALS),
            reclassifications=states,
        )


def _first_on(parts: pl.DataFrame) -> date | None:
    """Return the day of the first entry that touches a customer."""
    day = parts.select(pl.col("entry_on").filter("has_customer").min()).item()
    return day if isinstance(day, date) else None


def _has_openings(lines: pl.DataFrame, parts: pl.DataFrame, first_on: date | None) -> bool:
    """Say whether an export carries opening balances: some only say what moved in the year."""
    may_open = (pl.col("journal_kind") == "opening") | (
        pl.col("entry_on") == pl.lit(first_on, dtype=pl.Date)
    )
    told = (
        lines.select("part", "amount", "label")
        .filter(pl.col("amount") != 0)
        .join(parts.filter(may_open).select("part", "journal_kind", "entry_on"), on="part")
    )
    return bool(told.select(kinds.is_opening(first_on).any()).item())


def _rows_by_bucket(rows: pl.DataFrame) -> dict[int, pl.Series]:
    """Return the row numbers of each bucket, in order."""
    grouped = rows.group_by("bucket").agg(pl.col("row").sort()).sort("bucket")
    return dict(zip(grouped["bucket"].to_list(), grouped["row"], strict=True))


def _told(lines: pl.DataFrame, contexts: pl.DataFrame, first_on: date | None) -> pl.DataFrame:
    """Say what each line is; lines of nothing fall out."""
    lines = (
        lines.filter(pl.col("amount") != 0)
        .with_columns(is_opening=kinds.is_opening(first_on))
        .join(contexts.drop("net", "customer"), on="part", how="left", maintain_order="left")
        .rename({"currency": "foreign_currency"})
    )
    earlier = pl.min_horizontal("piece_on", "entry_on")
    is_debit = pl.col("amount") > 0
    return (
        lines.with_columns(
            is_internal=kinds.is_internal(),
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


def _file_unbalanced(totals: Totals) -> Iterator[Issue]:
    """Warn of a file whose debits and credits differ; its entries say where."""
    if totals.debit_cents != totals.credit_cents:
        yield Issue(
            code="file_unbalanced",
            message="Le total des débits du fichier n'est pas celui des crédits.",
            column="Debit",
            found=french_text(totals.debit_cents),
            expected=french_text(totals.credit_cents),
            severity="warning",
        )


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
