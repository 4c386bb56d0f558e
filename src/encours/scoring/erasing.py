"""Erases the words with which people chose a profile; the profile and its dates stay."""

from __future__ import annotations

from django.db import transaction

from encours.scoring.models import ChosenProfile


@transaction.atomic
def erase_reasons(*, tenant_id: int, customer_id: int) -> int:
    """Empty the reasons of a customer's chosen profiles; return how many had one."""
    rows = ChosenProfile.objects.of(tenant_id).filter(customer_id=customer_id)
    return rows.exclude(reason="").update(reason="")
