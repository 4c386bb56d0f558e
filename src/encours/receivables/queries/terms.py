"""Payment terms of a creditor as its settings page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Subquery

from encours.parties import usual_terms
from encours.parties.models import Customer, PaymentTerms


@dataclass(frozen=True, slots=True)
class TermsRow:
    """Payment terms, whether a person confirmed them, and how many customers they hold for.

    The default in force of a creditor holds for those who have no terms of their own as well.
    `creditor_id` None: the tenant's. `is_in_force`: the default that holds where these are shown.
    """

    id: int
    creditor_id: int | None
    code: str
    name: str
    definition: Mapping[str, Any]
    is_default: bool
    confirmed_at: datetime | None
    customers: int
    is_in_force: bool


def terms_of(*, tenant_id: int, creditor_id: int | None) -> list[TermsRow]:
    """Return the terms that a creditor may use, or (None) the tenant's; the default first."""
    users = (
        Customer.objects.of(tenant_id)
        .filter(terms_id=OuterRef("id"))
        .order_by()
        .values("terms_id")
        .annotate(number=Count("id"))
        .values("number")
    )
    if creditor_id is None:
        rows = usual_terms.at(tenant_id, None).order_by("-is_default", "name", "id")
    else:
        rows = usual_terms.usable(tenant_id, creditor_id)
    found = list(rows.annotate(customers=Subquery(users)))
    without = 0
    if creditor_id is not None:
        without = Customer.objects.of(tenant_id).filter(terms=None, creditor_id=creditor_id).count()
    holding = next((row.pk for row in found if row.is_default), None)
    return [
        TermsRow(
            id=row.pk,
            creditor_id=row.creditor_id,
            code=row.code,
            name=row.name,
            definition=row.definition,
            is_default=row.is_default,
            confirmed_at=row.confirmed_at,
            customers=(row.customers or 0) + (without if row.pk == holding else 0),
            is_in_force=row.pk == holding,
        )
        for row in sorted(found, key=lambda row: row.pk != holding)
    ]


def terms_creditor(*, tenant_id: int, terms_id: int) -> tuple[bool, int | None]:
    """Return whether the terms exist, and whose they are (None: the tenant's), for the rights."""
    row = PaymentTerms.objects.of(tenant_id).filter(id=terms_id).values_list("creditor_id").first()
    return (row is not None, row[0] if row else None)
