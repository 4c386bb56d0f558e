"""Writes the difference between an export and the ledger: ids, due dates, withdrawals, rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import polars as pl

from encours.imports.actions import adopting, due_dates
from encours.imports.actions.keeping import NO_COUNTS
from encours.imports.queries.live import Before, Live, nothing_live
from encours.imports.rules import difference, eve
from encours.imports.rules.continuation import continue_from
from encours.imports.rules.derive import BUCKET_CUSTOMERS, Derivation, together
from encours.imports.rules.derived import Documents, no_documents
from encours.kernel.ahead import ahead
from encours.kernel.issue import Issue
from encours.parties import bulk as parties
from encours.receivables.actions import bulk
from encours.receivables.actions.bulk import Rows

LABEL_MAX: Final = 200
CLIPPED: Final = {"number": 80, "piece": 80, "label": 200, "journal": 20, "entry_number": 60}
SAME_PROPOSAL: Final = ("credit_id", "instalment_id", "amount_cents")
SAME_SALES: Final = ("month", "net_cents", "vat_cents", "cash_cents")
DEBITS: Final = {"invoice": "invoices"}
CREDITS: Final = {"credit_note": "credit_notes", "payment": "payments", "inferred": "inferred"}
REF: Final = ("id", "key", "customer_id", "amount_cents")


@dataclass(frozen=True, slots=True)
class Place:
    """Whose ledger is written, by which act, in which currency; the export's period."""

    tenant_id: int
    creditor_id: int
    batch_id: int
    currency: str
    first_on: date
    last_on: date
    is_whole: bool = True

    @property
    def spoken(self) -> dict[str, date]:
        """Return the period of which the export says everything: a table says it of no day."""
        if self.is_whole:
            return {"first_on": self.first_on, "last_on": self.last_on}
        return {"first_on": date.max, "last_on": date.min}

    @property
    def owner(self) -> dict[str, Any]:
        """Return the tenant and creditor as keyword arguments."""
        return {"tenant_id": self.tenant_id, "creditor_id": self.creditor_id}


@dataclass(frozen=True, slots=True)
class Side:
    """One side as it will stand: `fresh` rows with their new ids, all references by key."""

    fresh: pl.DataFrame
    all: pl.DataFrame
    withdrawn: pl.Series


def write(derivation: Derivation, place: Place) -> tuple[dict[str, int], tuple[Issue, ...]]:
    """Write what the export changes; return the counts, and what does not follow the eve.

    Customers are taken some at a time, so that memory does not grow with the ledger; the next
    ones are derived while the database works. Runs in the caller's transaction.
    """
    writing = _Writing(derivation, place)
    if writing.meets_einvoices():
        writing.take_whole(together(derivation.buckets()))
    else:
        for documents in ahead(derivation.buckets()):
            writing.take(documents)
    writing.finish()
    return writing.counts, tuple(writing.issues)


def add_documents(
    documents: Documents,
    named: pl.DataFrame,
    place: Place,
    known: Live,
    gone: Mapping[str, pl.Series],
) -> dict[str, int]:
    """Add what a table says to what the ledger holds of its customers; return counts.

    `named`: the customers' codes and names; `gone`, by table, the ids that leave (they are not in
    `known`). Nothing else is withdrawn: a table need not say all of its period.
    """
    before = parties.customer_ids(**place.owner).height
    customers = parties.add_customers(
        named.select("code", "name", "account", to_identify="needs_confirmation"),
        batch_id=place.batch_id,
        **place.owner,
    )
    claims = _side(documents.claims, customers, known.invoices, "invoice", place)
    credits_ = _side(documents.credits, customers, known.credits, "credit", place)
    due = _lines(documents, claims, known, place)
    shares = _shares(documents, known, due, credits_, place)
    proposals = _proposals(documents, known, due, credits_).join(
        known.proposals, on=SAME_PROPOSAL, how="anti"
    )
    counts = {**NO_COUNTS, "customers": customers.height - before}
    own = {"allocation": shares.withdrawn, "instalment": due.withdrawn,
           "credit": credits_.withdrawn, "invoice": claims.withdrawn}  # fmt: skip
    for table, ids in own.items():
        both = pl.concat([ids.cast(pl.Int64), gone.get(table, ids.clear()).cast(pl.Int64)])
        left = bulk.withdraw(
            tenant_id=place.tenant_id, table=table, ids=both, batch_id=place.batch_id
        )
        counts["withdrawn"] += left if table in ("credit", "invoice") else 0
    rows = [
        Rows("invoice", claims.fresh),
        Rows("credit", credits_.fresh),
        Rows("instalment", due.fresh),
        Rows("allocation", shares.fresh),
        Rows("proposedallocation", proposals),
    ]
    bulk.write(batch_id=place.batch_id, rows=rows, **place.owner)
    for kinds, names, others in (
        (claims.fresh["kind"], DEBITS, "other_debits"),
        (credits_.fresh["kind"], CREDITS, "other_credits"),
    ):
        for kind, number in kinds.value_counts().iter_rows():
            counts[names.get(kind, others)] += number
    counts["allocations"] += shares.fresh.height
    counts["proposals"] += proposals.height
    return counts


