"""What a step sets going once it is sent, told in the journal for those who act on it.

`hold_orders`, `task` and `hand_over` are acted on above: this package only says so, once a reminder
(docs/decisions/0070).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from encours.dunning.models import Reminder
from encours.tenancy import journal


def record(
    effects: Iterable[str],
    *,
    tenant_id: int,
    creditor_id: int,
    customer_id: int,
    reminder_id: int,
    step: str,
    on: date,
) -> None:
    """Write one fact for each effect of the step that was just sent."""
    for effect in effects:
        journal.record(
            "step.effect",
            tenant_id=tenant_id,
            subject=("reminder", reminder_id),
            effective_on=on,
            creditor_id=creditor_id,
            customer_id=customer_id,
            data={"effect": effect, "step": step},
        )


def record_of(reminder: Reminder) -> None:
    """Write the facts of a reminder that a person sent."""
    assert reminder.sent_on is not None, reminder.pk
    record(
        reminder.effects,
        tenant_id=reminder.tenant_id,
        creditor_id=reminder.creditor_id,
        customer_id=reminder.customer_id,
        reminder_id=reminder.pk,
        step=reminder.step_code,
        on=reminder.sent_on,
    )
