"""Letters on paper: printed one by one or as a batch with the facts of now, marked as posted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from encours.dunning.actions import effects
from encours.dunning.actions.outgoing import HeldBack, letter_of
from encours.dunning.actions.served import bad_address
from encours.dunning.models import Reminder
from encours.kernel.refusal import Refusal
from encours.messaging import handling
from encours.messaging.models import Message
from encours.postal import sheets
from encours.postal.actions import postings
from encours.tenancy import journal

PRINTED: Final = "courrier.pdf"
BATCH_MAX: Final = 500


class TooMany(Refusal):
    """A batch is one PDF, read and printed at once."""

    message = f"Imprimez au plus {BATCH_MAX} courriers à la fois."


class NothingToPrint(Refusal):
    """Every letter was held back, or none was chosen."""

    message = "Aucun de ces courriers ne peut partir : voyez la raison de chacun."


class InTheFuture(Refusal):
    """A letter is posted when it is."""

    message = "La date de dépôt ne peut pas être à venir."


@dataclass(frozen=True, slots=True)
class Held:
    """A letter that must not leave any more, or not there: why."""

    message_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """The letters of a batch in one PDF, in order; `held` stayed out of it."""

    pdf: bytes
    printed: tuple[int, ...]
    held: tuple[Held, ...]


@transaction.atomic
def print_letter(*, tenant_id: int, message_id: int, now: datetime) -> bytes:
    """Typeset a waiting letter, unless it must not leave any more, and keep it as printed."""
    message = handling.waiting_letter(tenant_id=tenant_id, message_id=message_id)
    return _printed(message, place=0, is_duplex=False, now=now)


@transaction.atomic
def print_batch(
    *, tenant_id: int, message_ids: Sequence[int], is_duplex: bool, user_id: int, now: datetime
) -> Batch:
    """Typeset these letters as one PDF, in the order given; one that is held back is left out.

    A letter printed again takes its place in the new batch: the franking list shows the last.
    """
    if len(message_ids) > BATCH_MAX:
        raise TooMany
    pdfs, printed, held = list[bytes](), list[int](), list[Held]()
    for message_id in message_ids:
        message = handling.waiting_letter(tenant_id=tenant_id, message_id=message_id)
        reason = bad_address(tenant_id=tenant_id, customer_id=message.customer_id)
        if not reason:
            try:
                place = len(printed) + 1
                pdfs.append(_printed(message, place=place, is_duplex=is_duplex, now=now))
            except HeldBack as refusal:
                reason = str(refusal)
        if reason:
            held.append(Held(message_id, reason))
        else:
            printed.append(message_id)
    if not printed:
        raise NothingToPrint(" ".join(dict.fromkeys(one.reason for one in held)))
    journal.record(
        "letters.printed",
        tenant_id=tenant_id,
        subject=("message", printed[0]),
        effective_on=now.date(),
        actor_id=user_id,
        data={"printed": len(printed), "held": len(held)},
    )
    return Batch(sheets.merged(pdfs, is_duplex=is_duplex), tuple(printed), tuple(held))


@transaction.atomic
def mark_posted(
    *,
    tenant_id: int,
    message_id: int,
    posted_on: date,
    number: str = "",
    user_id: int,
    now: datetime,
) -> None:
    """Record that a letter was posted, under its registered number: its step counts from then."""
    if posted_on > now.date():
        raise InTheFuture
    message = handling.waiting_letter(tenant_id=tenant_id, message_id=message_id)
    if not handling.contents(tenant_id=tenant_id, message_id=message_id):
        _printed(message, place=0, is_duplex=False, now=now)
    handling.record_posted(tenant_id=tenant_id, message_id=message_id, now=now)
    postings.record_posted(
        tenant_id=tenant_id,
        message_id=message_id,
        posted_on=posted_on,
        number=number,
        user_id=user_id,
    )
    reminder = Reminder.objects.of(tenant_id).select_for_update().get(pk=message.subject_id)
    if reminder.state != "sent":
        reminder.state, reminder.sent_on = "sent", posted_on
        reminder.save(update_fields=["state", "sent_on"])
        effects.record_of(reminder)
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


def _printed(message: Message, *, place: int, is_duplex: bool, now: datetime) -> bytes:
    tenant_id = message.tenant_id
    pdf = letter_of(tenant_id=tenant_id, reminder_id=message.subject_id, now=now)
    handling.keep_letter(tenant_id=tenant_id, message_id=message.pk, name=PRINTED, pdf=pdf)
    postings.record_printed(
        tenant_id=tenant_id, message=message, pdf=pdf, place=place, is_duplex=is_duplex, now=now
    )
    return pdf
