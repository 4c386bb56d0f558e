"""Erases the words with which people offered a rebate; the offer and its amounts stay."""

from __future__ import annotations

from django.db import transaction

from encours.discounts.models import DiscountOffer


@transaction.atomic
def erase_reasons(*, tenant_id: int, customer_id: int) -> int:
    """Empty the reasons of a customer's offers; return how many had one."""
    rows = DiscountOffer.objects.of(tenant_id).filter(customer_id=customer_id)
    return rows.exclude(reason="").update(reason="")
