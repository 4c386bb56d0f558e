"""Sets how often a call is tried, what then, and at which hours one rings."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import transaction

from encours.kernel.refusal import Refusal
from encours.recovery.models import CallPolicy
from encours.recovery.rules.outcomes import TRIES_MAX, Policy, is_policy
from encours.tenancy import journal


class InvalidPolicy(Refusal):
    """Say which values cannot be."""

    message = f"De 1 à {TRIES_MAX} essais, et une heure de début avant l'heure de fin."


@transaction.atomic
def set_policy(
    *,
    tenant_id: int,
    creditor_id: int | None,
    policy: Policy,
    actor_id: int | None = None,
    today: date,
) -> None:
    """Set the habits of a creditor, or (None) of those that have none of their own."""
    if not is_policy(policy):
        raise InvalidPolicy
    place: dict[str, Any] = {"tenant_id": tenant_id, "creditor_id": creditor_id}
    CallPolicy.objects.update_or_create(**place, defaults=asdict(policy))
    _tell("calls.policy_set", tenant_id, creditor_id, actor_id, today)


@transaction.atomic
def inherit_policy(
    *, tenant_id: int, creditor_id: int, actor_id: int | None = None, today: date
) -> None:
    """Follow the organisation's habits again."""
    gone, _ = CallPolicy.objects.of(tenant_id).filter(creditor_id=creditor_id).delete()
    if gone:
        _tell("calls.policy_inherited", tenant_id, creditor_id, actor_id, today)


def _tell(
    verb: str, tenant_id: int, creditor_id: int | None, actor_id: int | None, today: date
) -> None:
    journal.record(
        verb,
        tenant_id=tenant_id,
        subject=("creditor", creditor_id) if creditor_id is not None else ("tenant", tenant_id),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=creditor_id,
    )
