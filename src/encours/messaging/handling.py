"""What a person does with the outbox: again, now, posted by hand; and what left, to be read."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from django.db import transaction
from django.db.models import PositiveSmallIntegerField, Value
from django.db.models.functions import Greatest

from encours.kernel.refusal import Refusal
from encours.messaging import jobs
from encours.messaging.models import Message, MessageContent
from encours.messaging.ports import PREPARERS
from encours.messaging.rules.offers import ON_PHONE
from encours.messaging.rules.pace import FIRST, NOW

ENDED_BADLY: Final = ("failed", "bounced")
ON_PAPER: Final = ("letter", "registered")
ERROR_MAX: Final = 500


class NotToRetry(Refusal):
    """It left, it is leaving, or it was withdrawn."""

    message = "Ce message ne peut pas être renvoyé."


class NotALetter(Refusal):
    """No letter waits under this number."""

    message = "Ce courrier n'attend pas d'être posté."


@dataclass(frozen=True, slots=True)
class Kept:
    """One file kept with a message: the bytes that left, or were attached."""

    name: str
    content_type: str
    body: bytes


def requeue(*, tenant_id: int, message_id: int, now: datetime) -> Message:
    """Put a failed or bounced message back in the queue; written again before it leaves."""
    message = Message.objects.of(tenant_id).select_for_update().filter(pk=message_id).first()
    if message is None or message.state not in ENDED_BADLY:
        raise NotToRetry
    message.state, message.attempts, message.last_error = "reserved", 0, ""
    message.send_after, message.next_attempt_at = now, None
    message.save(update_fields=["state", "attempts", "last_error", "send_after", "next_attempt_at"])
    jobs.wake(tenant_id)
    return message


def hurry(
    *,
    tenant_id: int,
    creditor_id: int,
    subject_ids: Sequence[int] | None = None,
    now: datetime,
) -> int:
    """Let what waits for the send window leave at once, but for what rings; returns how many."""
    waiting = Message.objects.of(tenant_id).filter(
        creditor_id=creditor_id, state="reserved", send_after__gt=now
    )
    waiting = waiting.exclude(channel__in=ON_PHONE)
    if subject_ids is not None:
        waiting = waiting.filter(subject_id__in=list(subject_ids))
    count = waiting.update(
        send_after=now,
        precedence=Greatest("precedence", Value(NOW), output_field=PositiveSmallIntegerField()),
    )
    if count:
        jobs.wake(tenant_id)
    return count


def waiting_letter(*, tenant_id: int, message_id: int) -> Message:
    """Return a letter that is still to be posted, locked."""
    message = (
        Message.objects.of(tenant_id)
        .select_for_update()
        .filter(pk=message_id, channel__in=ON_PAPER, state="reserved")
        .first()
    )
    if message is None:
        raise NotALetter
    return message


def keep_letter(*, tenant_id: int, message_id: int, name: str, pdf: bytes) -> None:
    """Keep the letter as it was last printed: the evidence of what is posted."""
    contents = MessageContent.objects.of(tenant_id).filter(message_id=message_id)
    contents.delete()
    MessageContent.objects.create(
        tenant_id=tenant_id,
        message_id=message_id,
        name=name,
        content_type="application/pdf",
        body=zlib.compress(pdf, 1),
    )
    Message.objects.of(tenant_id).filter(pk=message_id).update(digest=sha256(pdf).hexdigest())


def record_posted(*, tenant_id: int, message_id: int, now: datetime) -> None:
    """Write that a letter was posted."""
    Message.objects.of(tenant_id).filter(pk=message_id).update(
        state="sent", sent_at=now, last_error=""
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An e-mail that its owner wrote and a person wants sent; its preparer writes the bytes."""

    tenant_id: int
    creditor_id: int
    customer_id: int | None
    kind: str
    subject_id: int
    rehearsal: bool
    now: datetime


def queue_email(wanted: Wanted) -> int:
    """Put an e-mail in the outbox to leave at once; the same subject again is the same message."""
    message, is_new = Message.objects.of(wanted.tenant_id).get_or_create(
        tenant_id=wanted.tenant_id,
        kind=wanted.kind,
        subject_id=wanted.subject_id,
        channel="email",
        defaults={
            "creditor_id": wanted.creditor_id,
            "customer_id": wanted.customer_id,
            "rehearsal": wanted.rehearsal,
            "send_after": wanted.now,
            "precedence": FIRST,
        },
    )
    if is_new:
        jobs.wake(wanted.tenant_id)
    return message.pk


@transaction.atomic
def record_bounce(*, tenant_id: int, message_id: int, sentence: str, now: datetime) -> bool:
    """Write that a message that had left came back; its owner is told. False when it was known."""
    came_back = Message.objects.of(tenant_id).filter(
        pk=message_id, state__in=("sent", "uncertain"), channel="email"
    )
    message = came_back.select_for_update().first()
    if message is None:
        return False
    came_back.update(state="bounced", last_error=sentence[:ERROR_MAX])
    PREPARERS[message.kind].conclude(
        tenant_id=tenant_id,
        channel=message.channel,
        subject_id=message.subject_id,
        outcome="bounced",
        now=now,
    )
    return True


def end_call(*, tenant_id: int, subject_id: int, has_been: bool, now: datetime) -> None:
    """Close the row of a reminder's call, if one waits: made by a person, or not to be made."""
    waiting = Message.objects.of(tenant_id).filter(
        kind="reminder", subject_id=subject_id, channel="call", state="reserved"
    )
    if has_been:
        waiting.update(state="sent", sent_at=now)
    else:
        waiting.update(state="withdrawn")


def contents(*, tenant_id: int, message_id: int) -> list[Kept]:
    """Return the files kept with a message, the message itself first."""
    rows = MessageContent.objects.of(tenant_id).filter(message_id=message_id).order_by("pk")
    return [Kept(one.name, one.content_type, zlib.decompress(bytes(one.body))) for one in rows]
