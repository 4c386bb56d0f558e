"""A reminder as each channel carries it: an e-mail, a short text, a letter for whoever posts it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast
from uuid import UUID

from encours.documents.cipher import Damaged
from encours.dunning.actions.served import serving
from encours.dunning.queries.luggage import NOTHING, Luggage
from encours.dunning.queries.outgoing import Outgoing
from encours.dunning.rules.short import short_text, variables
from encours.messaging.letterhead import reply_to
from encours.messaging.ports import (
    LETTER_PRESSES,
    Account,
    Email,
    File,
    Letter,
    LetterKind,
    Prepared,
    Text,
    TextChannelKind,
    Withdrawn,
)
from encours.messaging.rules import html, mime, plain
from encours.messaging.rules.address import Mailbox
from encours.messaging.rules.notice import Notice
from encours.tenancy import cycle
from encours.tenancy.models import Creditor

log = logging.getLogger(__name__)
PDF: Final = "application/pdf"
NO_ADDRESS: Final = "Aucune adresse e-mail utilisable."
NO_MOBILE: Final = "Aucun numéro de mobile utilisable."
NO_SHORT_TEXT: Final = "Une mise en demeure ne tient pas dans un message court."
NO_TEMPLATE: Final = "Aucun modèle WhatsApp approuvé n'est réglé pour cette étape."
REFUSED: Final = "Le destinataire ne veut plus recevoir de messages courts."
NO_POST: Final = "Aucune adresse postale complète."
STATEMENT_NAMES: Final = {"fr": "releve-de-compte", "en": "statement-of-account"}
REHEARSED: Final = "Répétition : rien n'est posté."


@dataclass(frozen=True, slots=True)
class Leaving:
    """A reminder decided and worded, its message's uuid, and the account it would leave by."""

    one: Outgoing
    notice: Notice
    creditor: Creditor
    account: Account
    channel: str
    uuid: UUID
    now: datetime
    mark: str
    paper: Notice | None = None  # what its letter says, where it has words of its own
    luggage: Luggage = NOTHING
    statement: Notice | None = None
    own_number: str = ""
    refused: frozenset[str] = frozenset()

    @property
    def is_rehearsal(self) -> bool:
        """Say whether nothing may leave except to the user's own address."""
        return self.one.reminder.rehearsal

    def closed(self, reason: str) -> Withdrawn:
        """Return that this way out is closed."""
        return Withdrawn(reason, self.mark, by_this_channel=True)


def parcel(leaving: Leaving) -> Prepared | Withdrawn:
    """Return the reminder as its channel carries it, or why this way out is closed."""
    return BUILDERS[leaving.channel](leaving)


def _email(leaving: Leaving) -> Prepared | Withdrawn:
    one, creditor, notice = leaving.one, leaving.creditor, leaving.notice
    address = creditor.rehearsal_email if leaving.is_rehearsal else one.recipient.email
    if not address:
        return leaving.closed(NO_ADDRESS)
    files = tuple(_typeset(leaving))
    sender = creditor.sender_email or creditor.email
    mail = mime.Mail(
        message_id=mime.message_id(leaving.uuid, sender),
        prepared_at=cycle.local_now(creditor, leaving.now),
        sender=Mailbox(sender, _from(leaving)),
        to=(Mailbox(address, "" if leaving.is_rehearsal else one.recipient.name),),
        subject=notice.subject,
        text=plain.text_body(notice),
        html=html.html_body(notice),
        reply_to=_answers_to(leaving),
        attachments=(
            *(mime.Attachment(file.name, file.body) for file in files),
            *_opened(leaving.luggage),
        ),
        language=notice.language,
    )
    email = Email(mail.message_id, sender, mime.recipients(mail), mime.mime_bytes(mail))
    return Prepared(email, leaving.account, notice.subject, leaving.mark, files)


def _from(leaving: Leaving) -> str:
    """Return the name that is shown: a collector's, the person's and the creditor's, or the latter.

    The address stays the creditor's own: only its domain says that we may write for it.
    """
    if leaving.one.draft.mandate is not None:
        return leaving.notice.sender.name
    name = leaving.creditor.sender_name or leaving.creditor.name
    return f"{leaving.one.writer} ({name})" if leaving.one.writer else name


