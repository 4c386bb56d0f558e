"""Hears of imports and payments: discounts follow the accounts, and are granted, within minutes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from encours.discounts.actions import grants
from encours.discounts.models import DiscountOffer
from encours.tenancy.listening import Heard

HEARD: Final = frozenset({"import.applied", "import.undone", "allocation.recorded"})


def is_listening(*, tenant_id: int) -> bool:
    """Say whether anything was ever offered at this tenant."""
    return DiscountOffer.objects.of(tenant_id).exists()


def hear(*, tenant_id: int, facts: Sequence[Heard]) -> None:
    """Settle the discounts of each creditor whose ledger has moved."""
    moved = {one.creditor_id: one.recorded_at.date() for one in facts if one.verb in HEARD}
    for creditor_id, today in moved.items():
        if creditor_id is not None:
            grants.settle(tenant_id=tenant_id, creditor_id=creditor_id, today=today)
