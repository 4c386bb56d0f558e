"""Which rules hold, and what each creditor chose about discounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, cast

from encours.discounts.models import DiscountPolicy, DiscountRule
from encours.discounts.rules.offers import Anchor, Origin, Terms, terms_for
from encours.scoring.models import Score, Segment

Treatment = Literal["kept", "given_back"]


@dataclass(frozen=True, slots=True)
class Policy:
    """A creditor's choices; as shipped: VAT kept, a person grants, nothing in negotiation.

    `negotiation_max` in basis points, 0: no conditional rebate.
    """

    treatment: Treatment = "kept"
    is_automatic: bool = False
    negotiation_max: int = 0


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule as its page lists it; without a customer nor a segment, it is everybody's."""

    id: int
    customer_id: int | None
    customer: str
    segment: str
    basis_points: int
    days: int
    anchor: str
    valid_from: date
    valid_to: date | None
    origin: str

    @property
    def percent(self) -> Decimal:
        """Return the rate in percent."""
        return Decimal(self.basis_points) / 100

    def is_usual(self, on: date) -> bool:
        """Say whether everybody has it on a day: what the conditions of sale must say."""
        ends = self.valid_to is None or on <= self.valid_to
        return self.customer_id is None and not self.segment and self.valid_from <= on and ends


def policy_of(*, tenant_id: int, creditor_id: int) -> Policy:
    """Return what a creditor chose, or what is shipped."""
    row = DiscountPolicy.objects.of(tenant_id).filter(creditor_id=creditor_id).first()
    if row is None:
        return Policy()
    return Policy(cast("Treatment", row.treatment), row.is_automatic, row.negotiation_max)


def terms_in_force(*, tenant_id: int, creditor_id: int, on: date) -> list[Terms]:
    """Return the rules of a creditor that hold on a day."""
    rows = DiscountRule.objects.of(tenant_id).filter(creditor_id=creditor_id, valid_from__lte=on)
    found = [_terms(row) for row in rows.order_by("pk")]
    return [one for one in found if one.covers(on)]


def terms_of(
    *, tenant_id: int, creditor_id: int, customer_ids: Iterable[int], on: date
) -> Mapping[int, Terms]:
    """Return the rule that holds for each of these customers; those without one are left out."""
    rules = terms_in_force(tenant_id=tenant_id, creditor_id=creditor_id, on=on)
    if not rules:
        return {}
    wanted = sorted(set(customer_ids))
    scores = Score.objects.of(tenant_id).filter(customer_id__in=wanted)
    segments = dict(scores.values_list("customer_id", "segment_id"))
    found = {
        one: terms_for(rules, customer_id=one, segment_id=segments.get(one), on=on)
        for one in wanted
    }
    return {customer: terms for customer, terms in found.items() if terms is not None}


def rules_of(*, tenant_id: int, creditor_id: int) -> list[RuleRow]:
    """Return every rule of a creditor, those that hold longest first."""
    rows = list(
        DiscountRule.objects.of(tenant_id)
        .filter(creditor_id=creditor_id)
        .select_related("customer")
        .order_by("-valid_from", "-pk")
    )
    names = dict(segments(tenant_id=tenant_id, creditor_id=creditor_id))
    return [
        RuleRow(
            id=row.pk,
            customer_id=row.customer_id,
            customer=row.customer.name if row.customer else "",
            segment=names.get(row.segment_id or 0, ""),
            basis_points=row.basis_points,
            days=row.days,
            anchor=row.anchor,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            origin=row.origin,
        )
        for row in rows
    ]


def segments(*, tenant_id: int, creditor_id: int) -> list[tuple[int, str]]:
    """Return the segments that a rule may be given to: the creditor's, the organisation's."""
    rows = Segment.objects.of(tenant_id).filter(undone_at=None).order_by("name")
    return [(row.pk, row.name) for row in rows if row.creditor_id in (None, creditor_id)]


def _terms(row: DiscountRule) -> Terms:
    return Terms(
        id=row.pk,
        basis_points=row.basis_points,
        days=row.days,
        anchor=cast("Anchor", row.anchor),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        customer_id=row.customer_id,
        segment_id=row.segment_id,
        origin=cast("Origin", row.origin),
    )
