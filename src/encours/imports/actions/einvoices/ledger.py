"""Writes electronic invoices into the ledger: documents, due lines, VAT by rate, settlements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl
from django.db import connection

from encours.imports.actions import due_dates
from encours.imports.actions.einvoices import buyers, control, records, settling
from encours.imports.actions.einvoices.place import Document, Place, Written
from encours.imports.queries import einvoices as queries
from encours.imports.rules.einvoices import due as due_rules
from encours.imports.rules.einvoices import matching
from encours.imports.rules.einvoices.decide import Act, Decision
from encours.imports.rules.einvoices.document import Einvoice
from encours.kernel.issue import Issue
from encours.receivables.actions import bulk
from encours.receivables.actions import due_dates as ledger_due_dates
from encours.receivables.actions.bulk import Rows
from encours.receivables.rules import terms as terms_rules
from encours.receivables.rules.terms_text import parse_terms

WRITTEN: Final = (Act.NEW, Act.AGAIN)
LINES: Final = {
    "key": pl.String,
    "invoice_id": pl.Int64,
    "customer_id": pl.Int64,
    "issued_on": pl.Date,
    "currency": pl.String,
    "invoice_is_fresh": pl.Boolean,
    "kind": pl.String,
    "position": pl.Int64,
    "due_on": pl.Date,
    "amount_cents": pl.Int64,
}
WITHDRAWN: Final = """
select '{table}', t.id from receivables_{table} t
where t.tenant_id = %(tenant)s and t.undone_at is null and t.{column} = any(%(ids)s)
"""


@dataclass(frozen=True, slots=True)
class _New:
    """A document to be written: its decision, its customer and the ids taken for it."""

    decision: Decision
    customer_id: int
    id: int
    deposit_id: int | None = None

    @property
    def invoice(self) -> Einvoice:
        return self.decision.invoice

    @property
    def key(self) -> str:
        return matching.key_of(self.invoice)


def write(decisions: Sequence[Decision], place: Place) -> Written:
    """Write what enters, complete what was known; returns the rows and the control."""
    entering = [one for one in decisions if one.act in {*WRITTEN, Act.COMPLETE}]
    if not entering:
        return Written()
    customer_ids, created = buyers.customers_of(entering, place)
    pairs = list(zip(entering, customer_ids, strict=True))
    fresh = [(one, customer) for one, customer in pairs if one.act in WRITTEN]
    known = [(one, customer) for one, customer in pairs if one.act is Act.COMPLETE]
    withdrawn = _withdraw_rejected([one for one, _customer in fresh], place)
    debits = _numbered([pair for pair in fresh if not pair[0].invoice.is_credit], "invoice")
    notes = _numbered([pair for pair in fresh if pair[0].invoice.is_credit], "credit")
    debits = _with_deposits(debits)
    lines, issues = _lines(debits, place)
    documents = (
        *(Document(n.decision, n.customer_id, n.id, None, n.deposit_id) for n in debits),
        *(Document(n.decision, n.customer_id, None, n.id) for n in notes),
        *(_completed(one, customer) for one, customer in known),
    )
    bulk.write(
        batch_id=place.batch_id,
        rows=[
            Rows("invoice", pl.DataFrame([_invoice(n) for n in debits], schema=bulk.INVOICES)),
            Rows("credit", pl.DataFrame(_credits(debits, notes), schema=bulk.CREDITS)),
            Rows("instalment", lines),
            Rows("vatpart", records.vat_parts(documents, place)),
        ],
        **place.owner,
    )
    more = _say_due_dates([one for one in documents if one.decision.act is Act.COMPLETE], place)
    allocations = settling.settle(documents, place)
    records.keep(documents, place)
    counts = {
        "customers": created,
        "invoices": len(debits),
        "credit_notes": len(notes),
        "other_credits": sum(1 for one in debits if one.deposit_id),
        "allocations": allocations,
        "withdrawn": withdrawn,
        "completed": len(known),
    }
    return Written(
        documents=documents,
        counts=counts,
        control=control.of(documents, place),
        issues=(*issues, *more),
    )


def _numbered(pairs: Sequence[tuple[Decision, int]], table: str) -> list[_New]:
    ids = bulk.new_ids(table, len(pairs)).to_list()
    return [_New(one, customer, pk) for (one, customer), pk in zip(pairs, ids, strict=True)]


def _with_deposits(debits: Sequence[_New]) -> list[_New]:
    """Take an id for the deposit that an invoice says was paid before."""
    paid = [one for one in debits if one.invoice.totals.prepaid_cents > 0]
    ids = dict(zip([one.id for one in paid], bulk.new_ids("credit", len(paid)), strict=True))
    return [_New(one.decision, one.customer_id, one.id, ids.get(one.id)) for one in debits]


def _invoice(new: _New) -> dict[str, Any]:
    return {**_document(new), "kind": "invoice", "issued_on": new.invoice.issued_on}


def _credits(debits: Sequence[_New], notes: Sequence[_New]) -> list[dict[str, Any]]:
    rows = [
        {**_document(new), "kind": "credit_note", "received_on": new.invoice.issued_on}
        for new in notes
    ]
    for new in debits:
        if new.deposit_id is None:
            continue
        deposit = {
            "id": new.deposit_id,
            "kind": "deposit",
            "number": "",
            "received_on": new.invoice.issued_on,
            "amount_cents": new.invoice.totals.prepaid_cents,
            "net_cents": None,
            "vat_cents": None,
            "key": f"{new.key}|A",
            "label": f"Acompte déduit de la facture {new.invoice.number}"[:200],
        }
        rows.append({**_document(new), **deposit})
    return rows


def _document(new: _New) -> dict[str, Any]:
    invoice, totals = new.invoice, new.invoice.totals
    return {
        "id": new.id,
        "customer_id": new.customer_id,
        "number": invoice.number[:80],
        "currency": invoice.currency,
        "amount_cents": abs(totals.owed_cents),
        "net_cents": abs(totals.net_cents),
        "vat_cents": abs(totals.vat_cents),
        "key": new.key,
        "entry_on": None,
        "journal": "",
        "entry_number": "",
        "piece": invoice.order_number[:80],
        "label": "",
    }


def _lines(debits: Sequence[_New], place: Place) -> tuple[pl.DataFrame, list[Issue]]:
    """Return the due lines of new invoices: dates read, else by the terms of customer or text."""
    rows: list[dict[str, Any]] = []
    issues: list[Issue] = []
    for new in debits:
        parts, found = due_rules.parts(new.invoice)
        issues.extend(found)
        rows.extend(
            {
                "key": new.key,
                "invoice_id": new.id,
                "customer_id": new.customer_id,
                "issued_on": new.invoice.issued_on,
                "currency": new.invoice.currency,
                "invoice_is_fresh": True,
                "kind": "invoice",
                "position": position,
                "due_on": part.due_on,
                "amount_cents": part.cents,
            }
            for position, part in enumerate(parts, start=1)
        )
    frame = pl.DataFrame(rows, schema=LINES)
    termed = due_dates.with_terms(frame, **place.owner)
    texts = {new.id: new.invoice for new in debits if new.invoice.terms_text}
    said = termed.with_columns(
        pl.struct("invoice_id", "due_on", "due_source")
        .map_elements(lambda row: _by_text(row, texts), return_dtype=pl.Date)
        .alias("due_on")
    )
    return said.with_columns(
        bulk.new_ids("instalment", said.height).alias("id"),
        lineage_id=pl.lit(None, pl.Int64),
    ), issues


def _by_text(row: Mapping[str, Any], texts: Mapping[int, Einvoice]) -> date | None:
    """Return the date that the terms in words give (BT-20), where nothing surer is known."""
    due_on: date | None = row["due_on"]
    invoice = texts.get(row["invoice_id"])
    if row["due_source"] != "terms_assumed" or invoice is None:
        return due_on
    terms = parse_terms(invoice.terms_text)
    if isinstance(terms, Issue) or len(terms.parts) != 1:
        return due_on
    cut = terms_rules.due_dates(terms, invoice.issued_on, abs(invoice.totals.owed_cents) or 1)
    return cut[0].due_on


def _completed(decision: Decision, customer_id: int) -> Document:
    assert decision.twin is not None
    is_credit = decision.invoice.is_credit
    return Document(
        decision,
        decision.twin.customer_id or customer_id,
        None if is_credit else decision.twin.id,
        decision.twin.id if is_credit else None,
    )


def _say_due_dates(documents: Sequence[Document], place: Place) -> list[Issue]:
    """Give known invoices the dates that their electronic form says, where they were computed."""
    invoices = {one.invoice_id: one for one in documents if one.invoice_id is not None}
    held: dict[int, list[tuple[date, int, str]]] = {pk: [] for pk in invoices}
    for pk, due_on, cents, source in queries.line_dates(
        tenant_id=place.tenant_id, invoice_ids=list(invoices)
    ):
        held[pk].append((due_on, cents, source))
    wanted: list[dict[str, Any]] = []
    issues: list[Issue] = []
    for pk, one in invoices.items():
        parts, found = due_rules.parts(one.decision.invoice)
        said = [(part.due_on, part.cents) for part in parts if part.due_on is not None]
        now = [(due_on, cents) for due_on, cents, _source in held[pk]]
        if not said or not now or sum(cents for _on, cents in now) != sum(c for _on, c in said):
            continue
        issues.extend(found)
        if all(source == "read" for _on, _cents, source in held[pk]):
            if sorted(now) != sorted(said):
                issues.append(_other_date(one.decision.invoice))
            continue
        wanted.extend({"invoice_id": pk, "due_on": on, "amount_cents": c} for on, c in said)
    schema = {name: LINES[name] for name in ("invoice_id", "due_on", "amount_cents")}
    ledger_due_dates.replace_lines(place.act, pl.DataFrame(wanted, schema=schema))
    return issues


def _other_date(invoice: Einvoice) -> Issue:
    return Issue(
        "other_due_date",
        f"L'échéance de {invoice.number} n'est pas celle du registre, qui est gardée.",
        column="BT-9",
        severity="warning",
    )


def _withdraw_rejected(decisions: Sequence[Decision], place: Place) -> int:
    """Withdraw the rejected invoices that these ones replace: never validly issued, not owed."""
    twins = [one.twin.id for one in decisions if one.act is Act.AGAIN and one.twin is not None]
    if not twins:
        return 0
    lines = [row[0] for row in queries.open_lines(tenant_id=place.tenant_id, invoice_ids=twins)]
    owned = (
        ("allocation", "instalment_id", lines),
        ("proposedallocation", "instalment_id", lines),
        ("reclassification", "instalment_id", lines),
        ("vatpart", "invoice_id", twins),
        ("instalment", "id", lines),
        ("invoice", "id", twins),
    )
    for table, column, ids in owned:
        with connection.cursor() as cursor:
            query = WITHDRAWN.format(table=table, column=column)
            cursor.execute(query, {"tenant": place.tenant_id, "ids": ids})
            found = pl.Series([pk for _table, pk in cursor.fetchall()], dtype=pl.Int64)
        bulk.withdraw(tenant_id=place.tenant_id, table=table, ids=found, batch_id=place.batch_id)
    records.withdraw(twins, place)
    return len(twins)