class _Writing:
    """One export being written; `counts` and `issues` say what was done so far."""

    def __init__(self, derivation: Derivation, place: Place) -> None:
        self._derivation, self._place = derivation, place
        self._before = Before(place.tenant_id, place.creditor_id, place.batch_id)
        self._entered = self._before.entered()
        self._holds = self._before.holds_exports() or self.meets_einvoices()
        self._left: pl.DataFrame | None = None
        self.counts = dict(NO_COUNTS)
        self.issues: list[Issue] = []

    def meets_einvoices(self) -> bool:
        """Say whether e-invoices came before: one may be any line's, so nothing is taken apart."""
        return not (self._entered.invoices.is_empty() and self._entered.credits.is_empty())

    def take(self, documents: Documents) -> None:
        """Write what some customers' documents change."""
        left = self._customers()
        spoken = pl.concat([documents.claims["customer_code"], documents.credits["customer_code"]])
        some = left.filter(pl.col("code").is_in(spoken.implode()))
        self._write(documents, some, self._before.of(some) if self._holds else nothing_live())
        self._left = left.join(some, on="code", how="anti", maintain_order="left")

    def take_whole(self, documents: Documents) -> None:
        """Write an export at once, the e-invoices that it names taken as its own."""
        place = self._place
        adopted = adopting.adopt(
            documents,
            self._before.of(parties.customer_ids(**place.owner)),
            self._entered,
            tenant_id=place.tenant_id,
            first_on=place.first_on,
            currency=place.currency,
        )
        self.issues += adopted.issues
        self._write(documents, self._customers(), adopted.known, adopted.deposits)
        self._left = self._customers().clear()

    def finish(self) -> None:
        """Compare the customers of whom the export says nothing, then the sales by month."""
        left = self._customers()
        if self._holds:
            for some in left.iter_slices(BUCKET_CUSTOMERS):
                self._write(no_documents(), some, self._before.of(some))
        known = self._before.sales()
        sales = self._derivation.sales
        self._withdraw(salesmonth=_changed_sales(sales, known))
        self._insert(Rows("salesmonth", sales.join(known, on=SAME_SALES, how="anti")))

    def _customers(self) -> pl.DataFrame:
        """Return those left to take, code and customer_id; new ones are created at first."""
        if self._left is None:
            owner = self._place.owner
            known = parties.customer_ids(**owner)
            named = self._derivation.customers.select(
                "code", "name", "account", to_identify="needs_confirmation"
            )
            self._left = parties.add_customers(named, batch_id=self._place.batch_id, **owner)
            self.counts["customers"] = self._left.height - known.height
        return self._left

    def _write(
        self,
        documents: Documents,
        customers: pl.DataFrame,
        known: Live,
        replaced: pl.Series | None = None,
    ) -> None:
        place = self._place
        documents = self._continued(documents, known, customers)
        claims = _side(documents.claims, customers, known.invoices, "invoice", place)
        credits_ = _side(documents.credits, customers, known.credits, "credit", place)
        if replaced is not None:
            gone = pl.concat([credits_.withdrawn, replaced])
            credits_ = replace(credits_, withdrawn=gone)
        due = _lines(documents, claims, known, place)
        shares = _shares(documents, known, due, credits_, place)
        proposed = _proposals(documents, known, due, credits_)
        self._withdraw(
            allocation=shares.withdrawn,
            proposedallocation=known.proposals.join(proposed, on=SAME_PROPOSAL, how="anti")["id"],
            instalment=due.withdrawn,
            credit=credits_.withdrawn,
            invoice=claims.withdrawn,
        )
        proposals = proposed.join(known.proposals, on=SAME_PROPOSAL, how="anti")
        self._insert(
            Rows("invoice", claims.fresh),
            Rows("credit", credits_.fresh),
            Rows("instalment", due.fresh),
            Rows("allocation", shares.fresh),
            Rows("reclassification", _states(documents, known, due)),
            Rows("proposedallocation", proposals),
        )
        self._count(claims.fresh["kind"], DEBITS, "other_debits")
        self._count(credits_.fresh["kind"], CREDITS, "other_credits")
        self.counts["allocations"] += shares.fresh.height
        self.counts["proposals"] += proposals.height

    def _continued(self, documents: Documents, known: Live, customers: pl.DataFrame) -> Documents:
        """Join the export to what the ledger held on its eve: nothing is there twice."""
        if not (self._holds and self._derivation.has_openings):
            return documents
        names = customers.rename({"code": "customer_code"})
        held = eve.existing(known, names, first_on=self._place.first_on)
        if held.claims.is_empty() and held.credits.is_empty():
            return documents
        continued = continue_from(documents, held, on=self._derivation.first_on)
        self.issues += continued.issues
        return continued.documents

    def _withdraw(self, **ids: pl.Series) -> None:
        """Withdraw rows by table, children first; count the documents that leave."""
        for table, gone in ids.items():
            count = bulk.withdraw(
                tenant_id=self._place.tenant_id,
                table=table,
                ids=gone,
                batch_id=self._place.batch_id,
            )
            self.counts["withdrawn"] += count if table in ("credit", "invoice") else 0

    def _insert(self, *rows: Rows) -> None:
        bulk.write(batch_id=self._place.batch_id, rows=rows, **self._place.owner)

    def _count(self, kinds: pl.Series, names: Mapping[str, str], others: str) -> None:
        for kind, number in kinds.value_counts().iter_rows():
            self.counts[names.get(kind, others)] += number


