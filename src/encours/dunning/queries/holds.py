"""Customers whose orders are held, or whose file was handed over, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from encours.parties import faces
from encours.standing.models import StandingFact


@dataclass(frozen=True, slots=True)
class OrderHold:
    """Held since a day, for a reason; `by_step`: a step did, and orders' settling lifts it."""

    fact_id: int
    starts_on: date
    reason: str
    by_step: bool


def in_force(
    *, tenant_id: int, customer_id: int, on: date, kind: str = "orders_held"
) -> OrderHold | None:
    """Return what holds a customer's orders on that day, or its fact of another kind."""
    family = faces.family_of(tenant_id=tenant_id, customer_id=customer_id)
    row = _rows(tenant_id, on, kind).filter(customer_id__in=family).order_by("pk").first()
    if row is None:
        return None
    return OrderHold(row.pk, row.starts_on, row.reason, "step" in row.details)


def held_customers(*, tenant_id: int, on: date) -> set[int]:
    """Return the customers whose orders are held on that day, as one sees them."""
    found = _rows(tenant_id, on, "orders_held").values_list("customer_id", flat=True)
    shown = dict(faces.faces(tenant_id).iter_rows())
    return {shown.get(one, one) for one in found}


def _rows(tenant_id: int, on: date, kind: str) -> Any:
    open_ended = Q(ends_on=None) | Q(ends_on__gte=on)
    rows = StandingFact.objects.of(tenant_id).filter(open_ended, undone_at=None)
    return rows.filter(kind=kind, instalment=None, starts_on__lte=on)
