"""Again and now: what a person asks of messages that did not leave, or not yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from encours.dunning.actions.decisions import approve
from encours.dunning.actions.outgoing import KIND
from encours.dunning.models import Reminder
from encours.kernel.refusal import Refusal
from encours.messaging import handling
from encours.tenancy import journal


class PlannedAgain(Refusal):
    """The plan has taken this step up again by itself."""

    message = "Cette relance est déjà revenue dans le plan : approuvez-la là-bas."


@transaction.atomic
def retry(*, tenant_id: int, message_id: int, user_id: int, now: datetime) -> None:
    """Send a failed or bounced reminder again; everything is decided anew before it leaves."""
    message = handling.requeue(tenant_id=tenant_id, message_id=message_id, now=now)
    if message.kind != KIND:
        return
    reminder = Reminder.objects.of(tenant_id).select_for_update().get(pk=message.subject_id)
    same = Reminder.objects.of(tenant_id).filter(
        creditor_id=reminder.creditor_id,
        customer_id=reminder.customer_id,
        currency=reminder.currency,
        step_code=reminder.step_code,
        cycle=reminder.cycle,
        rehearsal=reminder.rehearsal,
    )
    if same.exclude(pk=reminder.pk).exclude(state="cancelled").exists():
        raise PlannedAgain
    reminder.state = "approved"
    reminder.save(update_fields=["state"])
    journal.record(
        "message.retried",
        tenant_id=tenant_id,
        subject=("message", message_id),
        effective_on=now.date(),
        actor_id=user_id,
        creditor_id=reminder.creditor_id,
        customer_id=reminder.customer_id,
    )


@transaction.atomic
def send_now(
    *,
    tenant_id: int,
    creditor_id: int,
    reminder_ids: Sequence[int] | None = None,
    user_id: int,
    on: date,
    now: datetime,
) -> int:
    """Approve the day's messages, or some, and let them leave whatever the hour."""
    approve(
        tenant_id=tenant_id,
        creditor_id=creditor_id,
        reminder_ids=reminder_ids,
        user_id=user_id,
        on=on,
        now=now,
        at_once=True,
    )
    handling.hurry(tenant_id=tenant_id, creditor_id=creditor_id, subject_ids=reminder_ids, now=now)
    left = Reminder.objects.of(tenant_id).filter(
        creditor_id=creditor_id, planned_on=on, state="approved"
    )
    if reminder_ids is not None:
        left = left.filter(pk__in=list(reminder_ids))
    return left.count()
