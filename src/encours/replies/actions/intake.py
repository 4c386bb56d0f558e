"""Takes a mail in, once: threaded, read, sealed, and holding the reminders where it should.

What a mail says is looked at outside any transaction; the network, if a service is asked, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final, Literal

from django.db import IntegrityError, transaction
from django.db.models import Q

from encours.messaging import handling
from encours.replies.actions import asking, filing, holding, sealing
from encours.replies.actions.filing import Filed
from encours.replies.models import Inbox, Reply
from encours.replies.queries import clues, senders
from encours.replies.rules.envelope import Envelope, envelope_of
from encours.replies.rules.joined import joined_files
from encours.replies.rules.mail import Mail, mail_of
from encours.replies.rules.proposing import holds, state_of
from encours.replies.rules.reading import read_reply
from encours.replies.rules.references import invoices_cited
from encours.replies.rules.threading import Clues, Thread, thread
from encours.replies.rules.values import WHOLE, AmountSaid, Reading
from encours.tenancy import cycle
from encours.tenancy.journal import record
from encours.tenancy.models import Creditor
from encours.tenancy.scope import in_tenant

TEXT_MAX: Final = 20_000
NUMBERS_MAX: Final = 30
NUMBER_MAX: Final = 40
CLOCKS: Final = timedelta(days=3)
OUR_FAULT: Final = "Ce message n'a pas pu être lu : sa forme n'est pas celle d'un courriel."
Ending = Literal["taken", "known", "not_ours"]


class Unreadable(Exception):
    """A mail that nobody can read; `str()` is the sentence that its user reads."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one mail."""

    ending: Ending
    reply_id: int | None = None


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail as it came, read before any row is touched."""

    raw: bytes
    envelope: Envelope
    mail: Mail
    received_at: datetime

    @property
    def text(self) -> str:
        """Return its words; a mail without any has its subject."""
        return (self.mail.text or self.mail.subject)[:TEXT_MAX].replace("\0", "")

    @property
    def numbers(self) -> tuple[str, ...]:
        """Return the numbers of invoices cited, the subject first."""
        told = f"{self.envelope.subject}\n{self.text}"
        found = [one for one in invoices_cited(told) if len(one) <= NUMBER_MAX]
        return tuple(found[:NUMBERS_MAX])

    def said_on(self, creditor: Creditor) -> date:
        """Return the day its words count from: when it was written, if clocks agree."""
        written = self.envelope.sent_at
        is_sure = written is not None and abs(written - self.received_at) < CLOCKS
        return cycle.local_now(
            creditor, written if is_sure and written else self.received_at
        ).date()


def arrived(raw: bytes, *, received_at: datetime) -> Arrived:
    """Read a mail; raises Unreadable, and nothing else, whatever it contains."""
    try:
        return Arrived(raw, envelope_of(raw), mail_of(raw), received_at)
    except Exception as problem:  # whatever somebody wrote: the one that follows is read
        raise Unreadable(OUR_FAULT) from problem


def take_mail(
    *, tenant_id: int, inbox_id: int, raw: bytes, received_at: datetime, now: datetime
) -> Taken:
    """Take one mail in, outside any transaction; raises Unreadable."""
    came = arrived(raw, received_at=received_at)
    with in_tenant(tenant_id):
        inbox = Inbox.objects.of(tenant_id).select_related("creditor__tenant").get(pk=inbox_id)
        before = _known(inbox, came)
        if before is not None:
            return Taken("known", before)
        found, known = _thread(inbox, came)
    if not found.is_ours and not (inbox.takes_all and not _is_own(inbox, came)):
        return Taken("not_ours")
    reading, filed = _read(inbox, came), _filed(inbox, came, found, now)
    with in_tenant(tenant_id):
        try:
            with transaction.atomic():
                reply = _keep(inbox, came, reading, found, filed=filed, now=now)
        except IntegrityError:  # another worker took it meanwhile
            return Taken("known", _known(inbox, came))
        if reading[0].kind == "bounce":
            _bounced(reply, reading[0], known, now)
    return Taken("taken", reply.pk)


def _known(inbox: Inbox, came: Arrived) -> int | None:
    same = Q(digest=_digest(came))
    if came.envelope.message_id:
        same |= Q(message_key=_key(came))
    rows = Reply.objects.of(inbox.tenant_id).filter(same, creditor_id=inbox.creditor_id)
    return rows.values_list("pk", flat=True).first()


def _key(came: Arrived) -> str:
    told = came.envelope.message_id
    return sha256(told.encode("utf-8", "replace")).hexdigest() if told else ""


def _digest(came: Arrived) -> str:
    return sha256(came.raw).hexdigest()


def _is_own(inbox: Inbox, came: Arrived) -> bool:
    """Say whether we wrote it ourselves: a copy, or our own message forwarded into the box."""
    creditor = inbox.creditor
    ours = {one.lower() for one in (creditor.sender_email, creditor.reply_to) if one}
    return came.envelope.sender in ours


def _thread(inbox: Inbox, came: Arrived) -> tuple[Thread, Clues]:
    if _is_own(inbox, came):
        return Thread(), Clues()
    found = clues.clues_of(
        tenant_id=inbox.tenant_id,
        creditor_id=inbox.creditor_id,
        envelope=came.envelope,
        numbers=came.numbers,
    )
    return thread(found), found


def _read(inbox: Inbox, came: Arrived) -> tuple[Reading, str]:
    """Return what it says, and who read it: our rules, or the service that was chosen."""
    mail = came.mail
    reading = read_reply(
        came.text,
        received=came.said_on(inbox.creditor),
        is_automatic=mail.is_automatic,
        bounce=mail.bounce,
    )
    if reading.is_abstained:
        asked = asking.asked(inbox, reading)
        if asked is not None:
            return asked, "service"
    return reading, "rules"


def _filed(inbox: Inbox, came: Arrived, found: Thread, now: datetime) -> Filed:
    """Keep what is joined; what a machine sends back is our own message."""
    if came.mail.is_automatic or came.mail.bounce is not None:
        return Filed()
    return filing.file_all(
        joined_files(came.raw),
        inbox,
        customer_id=found.customer_id,
        line_ids=found.line_ids,
        today=cycle.local_now(inbox.creditor, now).date(),
    )


def _keep(
    inbox: Inbox,
    came: Arrived,
    read: tuple[Reading, str],
    found: Thread,
    *,
    filed: Filed,
    now: datetime,
) -> Reply:
    reading, reader = read
    creditor, today = inbox.creditor, cycle.local_now(inbox.creditor, now).date()
    has_customer = found.customer_id is not None
    state = state_of(reading.kind, is_abstained=reading.is_abstained, has_customer=has_customer)
    reply = Reply.objects.create(
        tenant_id=inbox.tenant_id,
        creditor_id=inbox.creditor_id,
        inbox=inbox,
        customer_id=found.customer_id,
        message_id=found.message_id,
        message_key=_key(came),
        digest=_digest(came),
        received_at=came.received_at,
        reader=reader,
        instalment_ids=list(found.line_ids),
        document_ids=list(filed.document_ids),
        numbers=list(came.numbers),
        evidence=found.evidence,
        candidates=list(found.candidates),
        sender_digest=senders.sender_digest(came.envelope.sender),
        is_automatic=came.mail.is_automatic,
        state=state,
        **_said(reading, creditor),
    )
    reply.words = sealing.sealed(
        tenant_id=reply.tenant_id, reply_id=reply.pk, values=_words(came, reading, filed)
    )
    if holds(state, has_customer=has_customer):
        reply.hold_id = holding.hold(reply, creditor, days=inbox.hold_days, today=today)
    reply.save(update_fields=["words", "hold_id"])
    record(
        "reply.received",
        tenant_id=reply.tenant_id,
        subject=("reply", reply.pk),
        effective_on=today,
        creditor_id=reply.creditor_id,
        customer_id=reply.customer_id,
        data={"kind": reply.kind, "state": reply.state},
    )
    return reply


def _said(reading: Reading, creditor: Creditor) -> dict[str, Any]:
    amount = reading.amount
    return {
        "kind": reading.kind,
        "confidence": round(reading.confidence * 100),
        "is_abstained": reading.is_abstained,
        "language": reading.language[:5],
        "said_on": reading.said_on,
        "amount_cents": amount.cents if amount else None,
        "currency": amount.currency if amount and amount.cents is not None else creditor.currency,
        "share": _share(amount),
        "cause": reading.cause,
    }


def _share(amount: AmountSaid | None) -> str:
    if amount is None or amount.share is None:
        return ""
    return "balance" if amount.share == WHOLE else str(amount.share)[:12]


def _words(came: Arrived, reading: Reading, filed: Filed) -> dict[str, Any]:
    """Return what is sealed: everything that a person wrote, or that says who it is."""
    return {
        "sender": came.envelope.sender,
        "name": came.envelope.sender_name,
        "subject": came.envelope.subject,
        "text": came.text,
        "own": reading.own_text[:TEXT_MAX].replace("\0", ""),
        "why": list(reading.why),
        "others": [one.kind for one in reading.others],
        "address": reading.address,
        "reference": reading.reference,
        "message_id": came.envelope.message_id,
        "attachments": list(came.envelope.attachments),
        "refused_files": list(filed.refused),
        "refused": reading.bounce.recipient if reading.bounce else "",
    }


def _bounced(reply: Reply, reading: Reading, known: Clues, now: datetime) -> None:
    """Mark our message and its contact, when the notice is for good and names who received it."""
    told = reading.bounce
    if told is None or not told.is_permanent:
        return
    for one in known.by_reference:
        if one.message_id == reply.message_id and told.recipient in ("", *one.recipients):
            handling.record_bounce(
                tenant_id=reply.tenant_id,
                message_id=one.message_id,
                sentence=f"Message revenu : {told.status or 'adresse refusée'}.",
                now=now,
            )
