"""What a step sets going once it is sent, told in the journal for those who act on it.

Orders are held and files handed over at once (`holds`); next actions are planned by who hears of
it (`recovery.actions.following`; docs/decisions/0080).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from encours.dunning.actions import holds
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
        if effect in holds.KINDS:
            holds.hold(
                tenant_id=tenant_id, customer_id=customer_id, effect=effect, step=step, on=on
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
