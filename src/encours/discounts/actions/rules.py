"""Keeps rules of discount and a creditor's choices about them; nothing is overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from encours.discounts.models import TREATMENTS, DiscountPolicy, DiscountRule
from encours.discounts.rules.offers import ANCHORS, DAYS_MAX, PERCENT_MAX, Origin
from encours.kernel.refusal import Refusal
from encours.parties.models import Customer
from encours.scoring.models import Segment
from encours.tenancy import journal
from encours.tenancy.models import Creditor


class InvalidRule(Refusal):
    """Say what is wrong in a rule."""


class NoSuchRule(Refusal):
    """It is another's, or was never there."""

    message = "Cette règle d'escompte n'existe pas."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRule:
    """A rule as it is given: to a customer, a segment, or everybody."""

    basis_points: int
    days: int
    anchor: str
    valid_from: date
    valid_to: date | None = None
    customer_id: int | None = None
    segment_id: int | None = None
    origin: Origin = "step"


@transaction.atomic
def add_rule(
    *, tenant_id: int, creditor_id: int, rule: NewRule, actor_id: int | None = None, today: date
) -> int:
    """Keep a rule; two rules of the same customers never share a day. Returns its id."""
    _check(rule)
    # the creditor's row is the queue: two rules given at once see each other
    Creditor.objects.of(tenant_id).select_for_update(no_key=True).get(pk=creditor_id)
    _check_whose(tenant_id, creditor_id, rule)
    whose = Q(customer=rule.customer_id, segment_id=rule.segment_id)
    same = DiscountRule.objects.of(tenant_id).filter(whose, creditor_id=creditor_id)
    meets = Q(valid_to=None) | Q(valid_to__gte=rule.valid_from)
    if rule.valid_to is not None:
        meets &= Q(valid_from__lte=rule.valid_to)
    if same.filter(meets).exists():
        raise InvalidRule("Une autre règle vaut déjà pour ces clients à ces dates : terminez-la.")
    row = DiscountRule.objects.create(
        tenant_id=tenant_id,
        creditor_id=creditor_id,
        customer_id=rule.customer_id,
        segment_id=rule.segment_id,
        basis_points=rule.basis_points,
        days=rule.days,
        anchor=rule.anchor,
        valid_from=rule.valid_from,
        valid_to=rule.valid_to,
        origin=rule.origin,
        author_id=actor_id,
    )
    told = {"points": rule.basis_points, "days": rule.days, "anchor": rule.anchor}
    _record("discount.rule_added", row, actor_id, today, told)
    return row.pk


@transaction.atomic
def end_rule(*, tenant_id: int, rule_id: int, actor_id: int | None = None, today: date) -> None:
    """Stop offering by a rule from today on; what was offered stays offered."""
    rows = DiscountRule.objects.of(tenant_id).select_for_update(no_key=True)
    row = rows.filter(pk=rule_id).first()
    if row is None:
        raise NoSuchRule
    if row.valid_to is not None and row.valid_to < today:
        raise InvalidRule("Cette règle est déjà terminée.")
    last = max(today - timedelta(days=1), row.valid_from - timedelta(days=1))
    DiscountRule.objects.of(tenant_id).filter(pk=row.pk).update(valid_to=last)
    _record("discount.rule_ended", row, actor_id, today, {})


@transaction.atomic
def set_policy(
    *,
    tenant_id: int,
    creditor_id: int,
    treatment: str,
    is_automatic: bool,
    negotiation_max: int,
    actor_id: int | None = None,
    today: date,
) -> None:
    """Say what a creditor does with the VAT, grants by itself, and lets people offer at most."""
    if treatment not in TREATMENTS or not 0 <= negotiation_max <= PERCENT_MAX:
        raise InvalidRule(f"La remise en négociation va de 0 à {PERCENT_MAX // 100} %.")
    told = {
        "treatment": treatment,
        "is_automatic": is_automatic,
        "negotiation_max": negotiation_max,
    }
    DiscountPolicy.objects.of(tenant_id).update_or_create(
        tenant_id=tenant_id, creditor_id=creditor_id, defaults=told
    )
    journal.record(
        "discount.policy_set",
        tenant_id=tenant_id,
        subject=("creditor", creditor_id),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=creditor_id,
        data=told,
    )


def _check(rule: NewRule) -> None:
    if not 0 < rule.basis_points <= PERCENT_MAX:
        raise InvalidRule(f"L'escompte va jusqu'à {PERCENT_MAX // 100} %.")
    if rule.anchor not in ANCHORS or not 0 <= rule.days <= DAYS_MAX:
        raise InvalidRule(f"Le délai va de 0 à {DAYS_MAX} jours.")
    if rule.valid_to is not None and rule.valid_to < rule.valid_from:
        raise InvalidRule("La règle finit avant d'avoir commencé.")
    if rule.customer_id is not None and rule.segment_id is not None:
        raise InvalidRule("Une règle vaut pour un client ou pour un segment, pas pour les deux.")


def _check_whose(tenant_id: int, creditor_id: int, rule: NewRule) -> None:
    if rule.customer_id is not None:
        rows = Customer.objects.of(tenant_id).filter(pk=rule.customer_id, creditor_id=creditor_id)
        if not rows.exists():
            raise InvalidRule("Ce client n'existe pas.")
    if rule.segment_id is not None:
        told = Segment.objects.of(tenant_id).filter(pk=rule.segment_id, undone_at=None)
        if not told.filter(Q(creditor_id=None) | Q(creditor_id=creditor_id)).exists():
            raise InvalidRule("Ce segment n'existe pas.")


def _record(
    verb: str, row: DiscountRule, actor_id: int | None, today: date, told: dict[str, Any]
) -> None:
    journal.record(
        verb,
        tenant_id=row.tenant_id,
        subject=("customer", row.customer_id) if row.customer_id else ("creditor", row.creditor_id),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=row.creditor_id,
        customer_id=row.customer_id,
        data={"rule": row.pk, **told},
    )
