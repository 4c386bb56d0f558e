"""Subscribers, what they were told, and each call, as their pages and the API show them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from encours.webhooks.models import Attempt, Delivery, Subscription


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    """A subscriber, and what waits for it or was given up."""

    id: int
    creditor_id: int | None
    url: str
    description: str
    events: tuple[str, ...]
    is_active: bool
    created_at: datetime
    waiting: int
    dead: int


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One fact for one subscriber."""

    id: int
    subscription_id: int
    uuid: UUID
    fact_id: int | None
    verb: str
    subject_type: str
    subject_id: int
    state: str
    failures: int
    created_at: datetime
    next_at: datetime | None
    ended_at: datetime | None
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One call and its answer."""

    id: int
    at: datetime
    duration_ms: int
    status: int | None
    error: str
    request_head: str
    response_head: str
    response_body: str


def subscriptions(
    *,
    tenant_id: int,
    creditor_ids: Collection[int] | None = None,
    subscription_id: int | None = None,
    after: int = 0,
    limit: int | None = None,
) -> list[SubscriptionRow]:
    """Return the subscribers of some creditors; those of every creditor only to who sees all."""
    rows = Subscription.objects.of(tenant_id).filter(ended_at=None, pk__gt=after)
    if creditor_ids is not None:
        rows = rows.filter(creditor_id__in=creditor_ids)
    if subscription_id is not None:
        rows = rows.filter(pk=subscription_id)
    found = list(rows.order_by("pk")[:limit])
    own = Delivery.objects.of(tenant_id).filter(subscription_id__in=[row.pk for row in found])
    counted = own.values("subscription_id").annotate(
        waiting=Count("pk", filter=Q(state="waiting")), dead=Count("pk", filter=Q(state="dead"))
    )
    counts = {row["subscription_id"]: (row["waiting"], row["dead"]) for row in counted.order_by()}
    return [
        SubscriptionRow(
            id=row.pk,
            creditor_id=row.creditor_id,
            url=row.url,
            description=row.description,
            events=tuple(row.events),
            is_active=row.is_active,
            created_at=row.created_at,
            waiting=counts.get(row.pk, (0, 0))[0],
            dead=counts.get(row.pk, (0, 0))[1],
        )
        for row in found
    ]


def deliveries(
    *,
    tenant_id: int,
    subscription_id: int,
    state: str = "",
    after: int = 0,
    latest_first: bool = False,
    offset: int = 0,
    limit: int | None = None,
) -> list[DeliveryRow]:
    """Return what a subscriber was or will be told."""
    rows = Delivery.objects.of(tenant_id).filter(subscription_id=subscription_id, pk__gt=after)
    if state:
        rows = rows.filter(state=state)
    end = None if limit is None else offset + limit
    found = rows.order_by("-pk" if latest_first else "pk")[offset:end]
    return [_delivery(row) for row in found]


def one_delivery(*, tenant_id: int, delivery_id: int) -> DeliveryRow | None:
    """Return one delivery."""
    row = Delivery.objects.of(tenant_id).filter(pk=delivery_id).first()
    return _delivery(row) if row else None


def attempts(*, tenant_id: int, delivery_id: int) -> list[AttemptRow]:
    """Return the calls of a delivery, the latest first."""
    names = tuple(AttemptRow.__dataclass_fields__)
    rows = Attempt.objects.of(tenant_id).filter(delivery_id=delivery_id).order_by("-pk")
    return [AttemptRow(*values) for values in rows.values_list(*names)]


def due(*, tenant_id: int, now: datetime) -> list[int]:
    """Return the subscribers for whom something may be told now."""
    rows = Delivery.objects.of(tenant_id).filter(
        Q(next_at=None) | Q(next_at__lte=now), state="waiting", subscription__is_active=True
    )
    return sorted(set(rows.values_list("subscription_id", flat=True)))


def _delivery(row: Delivery) -> DeliveryRow:
    values = {name: getattr(row, name) for name in DeliveryRow.__dataclass_fields__ if name != "id"}
    return DeliveryRow(id=row.pk, **values)