def _side(
    exported: pl.DataFrame, customers: pl.DataFrame, known: pl.DataFrame, table: str, place: Place
) -> Side:
    day = "issued_on" if table == "invoice" else "received_on"
    rows = exported.join(
        customers, left_on="customer_code", right_on="code", how="left", maintain_order="left"
    ).with_columns(
        _currency(exported, place),
        *(pl.col(name).fill_null("").str.slice(0, most) for name, most in CLIPPED.items()),
    )
    compared = difference.documents(rows, known, day=day, **place.spoken)
    fresh = _identified(compared.fresh.sort("key"), table)
    every = pl.concat([fresh.select(REF), compared.kept.select(REF)])
    return Side(fresh, every, compared.withdrawn)


def _currency(exported: pl.DataFrame, place: Place) -> pl.Expr:
    """Return the currency of each document: a ledger is kept in one, a table may say another."""
    if "currency" in exported.columns:
        return pl.col("currency").fill_null(place.currency)
    return pl.lit(place.currency).alias("currency")


def _identified(rows: pl.DataFrame, table: str) -> pl.DataFrame:
    return rows.with_columns(bulk.new_ids(table, rows.height).alias("id"))


def _lines(documents: Documents, claims: Side, known: Live, place: Place) -> difference.Lines:
    """Return the due lines of every claim; those without a date get it from the terms."""
    is_fresh = claims.fresh.select("key", invoice_is_fresh=pl.lit(value=True))
    claimed = documents.claims
    began = "open_from" if "open_from" in claimed.columns else "issued_on"
    heads = claimed.select(
        "key", "kind", _currency(claimed, place), issued_on=pl.col(began), document_on="issued_on"
    )
    rows = (
        documents.instalments.rename({"claim_key": "key"})
        .join(claims.all.drop("amount_cents"), on="key", maintain_order="left")
        .rename({"id": "invoice_id"})
        .join(heads, on="key", how="left", maintain_order="left")
        .join(is_fresh, on="key", how="left", maintain_order="left")
        .with_columns(pl.col("invoice_is_fresh").fill_null(value=False))
    )
    termed = due_dates.with_terms(rows, **place.owner).rename({"key": "claim_key"})
    termed = difference.as_read(termed, known.instalments)
    compared = difference.lines(termed, known.instalments, claims.withdrawn)
    return difference.Lines(
        fresh=_identified(compared.fresh, "instalment"),
        kept=compared.kept,
        withdrawn=compared.withdrawn,
    )


