"""Erases the words of standing facts that are over; their kind and dates stay."""

from __future__ import annotations

from django.db import transaction

from encours.standing.models import StandingFact


@transaction.atomic
def erase_reasons(*, tenant_id: int, customer_id: int) -> int:
    """Empty reasons and details of a customer's facts; return how many had some."""
    rows = StandingFact.objects.of(tenant_id).filter(customer_id=customer_id)
    worded = rows.exclude(reason="", details={})
    return worded.update(reason="", details={})
