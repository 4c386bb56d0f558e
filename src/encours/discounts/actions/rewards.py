"""Decides rewards: a person accepts or declines; nothing is ever given by itself."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db import transaction

from encours.discounts.actions import rules
from encours.discounts.actions.rules import NewRule
from encours.discounts.models import REWARDS, Reward
from encours.discounts.queries.rewards import until
from encours.kernel.refusal import Refusal
from encours.parties.actions import customers
from encours.tenancy import journal

ORIGIN: Final = "reward"


class NotAReward(Refusal):
    """No such gesture, or it was decided already."""

    message = "Ce geste est déjà décidé, ou n'existe pas."


@transaction.atomic
def decide(
    *,
    tenant_id: int,
    customer_id: int,
    kind: str,
    basis_points: int = 0,
    days: int = 0,
    actor_id: int | None = None,
    today: date,
) -> int:
    """Keep what was decided for a good payer; a discount becomes the customer's rule for a year."""
    customer = customers.locked(tenant_id=tenant_id, customer_id=customer_id)
    held = Reward.objects.of(tenant_id).filter(customer_id=customer_id, until_on__gte=today)
    if kind not in REWARDS or held.exists():
        raise NotAReward
    last, rule_id = until(today), None
    if kind == "discount":
        rule = NewRule(
            basis_points=basis_points,
            days=days,
            anchor="before_due",
            valid_from=today,
            valid_to=last,
            customer_id=customer_id,
            origin=ORIGIN,
        )
        rule_id = rules.add_rule(
            tenant_id=tenant_id,
            creditor_id=customer.creditor_id,
            rule=rule,
            actor_id=actor_id,
            today=today,
        )
    row = Reward.objects.create(
        tenant_id=tenant_id,
        creditor_id=customer.creditor_id,
        customer=customer,
        kind=kind,
        decided_on=today,
        until_on=last,
        rule_id=rule_id,
        author_id=actor_id,
    )
    journal.record(
        "discount.reward_decided",
        tenant_id=tenant_id,
        subject=("customer", customer_id),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=customer.creditor_id,
        customer_id=customer_id,
        data={"kind": kind},
    )
    return row.pk
