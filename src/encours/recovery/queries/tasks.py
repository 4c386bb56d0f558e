"""Next actions: those of a customer, and those that are due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from encours.parties import faces
from encours.recovery.models import Task


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One next action."""

    id: int
    creditor_id: int
    customer_id: int
    kind: str
    due_on: date
    due_at: datetime | None
    text: str
    collector_id: int | None
    ended_at: datetime | None
    is_dropped: bool


def tasks_due(
    *, tenant_id: int, creditor_ids: Sequence[int] | None = None, on: date
) -> list[TaskRow]:
    """Return what is to be done by a day, the oldest first."""
    rows = Task.objects.of(tenant_id).filter(ended_at=None, due_on__lte=on)
    if creditor_ids is not None:
        rows = rows.filter(creditor_id__in=list(creditor_ids))
    return [_row(one) for one in rows.order_by("due_on", "pk")]


def tasks_of(*, tenant_id: int, customer_id: int, ended: int = 5) -> list[TaskRow]:
    """Return a customer's next actions, those to come first, then the last ones ended."""
    family = faces.family_of(tenant_id=tenant_id, customer_id=customer_id)
    rows = Task.objects.of(tenant_id).filter(customer_id__in=family)
    waiting = [_row(one) for one in rows.filter(ended_at=None).order_by("due_on", "pk")]
    over = rows.exclude(ended_at=None).order_by("-ended_at", "-pk")[:ended]
    return [*waiting, *(_row(one) for one in over)]


def task_owner(*, tenant_id: int, task_id: int) -> int | None:
    """Return whose customer an action is about."""
    rows = Task.objects.of(tenant_id).filter(pk=task_id)
    return rows.values_list("customer_id", flat=True).first()


def _row(one: Task) -> TaskRow:
    return TaskRow(
        one.pk,
        one.creditor_id,
        one.customer_id,
        one.kind,
        one.due_on,
        one.due_at,
        one.text,
        one.collector_id,
        one.ended_at,
        one.is_dropped,
    )