def _every_line(due: difference.Lines, known: Live) -> pl.DataFrame:
    """Return the lines as they will stand: the export's, and those of the years before."""
    columns = (
        "id",
        "claim_key",
        "exported_position",
        "due_on",
        "issued_on",
        "customer_id",
        "amount_cents",
        "from_cents",
        "currency",
    )
    own = pl.concat([due.fresh.select(columns), due.kept.select(columns)])
    others = (
        known.instalments.join(own.select("claim_key"), on="claim_key", how="anti")
        .filter(~pl.col("id").is_in(due.withdrawn.implode()))
        .with_columns(
            exported_position=pl.col("position").cast(pl.Int64), from_cents=pl.lit(0, pl.Int64)
        )
    )
    return pl.concat([own, others.select(columns)])


def _every_credit(credits_: Side, known: Live) -> pl.DataFrame:
    others = known.credits.join(credits_.all.select("key"), on="key", how="anti").filter(
        ~pl.col("id").is_in(credits_.withdrawn.implode())
    )
    return pl.concat([credits_.all, others.select(REF)])


def _shares(
    documents: Documents, known: Live, due: difference.Lines, credits_: Side, place: Place
) -> difference.Shares:
    every = _every_line(due, known)
    received = _every_credit(credits_, known)
    exported = (
        due_dates.spread(documents.allocations, every)
        .join(
            received.select(credit_key="key", credit_id="id", payer_id="customer_id"),
            on="credit_key",
            maintain_order="left",
        )
        .with_columns(pl.col("letter").fill_null("").str.slice(0, 20))
    )
    compared = difference.shares(
        exported,
        known.allocations,
        gone_lines=due.withdrawn,
        gone_credits=credits_.withdrawn,
        **place.spoken,
    )
    staying = known.allocations.join(pl.DataFrame({"id": compared.withdrawn}), on="id", how="anti")
    crowded = [
        difference.crowded_out(staying, compared.fresh, by=by, amounts=amounts)
        for by, amounts in (("instalment_id", every), ("credit_id", received))
    ]
    return difference.Shares(
        fresh=compared.fresh, withdrawn=pl.concat([compared.withdrawn, *crowded]).unique()
    )


def _changed_sales(sales: pl.DataFrame, known: pl.DataFrame) -> pl.Series:
    spoken = known.join(sales.select("month"), on="month", how="semi")
    return spoken.join(sales, on=SAME_SALES, how="anti")["id"]


def _states(documents: Documents, known: Live, due: difference.Lines) -> pl.DataFrame:
    rows = documents.reclassifications.join(
        _every_line(due, known).select(
            "claim_key", position="exported_position", instalment_id="id"
        ),
        on=["claim_key", "position"],
    ).select("instalment_id", "state", "from_on")
    return rows.join(known.reclassifications, on=["instalment_id", "state", "from_on"], how="anti")


def _proposals(
    documents: Documents, known: Live, due: difference.Lines, credits_: Side
) -> pl.DataFrame:
    rows = due_dates.spread(documents.proposals, _every_line(due, known)).join(
        _every_credit(credits_, known).select(credit_key="key", credit_id="id"), on="credit_key"
    )
    return rows.with_columns(pl.col("reason").str.slice(0, LABEL_MAX))
