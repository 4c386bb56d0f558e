"""One reminder as its page shows it, and which reminders a salesperson may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from encours.dunning.models import Reminder
from encours.dunning.queries import plans
from encours.dunning.queries.plans import PlannedMessage
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
    message: PlannedMessage


def one_reminder(*, tenant_id: int, reminder_id: int) -> ReminderCard | None:
    """Return one reminder whatever became of it, or None."""
    rows = Reminder.objects.of(tenant_id).select_related("customer")
    found = rows.filter(pk=reminder_id).first()
    if found is None:
        return None
    return ReminderCard(
        creditor_id=found.creditor_id,
        planned_on=found.planned_on,
        sent_on=found.sent_on,
        decided_at=found.decided_at,
        edited=found.edited,
        salesperson_id=found.customer.salesperson_id,
        message=plans.one_message(tenant_id=tenant_id, reminder_id=reminder_id),
    )


def own_customers(*, tenant_id: int, salesperson_id: int) -> frozenset[int]:
    """Return the customers of one salesperson."""
    mine = Customer.objects.of(tenant_id).filter(salesperson_id=salesperson_id)
    return frozenset(mine.values_list("id", flat=True))
