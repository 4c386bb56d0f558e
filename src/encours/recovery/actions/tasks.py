"""Next actions: planned by a person or by a call, done or dropped by a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from encours.kernel.refusal import Refusal
from encours.parties import faces
from encours.parties.actions import customers
from encours.recovery.models import TASK_KINDS, Task
from encours.tenancy import journal

TEXT_MAX: Final = 300


class InvalidTask(Refusal):
    """Say what a next action lacks."""


class NoSuchTask(Refusal):
    """Done already, or never planned."""

    message = "Cette action est déjà terminée."


@dataclass(frozen=True, slots=True)
class NewTask:
    """A next action as somebody says it; without a collector it is for who follows the customer."""

    kind: str
    due_on: date
    text: str = ""
    collector_id: int | None = None
    due_at: datetime | None = None


@transaction.atomic
def plan_task(
    *,
    tenant_id: int,
    customer_id: int,
    task: NewTask,
    call_id: int | None = None,
    actor_id: int | None = None,
    now: datetime,
    today: date,
) -> int:
    """Plan a next action about a customer and return its id."""
    if task.kind not in TASK_KINDS:
        raise InvalidTask("Choisissez la nature de l'action.")
    if task.due_on < today:
        raise InvalidTask("La date de l'action est passée.")
    customer = customers.locked(tenant_id=tenant_id, customer_id=customer_id)
    made = Task.objects.create(
        tenant_id=tenant_id,
        creditor_id=customer.creditor_id,
        customer_id=customer_id,
        kind=task.kind,
        due_on=task.due_on,
        due_at=task.due_at,
        text=" ".join(task.text.split())[:TEXT_MAX],
        collector_id=task.collector_id,
        call_id=call_id,
        author_id=actor_id,
        created_at=now,
    )
    _tell("task.planned", made, actor_id, today)
    return made.pk


@transaction.atomic
def end_task(
    *,
    tenant_id: int,
    task_id: int,
    is_dropped: bool = False,
    actor_id: int | None = None,
    now: datetime,
    today: date,
) -> None:
    """Say that a next action was done, or dropped."""
    rows = Task.objects.of(tenant_id).select_for_update()
    task = rows.filter(pk=task_id, ended_at=None).first()
    if task is None:
        raise NoSuchTask
    task.ended_at, task.ended_by_id, task.is_dropped = now, actor_id, is_dropped
    task.save(update_fields=["ended_at", "ended_by_id", "is_dropped"])
    _tell("task.dropped" if is_dropped else "task.done", task, actor_id, today)


def locked_tasks(*, tenant_id: int, customer_id: int, task_ids: Sequence[int]) -> list[Task]:
    """Lock these actions of a customer and return those that still wait."""
    if not task_ids:
        return []
    family = faces.family_of(tenant_id=tenant_id, customer_id=customer_id)
    rows = Task.objects.of(tenant_id).select_for_update().order_by("pk")
    found = rows.filter(pk__in=list(task_ids), customer_id__in=family, ended_at=None)
    return list(found)


def _tell(verb: str, task: Task, actor_id: int | None, today: date) -> None:
    journal.record(
        verb,
        tenant_id=task.tenant_id,
        subject=("task", task.pk),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=task.creditor_id,
        customer_id=task.customer_id,
        data={"kind": task.kind, "due_on": task.due_on.isoformat()},
    )
