"""Writes the difference between an export and the ledger: ids, due dates, withdrawals, rows."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Final

import polars as pl

from encours.imports.actions import adopting, due_dates
from encours.imports.queries.live import Live, live
from encours.imports.rules import difference, eve
from encours.imports.rules.continuation import continue_from
from encours.imports.rules.derived import Derived, Documents
from encours.kernel.issue import Issue
from encours.parties import bulk as parties
from encours.receivables.actions import bulk
from encours.receivables.actions.bulk import Rows

LABEL_MAX: Final = 200
CLIPPED: Final = {"number": 80, "piece": 80, "label": 200, "journal": 20, "entry_number": 60}
SAME_PROPOSAL: Final = ("credit_id", "instalment_id", "amount_cents")
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

    @property
    def owner(self) -> dict[str, int]:
        """Return the tenant and creditor as keyword arguments."""
        return {"tenant_id": self.tenant_id, "creditor_id": self.creditor_id}


@dataclass(frozen=True, slots=True)
class Side:
    """One side as it will stand: `fresh` rows with their new ids, all references by key."""

    fresh: pl.DataFrame
    all: pl.DataFrame
    withdrawn: pl.Series


def write(derived: Derived, place: Place) -> tuple[dict[str, int], tuple[Issue, ...]]:
    """Write what the export changes; return the counts, and what does not follow the eve.

    Runs in the caller's transaction.
    """
    adopted = adopting.adopt(
        derived,
        live(**place.owner),
        first_on=place.first_on,
        currency=place.currency,
        **place.owner,
    )
    known = adopted.known
    derived, issues = _continued(derived, known, place)
    customers_before = parties.customer_ids(**place.owner).height
    customers = parties.add_customers(
        derived.customers.select("code", "name", "account", to_identify="needs_confirmation"),
        batch_id=place.batch_id,
        **place.owner,
    )
    claims = _side(derived.claims, customers, known.invoices, "invoice", place)
    credits_ = _side(derived.credits, customers, known.credits, "credit", place)
    credits_ = replace(credits_, withdrawn=pl.concat([credits_.withdrawn, adopted.deposits]))
    due = _lines(derived, claims, known, place)
    shares = _shares(derived, known, due, credits_, place)
    proposed = _proposals(derived, known, due, credits_)
    withdrawn = _withdraw(
        place,
        allocation=shares.withdrawn,
        proposedallocation=known.proposals.join(proposed, on=SAME_PROPOSAL, how="anti")["id"],
        salesmonth=_changed_sales(derived, known),
        instalment=due.withdrawn,
        credit=credits_.withdrawn,
        invoice=claims.withdrawn,
    )
    proposals = proposed.join(known.proposals, on=SAME_PROPOSAL, how="anti")
    bulk.write(
        batch_id=place.batch_id,
        rows=[
            Rows("invoice", claims.fresh),
            Rows("credit", credits_.fresh),
            Rows("instalment", due.fresh),
            Rows("allocation", shares.fresh),
            Rows("reclassification", _states(derived, known, due)),
            Rows("proposedallocation", proposals),
            Rows("salesmonth", _new_sales(derived, known)),
        ],
        **place.owner,
    )
    counts = {
        "customers": customers.height - customers_before,
        **_documents(claims.fresh, credits_.fresh),
        "allocations": shares.fresh.height,
        "proposals": proposals.height,
        "withdrawn": withdrawn,
    }
    return counts, (*adopted.issues, *issues)


def _documents(claims: pl.DataFrame, credits_: pl.DataFrame) -> dict[str, int]:
    """Count new documents by kind."""
    owed = dict(claims["kind"].value_counts().iter_rows())
    paid = dict(credits_["kind"].value_counts().iter_rows())
    return {
        "invoices": owed.pop("invoice", 0),
        "other_debits": sum(owed.values()),
        "credit_notes": paid.pop("credit_note", 0),
        "payments": paid.pop("payment", 0),
        "other_credits": sum(paid.values()),
    }


def _continued(derived: Derived, known: Live, place: Place) -> tuple[Derived, tuple[Issue, ...]]:
    """Join the export to what the ledger held on its eve: nothing is there twice."""
    names = parties.customer_ids(**place.owner).rename({"code": "customer_code"})
    held = eve.existing(known, names, first_on=place.first_on)
    nothing_held = held.claims.is_empty() and held.credits.is_empty()
    if nothing_held or not eve.has_openings(derived):
        return derived, ()
    continued = continue_from(derived, held)
    parts = {field.name: getattr(continued.documents, field.name) for field in fields(Documents)}
    return replace(derived, **parts), continued.issues


def _side(
    exported: pl.DataFrame, customers: pl.DataFrame, known: pl.DataFrame, table: str, place: Place
) -> Side:
    day = "issued_on" if table == "invoice" else "received_on"
    rows = exported.join(
        customers, left_on="customer_code", right_on="code", how="left", maintain_order="left"
    ).with_columns(
        pl.lit(place.currency).alias("currency"),
        *(pl.col(name).fill_null("").str.slice(0, most) for name, most in CLIPPED.items()),
    )
    compared = difference.documents(
        rows, known, day=day, first_on=place.first_on, last_on=place.last_on
    )
    fresh = _identified(compared.fresh, table)
    every = pl.concat([fresh.select(REF), compared.kept.select(REF)])
    return Side(fresh, every, compared.withdrawn)


def _identified(rows: pl.DataFrame, table: str) -> pl.DataFrame:
    return rows.with_columns(bulk.new_ids(table, rows.height).alias("id"))


def _lines(derived: Derived, claims: Side, known: Live, place: Place) -> difference.Lines:
    """Return the due lines of every claim; those without a date get it from the terms."""
    is_fresh = claims.fresh.select("key", invoice_is_fresh=pl.lit(value=True))
    heads = derived.claims.select("key", "kind", "issued_on", document_on="issued_on")
    rows = (
        derived.instalments.rename({"claim_key": "key"})
        .join(claims.all.drop("amount_cents"), on="key", maintain_order="left")
        .rename({"id": "invoice_id"})
        .join(heads, on="key", how="left", maintain_order="left")
        .join(is_fresh, on="key", how="left", maintain_order="left")
        .with_columns(
            pl.col("invoice_is_fresh").fill_null(value=False),
            pl.lit(place.currency).alias("currency"),
        )
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
    derived: Derived, known: Live, due: difference.Lines, credits_: Side, place: Place
) -> difference.Shares:
    every = _every_line(due, known)
    received = _every_credit(credits_, known)
    exported = (
        due_dates.spread(derived.allocations, every)
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
        first_on=place.first_on,
        last_on=place.last_on,
    )
    staying = known.allocations.join(pl.DataFrame({"id": compared.withdrawn}), on="id", how="anti")
    crowded = [
        difference.crowded_out(staying, compared.fresh, by=by, amounts=amounts)
        for by, amounts in (("instalment_id", every), ("credit_id", received))
    ]
    return difference.Shares(
        fresh=compared.fresh, withdrawn=pl.concat([compared.withdrawn, *crowded]).unique()
    )


def _withdraw(place: Place, **ids: pl.Series) -> int:
    """Withdraw rows by table, children first; return how many documents left."""
    left = 0
    for table, gone in ids.items():
        count = bulk.withdraw(
            tenant_id=place.tenant_id, table=table, ids=gone, batch_id=place.batch_id
        )
        left += count if table in ("credit", "invoice") else 0
    return left


def _changed_sales(derived: Derived, known: Live) -> pl.Series:
    same = ["month", "net_cents", "vat_cents", "cash_cents"]
    spoken = known.sales.join(derived.sales.select("month"), on="month", how="semi")
    return spoken.join(derived.sales, on=same, how="anti")["id"]


def _new_sales(derived: Derived, known: Live) -> pl.DataFrame:
    return derived.sales.join(
        known.sales, on=["month", "net_cents", "vat_cents", "cash_cents"], how="anti"
    )


def _states(derived: Derived, known: Live, due: difference.Lines) -> pl.DataFrame:
    rows = derived.reclassifications.join(
        _every_line(due, known).select(
            "claim_key", position="exported_position", instalment_id="id"
        ),
        on=["claim_key", "position"],
    ).select("instalment_id", "state", "from_on")
    return rows.join(known.reclassifications, on=["instalment_id", "state", "from_on"], how="anti")


def _proposals(
    derived: Derived, known: Live, due: difference.Lines, credits_: Side
) -> pl.DataFrame:
    rows = due_dates.spread(derived.proposals, _every_line(due, known)).join(
        _every_credit(credits_, known).select(credit_key="key", credit_id="id"), on="credit_key"
    )
    return rows.with_columns(pl.col("reason").str.slice(0, LABEL_MAX))
