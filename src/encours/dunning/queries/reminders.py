"""One reminder as its page shows it, and which reminders a salesperson may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from encours.dunning.models import Reminder
from encours.dunning.queries import plans
from encours.dunning.queries.plans import PlannedMessage
from encours.parties import faces
from encours.parties.models import Customer


@dataclass(frozen=True, slots=True)
class ReminderCard:
    """A reminder with its lines, and what a person made of it."""

    creditor_id: int
    planned_on: date
    sent_on: date | None
    decided_at: datetime | None
    edited: dict[str, Any]
    salesperson_id: int | None
    collector_id: int | None
    message: PlannedMessage


def one_reminder(*, tenant_id: int, reminder_id: int) -> ReminderCard | None:
    """Return one reminder whatever became of it, or None."""
    found = Reminder.objects.of(tenant_id).filter(pk=reminder_id).first()
    if found is None:
        return None
    shown_id = faces.face_of(tenant_id=tenant_id, customer_id=found.customer_id)
    customer = Customer.objects.of(tenant_id).get(pk=shown_id)
    return ReminderCard(
        creditor_id=found.creditor_id,
        planned_on=found.planned_on,
        sent_on=found.sent_on,
        decided_at=found.decided_at,
        edited=found.edited,
        salesperson_id=customer.salesperson_id,
        collector_id=customer.collector_id,
        message=plans.one_message(tenant_id=tenant_id, reminder_id=reminder_id),
    )


def creditors_of(*, tenant_id: int, reminder_ids: Iterable[int]) -> dict[int, int]:
    """Return whose reminders these are, by id; one that is not of this tenant is left out."""
    found = Reminder.objects.of(tenant_id).filter(pk__in=list(reminder_ids))
    return dict(found.values_list("pk", "creditor_id"))


def one_by_one(*, tenant_id: int, creditor_id: int, on: date, ids: Iterable[int] | None) -> int:
    """Count the day's messages, or those of them, that wait to be approved one by one."""
    waiting = Reminder.objects.of(tenant_id).filter(
        creditor_id=creditor_id, planned_on=on, state="planned", approval="each"
    )
    return (waiting if ids is None else waiting.filter(pk__in=list(ids))).count()


def own_customers(*, tenant_id: int, people: tuple[int, ...]) -> frozenset[int]:
    """Return the customers whom these people sell to or collect from."""
    rows = Customer.objects.of(tenant_id).filter(
        Q(salesperson_id__in=people) | Q(collector_id__in=people)
    )
    mine = set(rows.values_list("id", flat=True))
    for merged, face in faces.faces(tenant_id).iter_rows():
        if face in mine:
            mine.add(merged)
        else:
            mine.discard(merged)
    return frozenset(mine)
