"""Which payment terms a creditor may use, and which hold where a customer has none.

Its own terms come before its tenant's (docs/decisions, settings of an organisation).
"""

from __future__ import annotations

from django.db.models import F, Q

from encours.parties.models import PaymentTerms
from encours.tenancy.models import TenantQuerySet


def at(tenant_id: int, creditor_id: int | None) -> TenantQuerySet[PaymentTerms]:
    """Return the terms of a creditor itself, or (None) those of its tenant."""
    level = Q(creditor_id=None) if creditor_id is None else Q(creditor_id=creditor_id)
    return PaymentTerms.objects.of(tenant_id).filter(level)


def usable(tenant_id: int, creditor_id: int) -> TenantQuerySet[PaymentTerms]:
    """Return the terms that a creditor may use, its own first, the default before the others."""
    mine = Q(creditor_id=creditor_id) | Q(creditor_id=None)
    found = PaymentTerms.objects.of(tenant_id).filter(mine)
    return found.order_by(F("creditor_id").asc(nulls_last=True), "-is_default", "name", "id")


def default_of(tenant_id: int, creditor_id: int) -> PaymentTerms | None:
    """Return the default terms that hold for a creditor: its own, else its tenant's."""
    return usable(tenant_id, creditor_id).filter(is_default=True).first()
