"""Answers what a customer wrote: suggested, changed by a person, checked, sent by the outbox.

Nothing leaves without a click. The mail carries In-Reply-To, so that the customer's program puts
it under their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from encours.documents.actions import opening
from encours.documents.cipher import Damaged
from encours.documents.models import Document
from encours.kernel.refusal import Refusal
from encours.messaging import accounts, handling
from encours.messaging.letterhead import reply_to
from encours.messaging.models import Message
from encours.messaging.ports import Email, File, Outcome, Prepared, Withdrawn
from encours.messaging.rules import mime
from encours.messaging.rules.address import Mailbox
from encours.parties.models import Customer
from encours.replies.actions import outcomes, sealing
from encours.replies.actions.outcomes import Who
from encours.replies.models import Answer, Reply
from encours.tenancy import cycle, journal, persons
from encours.tenancy.models import Creditor
from encours.tone.rules.check import check
from encours.tone.rules.values import CLASSES, Context, DebtorClass, Finding, Language, is_blocked

KIND: Final = "answer"
BODY_MAX: Final = 8_000
SUBJECT_MAX: Final = 200
FILES_MAX: Final = 10
FILES_BYTES: Final = 10 * 1024 * 1024
STOPPED: Final = "Les envois de cette société sont arrêtés."
GONE: Final = "Cette réponse a été effacée."
DAMAGED: Final = "Une des pièces jointes n'est plus lisible : répondez de nouveau sans elle."
MARKS: Final = """
select a.id, md5(concat_ws('|', a.xmin::text, r.xmin::text, c.xmin::text, t.xmin::text))
from replies_answer a
join replies_reply r on r.tenant_id = a.tenant_id and r.id = a.reply_id
join tenancy_creditor c on c.tenant_id = a.tenant_id and c.id = a.creditor_id
join tenancy_tenant t on t.id = a.tenant_id
where a.tenant_id = %(tenant_id)s and a.id = any(%(answers)s)
"""


class Unlawful(Refusal):
    """The words may not be written to somebody who owes: `findings` says which and why."""

    message = "Ce texte ne peut pas partir ainsi."

    def __init__(self, findings: Sequence[Finding]) -> None:
        """Keep what was found."""
        said = " ".join(one.reason for one in findings if one.severity == "block")
        super().__init__(f"{self.message} {said}")
        self.findings = tuple(findings)


@dataclass(frozen=True, slots=True)
class Written:
    """What a person wants to answer, and which kept files go with it."""

    subject: str
    body: str
    language: str = "fr"
    document_ids: tuple[int, ...] = ()


def findings_of(
    *, tenant_id: int, customer_id: int | None, written: Written
) -> tuple[Finding, ...]:
    """Return what is wrong in an answer, for who receives it."""
    return check(f"{written.subject}\n\n{written.body}", _context(tenant_id, customer_id, written))


@transaction.atomic
def send_answer(who: Who, written: Written, *, now: datetime) -> int:
    """Queue an answer and end the hold; raises Unlawful on what may not be written."""
    reply = outcomes.undecided(who)
    values = _opened(reply)
    if not values.get("sender"):
        raise outcomes.NotPossible("L'adresse à qui répondre n'est pas connue.")
    if not written.body.strip() or len(written.body) > BODY_MAX:
        raise outcomes.NotPossible(f"Écrivez une réponse ({BODY_MAX} caractères au plus).")
    found = findings_of(tenant_id=who.tenant_id, customer_id=reply.customer_id, written=written)
    if is_blocked(found):
        raise Unlawful(found)
    creditor = Creditor.objects.of(who.tenant_id).select_related("tenant").get(pk=reply.creditor_id)
    if not (creditor.sender_email or creditor.email):
        raise outcomes.NotPossible("Indiquez d'abord l'adresse d'expédition de la société.")
    answer = Answer.objects.create(
        tenant_id=who.tenant_id,
        reply=reply,
        creditor_id=reply.creditor_id,
        language=written.language,
        document_ids=_documents(reply, written.document_ids),
        rehearsal=creditor.live_on is None or creditor.live_on > who.today,
        author_id=who.actor_id,
        words=sealing.sealed(
            tenant_id=who.tenant_id,
            reply_id=reply.pk,
            values={"subject": written.subject[:SUBJECT_MAX], "body": written.body},
        ),
    )
    handling.queue_email(
        handling.Wanted(
            tenant_id=who.tenant_id,
            creditor_id=reply.creditor_id,
            customer_id=reply.customer_id,
            kind=KIND,
            subject_id=answer.pk,
            rehearsal=answer.rehearsal,
            now=now,
        )
    )
    outcomes.decided_by_answer(reply, who)
    return answer.pk


class AnswerPreparer:
    """Writes answers when they leave: to the customer, or to ourselves in rehearsal."""

    def fingerprint(self, *, tenant_id: int, subject_id: int, now: datetime) -> str:  # noqa: ARG002 - the port's
        """Return a mark of the answer, of its reply, of who sends it."""
        return _marks(tenant_id, [subject_id]).get(subject_id, "")

    def prepare(
        self, *, tenant_id: int, channel: str, subject_ids: Sequence[int], now: datetime
    ) -> dict[int, Prepared | Withdrawn]:
        """Write the e-mails; nothing leaves of a creditor whose sending is stopped."""
        marks = _marks(tenant_id, subject_ids)
        rows = Answer.objects.of(tenant_id).select_related("reply")
        uuids = dict(
            Message.objects.of(tenant_id)
            .filter(kind=KIND, channel=channel, subject_id__in=list(subject_ids))
            .values_list("subject_id", "uuid")
        )
        creditors = Creditor.objects.of(tenant_id).select_related("tenant")
        found: dict[int, Prepared | Withdrawn] = {}
        for answer in rows.filter(pk__in=list(subject_ids)):
            creditor = creditors.get(pk=answer.creditor_id)
            found[answer.pk] = _prepared(answer, creditor, uuids[answer.pk], marks[answer.pk], now)
        return found

    def conclude(
        self,
        *,
        tenant_id: int,
        channel: str,  # noqa: ARG002 - the port's
        subject_id: int,
        outcome: Outcome,
        now: datetime,
    ) -> None:
        """Record what became of an answer."""
        answer = Answer.objects.of(tenant_id).select_related("reply").get(pk=subject_id)
        creditor = (
            Creditor.objects.of(tenant_id).select_related("tenant").get(pk=answer.creditor_id)
        )
        Answer.objects.of(tenant_id).filter(pk=subject_id).update(
            state=outcome, sent_at=now if outcome == "sent" else None
        )
        journal.record(
            f"answer.{outcome}",
            tenant_id=tenant_id,
            subject=("answer", subject_id),
            effective_on=cycle.local_now(creditor, now).date(),
            actor_id=answer.author_id,
            creditor_id=answer.creditor_id,
            customer_id=answer.reply.customer_id,
            data={"rehearsal": answer.rehearsal},
        )


def _prepared(
    answer: Answer, creditor: Creditor, uuid: UUID, mark: str, now: datetime
) -> Prepared | Withdrawn:
    if creditor.sending_stopped_at or creditor.tenant.sending_stopped_at:
        return Withdrawn(STOPPED, mark)
    told, mine = _opened(answer.reply), _opened(answer)
    address = creditor.rehearsal_email if answer.rehearsal else str(told.get("sender", ""))
    if not mine or not address:
        return Withdrawn(GONE, mark)
    sender = creditor.sender_email or creditor.email
    before = f"<{told.get('message_id', '')}>"
    subject = str(mine["subject"])
    try:
        attached = tuple(_attachments(answer))
    except Damaged:
        return Withdrawn(DAMAGED, mark)
    mail = mime.Mail(
        message_id=mime.message_id(uuid, sender),
        prepared_at=cycle.local_now(creditor, now),
        sender=Mailbox(sender, creditor.sender_name or creditor.name),
        to=(Mailbox(address),),
        subject=f"[Répétition] {subject}" if answer.rehearsal else subject,
        text=str(mine["body"]),
        reply_to=reply_to(creditor, uuid),
        attachments=attached,
        answers=(before,) if mime.may_be_answered(before) else (),
        language=answer.language,
        is_automatic=False,
    )
    try:
        email = Email(mail.message_id, sender, mime.recipients(mail), mime.mime_bytes(mail))
    except ValueError as problem:
        return Withdrawn(f"Adresse inutilisable : {problem}", mark)
    files = tuple(File(one.name, one.media_type, one.content) for one in mail.attachments)
    return Prepared(email, accounts.account_for(creditor, "email"), subject, mark, files)


def _attachments(answer: Answer) -> list[mime.Attachment]:
    rows = Document.objects.of(answer.tenant_id).filter(
        pk__in=answer.document_ids, creditor_id=answer.creditor_id, removed_at=None
    )
    return [
        mime.Attachment(one.name, b"".join(opening.content(one)), one.content_type)
        for one in rows.order_by("pk")
    ]


def _documents(reply: Reply, asked: Sequence[int]) -> list[int]:
    """Return the files to join: kept ones of this creditor, few and small enough for a mail."""
    rows = Document.objects.of(reply.tenant_id).filter(
        pk__in=list(asked), creditor_id=reply.creditor_id, removed_at=None
    )
    sizes = dict(rows.values_list("pk", "size_bytes"))
    if len(sizes) != len(set(asked)):
        raise outcomes.NotPossible("Une des pièces n'existe plus : rechargez la page.")
    if len(sizes) > FILES_MAX or sum(sizes.values()) > FILES_BYTES:
        limit = FILES_BYTES // (1024 * 1024)
        raise outcomes.NotPossible(f"Joignez {FILES_MAX} pièces et {limit} Mo au plus.")
    return sorted(sizes)


def _opened(row: Reply | Answer) -> dict[str, Any]:
    return persons.opened_values(tenant_id=row.tenant_id, data=row.words) or {}


def _context(tenant_id: int, customer_id: int | None, written: Written) -> Context:
    """Return who is written to; a class that nobody confirmed is unknown."""
    rows = Customer.objects.of(tenant_id).exclude(class_confirmed_at=None)
    known = rows.filter(pk__in=[customer_id]).values_list("debtor_class", flat=True).first()
    debtor: DebtorClass = next((one for one in CLASSES if one == known), "unknown")
    language: Language = "en" if written.language == "en" else "fr"
    return Context(debtor_class=debtor, step="other", language=language)


def _marks(tenant_id: int, answers: Sequence[int]) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(MARKS, {"tenant_id": tenant_id, "answers": list(answers)})
        return dict(cursor.fetchall())
