"""Says when a creditor means to bill interest and indemnities; issuing stays a person's click."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db import transaction

from encours.einvoicing.models import BILLING_MODES, BillingPolicy
from encours.kernel.refusal import Refusal
from encours.tenancy import journal

REMINDERS_MAX: Final = 12


class InvalidPolicy(Refusal):
    """No such policy."""

    message = f"Choisissez toujours, jamais, ou une relance de 1 à {REMINDERS_MAX}."


@transaction.atomic
def set_policy(
    *,
    tenant_id: int,
    creditor_id: int,
    mode: str,
    from_reminder: int,
    actor_id: int | None = None,
    today: date,
) -> None:
    """Keep the choice of a creditor."""
    if mode not in BILLING_MODES or not 1 <= from_reminder <= REMINDERS_MAX:
        raise InvalidPolicy
    told = {"mode": mode, "from_reminder": from_reminder}
    BillingPolicy.objects.of(tenant_id).update_or_create(
        tenant_id=tenant_id, creditor_id=creditor_id, defaults=told
    )
    journal.record(
        "penalties.policy_set",
        tenant_id=tenant_id,
        subject=("creditor", creditor_id),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=creditor_id,
        data=told,
    )