def _answers_to(leaving: Leaving) -> Mailbox | None:
    """Return where answers go: where they are read, else to the person who writes."""
    read_here = reply_to(leaving.creditor, leaving.uuid)
    writer, sender = leaving.one.writer, leaving.notice.sender
    if leaving.one.draft.mandate is not None and not leaving.creditor.settings.get("reply_tags"):
        return Mailbox(sender.email, sender.name) if sender.email else read_here
    if writer is None or leaving.creditor.settings.get("reply_tags"):
        return read_here
    return Mailbox(writer.email, str(writer))


def _typeset(leaving: Leaving) -> Iterator[File]:
    """Yield what is written for this message: the letter itself, the statement of the account."""
    step, press = leaving.one.draft.step, LETTER_PRESSES["typst"]
    if step.kind == "formal_notice" or "letter" in step.attachments:
        yield File(f"{step.code}.pdf", PDF, press.typeset(leaving.paper or leaving.notice))
    if leaving.statement is not None:
        name = STATEMENT_NAMES[leaving.notice.language]
        yield File(f"{name}.pdf", PDF, press.typeset(leaving.statement))


def _opened(luggage: Luggage) -> Iterator[mime.Attachment]:
    """Yield the files of the invoices; one that was damaged does not keep the message back."""
    for file in luggage.files:
        try:
            yield mime.Attachment(file.name, file.content(), file.content_type)
        except Damaged:
            log.warning("a kept file could not be joined: %s", file.uuid)


def _letter(leaving: Leaving) -> Prepared | Withdrawn:
    notice = leaving.paper or leaving.notice
    if leaving.is_rehearsal:
        return leaving.closed(REHEARSED)
    channel = cast("LetterKind", leaving.channel)
    if channel == "eregistered" and not leaving.one.recipient.email:
        return leaving.closed(NO_ADDRESS)
    if channel != "eregistered" and not notice.addressee.address:
        return leaving.closed(NO_POST)
    to = leaving.one.recipient
    served = serving(
        leaving.creditor,
        leaving.one.reminder.customer_id,
        channel=channel,
        email=to.email,
        contact=to.name,
        today=leaving.one.draft.today,
    )
    if served.refusal:
        return leaving.closed(served.refusal)
    letter = Letter(
        message_id=str(leaving.uuid),
        channel=channel,
        sender=(notice.sender.name, *notice.sender.address),
        recipient=(notice.addressee.name, *notice.addressee.address),
        pdf=LETTER_PRESSES["typst"].typeset(notice),
        email=to.email if channel == "eregistered" else "",
        options=served.options,
    )
    return Prepared(letter, leaving.account, notice.subject, leaving.mark)


def _text(leaving: Leaving) -> Prepared | Withdrawn:
    """Write a short text; in rehearsal it goes to the user's own number or nowhere."""
    one, given = leaving.one, dict(leaving.account.settings)
    number = leaving.own_number if leaving.is_rehearsal else one.recipient.mobile
    body = short_text(leaving.notice, stop=given.get("stop", ""))
    if not body:
        return leaving.closed(NO_SHORT_TEXT)
    if not number:
        return leaving.closed(NO_MOBILE)
    if number in leaving.refused:
        return leaving.closed(REFUSED)
    channel = cast("TextChannelKind", leaving.channel)
    template = ""
    if channel == "whatsapp":
        template = template_of(given.get("templates", ""), one)
        if not template:
            return leaving.closed(NO_TEMPLATE)
    text = Text(
        message_id=str(leaving.uuid),
        channel=channel,
        sender=given.get("sender", ""),
        recipient=number,
        body=body,
        template=template,
        variables=tuple(variables(leaving.notice).items()) if template else (),
    )
    return Prepared(text, leaving.account, body[:80], leaving.mark)


def template_of(told: str, one: Outgoing) -> str:
    """Return the approved template of a step and language, from lines « étape langue HX… »."""
    wanted = (one.draft.step.code, one.draft.language)
    lines = (line.split() for line in told.splitlines())
    known = {(line[0], line[1]): line[2] for line in lines if len(line) == 3}  # noqa: PLR2004
    return known.get(wanted, "")


BUILDERS: Final[Mapping[str, Callable[[Leaving], Prepared | Withdrawn]]] = {
    "email": _email,
    "sms": _text,
    "whatsapp": _text,
    "letter": _letter,
    "registered": _letter,
    "eregistered": _letter,
}
