"""Payment terms of a creditor as its settings page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Subquery

from encours.parties.models import Customer, PaymentTerms


@dataclass(frozen=True, slots=True)
class TermsRow:
    """Payment terms, whether a person confirmed them, and how many customers have them."""

    id: int
    creditor_id: int
    code: str
    name: str
    definition: Mapping[str, Any]
    is_default: bool
    confirmed_at: datetime | None
    customers: int


def terms_of(*, tenant_id: int, creditor_id: int) -> list[TermsRow]:
    """Return a creditor's terms, the default first."""
    users = (
        Customer.objects.of(tenant_id)
        .filter(terms_id=OuterRef("id"))
        .order_by()
        .values("terms_id")
        .annotate(number=Count("id"))
        .values("number")
    )
    rows = PaymentTerms.objects.of(tenant_id).filter(creditor_id=creditor_id)
    found = rows.annotate(customers=Subquery(users)).order_by("-is_default", "name", "id")
    return [
        TermsRow(
            id=row.pk,
            creditor_id=row.creditor_id,
            code=row.code,
            name=row.name,
            definition=row.definition,
            is_default=row.is_default,
            confirmed_at=row.confirmed_at,
            customers=row.customers or 0,
        )
        for row in found
    ]


def terms_creditor(*, tenant_id: int, terms_id: int) -> int | None:
    """Return whose terms these are, for the check of rights."""
    found = PaymentTerms.objects.of(tenant_id).filter(id=terms_id)
    return found.values_list("creditor_id", flat=True).first()
