"""Settles what e-invoices say is settled: deposits taken off, credit notes of a named invoice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from encours.imports.actions.einvoices.place import Document, Place
from encours.imports.queries import einvoices as queries
from encours.imports.rules.einvoices import matching
from encours.imports.rules.einvoices.decide import Act
from encours.receivables.actions import bulk
from encours.receivables.actions.bulk import Rows


@dataclass(frozen=True, slots=True)
class _Claim:
    """A credit to be set against an invoice, up to an amount."""

    credit_id: int
    payer_id: int
    invoice_id: int
    cents: int
    on: date


def settle(documents: Sequence[Document], place: Place) -> int:
    """Set deposits and credit notes against the invoices that the documents name."""
    claims = [*_deposits(documents), *_notes(documents, place)]
    if not claims:
        return 0
    opened: dict[int, list[list[Any]]] = defaultdict(list)
    asked = sorted({one.invoice_id for one in claims})
    for row in queries.open_lines(tenant_id=place.tenant_id, invoice_ids=asked):
        opened[row[1]].append(list(row))
    rows = [share for claim in claims for share in _shares(claim, opened[claim.invoice_id])]
    schema = {name: kind for name, kind in bulk.ALLOCATIONS.items() if name != "id"}
    bulk.write(
        batch_id=place.batch_id,
        rows=[Rows("allocation", pl.DataFrame(rows, schema=schema))],
        **place.owner,
    )
    return len(rows)


def _deposits(documents: Sequence[Document]) -> list[_Claim]:
    return [
        _Claim(
            one.deposit_id,
            one.customer_id,
            one.invoice_id,
            one.decision.invoice.totals.prepaid_cents,
            one.decision.invoice.issued_on,
        )
        for one in documents
        if one.deposit_id is not None and one.invoice_id is not None
    ]


def _notes(documents: Sequence[Document], place: Place) -> list[_Claim]:
    """Return the new credit notes with the invoice of their customer that they correct."""
    fresh = [one for one in documents if one.decision.act is not Act.COMPLETE]
    notes = [one for one in fresh if one.credit_id is not None]
    numbers = {ref.number for one in notes for ref in one.decision.invoice.preceding}
    known = queries.documents(**place.owner, numbers=numbers, is_credit=False)
    claims = []
    for one in notes:
        invoice = one.decision.invoice
        corrected = [
            other
            for other in known
            if other.customer_id == one.customer_id
            and other.currency == invoice.currency
            and any(matching.same_number(other.number, ref.number) for ref in invoice.preceding)
        ]
        left = abs(invoice.totals.owed_cents)
        for other in corrected:
            assert one.credit_id is not None
            cents = min(left, other.amount_cents)
            left -= cents
            if cents:
                claims.append(
                    _Claim(one.credit_id, one.customer_id, other.id, cents, invoice.issued_on)
                )
    return claims


def _shares(claim: _Claim, lines: list[list[Any]]) -> list[dict[str, Any]]:
    """Spread a claim over the open lines, oldest first, and take it off them."""
    left, shares = claim.cents, []
    for line in lines:
        line_id, _invoice, customer_id, issued_on, due_on, currency, opened = line
        part = min(left, opened)
        if part <= 0:
            continue
        left -= part
        line[6] = opened - part
        shares.append(
            {
                "credit_id": claim.credit_id,
                "instalment_id": line_id,
                "customer_id": customer_id,
                "payer_id": claim.payer_id,
                "issued_on": issued_on,
                "due_on": due_on,
                "currency": currency,
                "amount_cents": part,
                "effective_on": max(claim.on, issued_on),
                "origin": "reference",
                "letter": "",
                "lettered_on": None,
            }
        )
    return shares
