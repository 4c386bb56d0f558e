"""Portfolios: who sells to a customer and who collects from it, given by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from django.db import transaction

from encours.kernel.refusal import Refusal
from encours.parties.models import Customer
from encours.tenancy import journal
from encours.tenancy.models import Membership

FIELDS: Final = {"salesperson": "salesperson_id", "collector": "collector_id"}
RULE_FIELDS: Final = {"salesperson": "salesperson_rule_id", "collector": "collector_rule_id"}


class InvalidPortfolio(Refusal):
    """Say what is wrong in what was asked."""


@transaction.atomic
def assign(
    *,
    tenant_id: int,
    customer_ids: Sequence[int],
    part: str,
    user_id: int | None,
    actor_id: int | None = None,
    today: date,
) -> int:
    """Give customers their salesperson or collector, or nobody; returns how many.

    What a person gave, no rule takes; given to nobody, a customer is the rules' again.
    """
    if part not in FIELDS:
        raise InvalidPortfolio("Choisissez commercial ou chargé de recouvrement.")
    if user_id is not None:
        require_member(tenant_id=tenant_id, user_id=user_id)
    rows = Customer.objects.of(tenant_id).filter(id__in=list(customer_ids))
    count = rows.update(**{FIELDS[part]: user_id, RULE_FIELDS[part]: None})
    journal.record(
        "customers.assigned",
        tenant_id=tenant_id,
        subject=("tenant", tenant_id),
        effective_on=today,
        actor_id=actor_id,
        data={"part": part, "user": user_id, "count": count},
    )
    return count


def require_member(*, tenant_id: int, user_id: int) -> None:
    """Refuse somebody who does not work here."""
    if not Membership.objects.of(tenant_id).filter(user_id=user_id).exists():
        raise InvalidPortfolio("Cette personne n'est pas de l'organisation.")
