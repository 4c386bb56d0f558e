"""Penalties and indemnities given up for a customer, the last first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from encours.receivables.models import PenaltyWaiver
from encours.tenancy.queries import people

Kind = Literal["interest", "indemnity"]


@dataclass(frozen=True, slots=True)
class WaiverRow:
    """An amount given up: of what, until when, why, by whom; `released_on`: taken back."""

    id: int
    document: str
    invoice_id: int
    kind: str
    until_on: date
    cents: int
    currency: str
    waived_on: date
    reason: str
    author: str
    released_on: date | None


def waivers(*, tenant_id: int, customer_id: int) -> list[WaiverRow]:
    """Return every waiver of a customer."""
    rows = list(
        PenaltyWaiver.objects.of(tenant_id)
        .filter(customer_id=customer_id)
        .select_related("invoice")
        .order_by("-pk")
    )
    names = people.names_of({row.author_id for row in rows if row.author_id})
    return [
        WaiverRow(
            id=row.pk,
            document=row.invoice.number,
            invoice_id=row.invoice_id,
            kind=row.kind,
            until_on=row.until_on,
            cents=row.cents,
            currency=row.invoice.currency,
            waived_on=row.waived_on,
            reason=row.reason,
            author=names.get(row.author_id or 0, ""),
            released_on=row.released_on,
        )
        for row in rows
    ]


def customer_of(*, tenant_id: int, waiver_id: int) -> int | None:
    """Return whose waiver this is."""
    rows = PenaltyWaiver.objects.of(tenant_id).filter(pk=waiver_id)
    return rows.values_list("customer_id", flat=True).first()
