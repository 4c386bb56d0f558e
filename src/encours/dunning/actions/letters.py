"""Letters on paper: printed with the facts of now, kept as printed, marked as posted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.db import transaction

from encours.dunning.actions.outgoing import letter_of
from encours.dunning.models import Reminder
from encours.messaging import handling
from encours.tenancy import journal

PRINTED: Final = "courrier.pdf"


@transaction.atomic
def print_letter(*, tenant_id: int, message_id: int, now: datetime) -> bytes:
    """Typeset a waiting letter, unless it must not leave any more, and keep it as printed."""
    message = handling.waiting_letter(tenant_id=tenant_id, message_id=message_id)
    pdf = letter_of(tenant_id=tenant_id, reminder_id=message.subject_id, now=now)
    handling.keep_letter(tenant_id=tenant_id, message_id=message_id, name=PRINTED, pdf=pdf)
    return pdf


@transaction.atomic
def mark_posted(
    *, tenant_id: int, message_id: int, posted_on: date, user_id: int, now: datetime
) -> None:
    """Record that a letter was posted: its step counts from that day."""
    message = handling.waiting_letter(tenant_id=tenant_id, message_id=message_id)
    if not handling.contents(tenant_id=tenant_id, message_id=message_id):
        print_letter(tenant_id=tenant_id, message_id=message_id, now=now)
    handling.record_posted(tenant_id=tenant_id, message_id=message_id, now=now)
    reminder = Reminder.objects.of(tenant_id).select_for_update().get(pk=message.subject_id)
    if reminder.state != "sent":
        reminder.state, reminder.sent_on = "sent", posted_on
        reminder.save(update_fields=["state", "sent_on"])
    journal.record(
        "letter.posted",
        tenant_id=tenant_id,
        subject=("reminder", reminder.pk),
        effective_on=posted_on,
        actor_id=user_id,
        creditor_id=reminder.creditor_id,
        customer_id=reminder.customer_id,
        data={"step": reminder.step_code, "message": message_id},
    )
