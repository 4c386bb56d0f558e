"""A mail comes in: threaded, read, sealed, once; promises and disputes hold, machines do not."""

from __future__ import annotations

from datetime import date, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.documents import samples
from tests.replies.house import NOW, SENDER, TODAY, Desk, message_id, reply_mail

from encours.documents.models import Attachment, Document
from encours.dunning.queries import deeds
from encours.dunning.rules import frames
from encours.messaging.models import Message
from encours.messaging.providers.memory import MemoryEmailChannel
from encours.parties.models import Contact
from encours.replies.actions import outcomes
from encours.replies.models import Reply
from encours.replies.queries import replies
from encours.tenancy.models import Fact
from encours.tenancy.scope import in_tenant

PROMISE = "Bonjour, nous vous réglons la FA-101 par virement vendredi. Cordialement"


@pytest.fixture(autouse=True)
def sent(channel: MemoryEmailChannel) -> MemoryEmailChannel:
    return channel


def test_a_promise_that_answers_a_reminder_is_proposed_and_holds(desk: Desk) -> None:
    message = desk.remind()
    reply = desk.reply(reply_mail(PROMISE, answers=message_id(message)))

    assert (reply.kind, reply.state, reply.evidence) == ("promise", "proposed", "reference")
    assert (reply.customer_id, reply.message_id) == (desk.customer_id, message.pk)
    assert reply.said_on == date(2026, 10, 9)
    assert reply.instalment_ids == [desk.lines["FA-101"]], "the invoice cited, not all those listed"
    (hold,) = desk.facts("reply")
    assert (hold.starts_on, hold.ends_on) == (TODAY, date(2026, 10, 9))
    assert hold.details == {"reply": reply.pk}
    assert set(desk.plan(TODAY + timedelta(days=2)).values()) == {"answered"}
    assert "answered" not in desk.plan(date(2026, 10, 12)).values(), "the hold ends by itself"


def test_a_mail_is_taken_once_whatever_brings_it(desk: Desk) -> None:
    mail = reply_mail(PROMISE)
    first = desk.take(mail)

    assert desk.take(mail).ending == "known"
    assert desk.take(mail.replace(b"Bonjour", b"bonjour")).ending == "known", "its Message-ID"
    bare = mail.replace(b"Message-ID: <m1@adam.example>\n", b"")
    assert desk.take(bare).ending == "taken"
    assert desk.take(bare).ending == "known", "its bytes"
    assert first.ending == "taken"


def test_the_words_are_sealed_and_nothing_of_them_is_in_clear(desk: Desk) -> None:
    reply = desk.reply(reply_mail(PROMISE))
    with in_tenant(desk.house.tenant_id):
        row = Reply.objects.of(desk.house.tenant_id).filter(pk=reply.pk).values()[0]
        facts = [str(one.data) for one in Fact.objects.of(desk.house.tenant_id)]

    assert "virement" not in str(row)
    assert SENDER not in str(row) + str(facts)
    words = desk.words(reply.pk)
    assert words is not None
    assert (words["sender"], words["subject"]) == (SENDER, "Re: Relance")
    assert "virement" in words["text"]
    assert words["why"], "the words that decided"


@pytest.mark.parametrize(
    ("text", "kind", "state", "is_held"),
    [
        pytest.param("Nous contestons la facture FA-102, le prix est faux.", "dispute", "proposed",
                     True, id="a dispute"),
        pytest.param("Merci de nous renvoyer la facture FA-103, nous ne l'avons pas.",
                     "invoice_asked", "proposed", True, id="a copy is asked for"),
        pytest.param("Qwx zzz 42 ?", "other", "new", True, id="nobody can tell"),
    ],
)  # fmt: skip
def test_what_holds(desk: Desk, text: str, kind: str, state: str, *, is_held: bool) -> None:
    reply = desk.reply(reply_mail(text))

    assert (reply.kind, reply.state) == (kind, state)
    assert bool(desk.facts("reply")) is is_held


def test_an_absence_is_noted_with_its_return_and_holds_nothing(desk: Desk) -> None:
    text = "Je suis absente jusqu'au 19 octobre 2026."
    reply = desk.reply(reply_mail(text, headers={"Auto-Submitted": "auto-replied"}))

    assert (reply.kind, reply.state) == ("out_of_office", "noted")
    assert reply.said_on == date(2026, 10, 19)
    assert desk.facts() == []


def test_an_address_in_the_message_threads_without_any_header(desk: Desk) -> None:
    message = desk.remind()
    mail = reply_mail(
        PROMISE, sender="perso@ailleurs.example", to=f"compta+r{message.uuid.hex}@durand.example"
    )
    reply = desk.reply(mail)

    assert (reply.evidence, reply.message_id) == ("token", message.pk)


def test_a_shared_address_is_decided_by_the_invoice_cited_else_by_a_person(desk: Desk) -> None:
    other = desk.customer("BLANC", SENDER)
    line = desk.invoice("FB-1", customer_id=other)

    cited = desk.reply(reply_mail("Je règle la facture FB-1 vendredi.", number=2))
    unsure = desk.reply(reply_mail("Je règle vendredi.", number=3))

    assert (cited.customer_id, cited.instalment_ids) == (other, [line])
    assert unsure.customer_id is None
    assert sorted(unsure.candidates) == sorted([desk.customer_id, other])
    assert unsure.state == "new"
    assert len(desk.facts("reply")) == 1, "nobody is held before somebody says whose it is"


def test_an_unknown_sender_who_cites_an_invoice_is_known_by_it(desk: Desk) -> None:
    reply = desk.reply(reply_mail(PROMISE, sender="banque@ailleurs.example"))

    assert (reply.evidence, reply.customer_id) == ("invoice", desk.customer_id)


def test_what_is_not_ours_is_not_kept(desk: Desk) -> None:
    letter = reply_mail("Notre catalogue de printemps", sender="pub@marchand.example")
    own = reply_mail("Copie de la FA-101", sender="compta@durand.example")

    assert desk.take(letter).ending == "not_ours"
    assert desk.take(own).ending == "not_ours"
    with in_tenant(desk.house.tenant_id):
        assert not Reply.objects.of(desk.house.tenant_id).exists()


def test_another_creditors_message_threads_nothing(desk: Desk, other_house: object) -> None:
    message = desk.remind()
    with in_tenant(desk.house.tenant_id):
        Message.objects.filter(pk=message.pk).update(creditor_id=desk.house.creditor_id + 10**6)
    mail = reply_mail("Bonjour", sender="x@y.example", answers=message_id(message))

    assert desk.take(mail).ending == "not_ours"
    assert other_house


BOUNCE = """From: MAILER-DAEMON@mx.example
To: compta@durand.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <dsn1@mx.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

The message could not be delivered.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}

--B
Content-Type: {returned}

Message-ID: {identifier}
From: compta@durand.example

--B--
"""


@pytest.mark.parametrize("returned", ["text/rfc822-headers", "message/rfc822"])
def test_a_bounce_marks_the_message_and_the_contact(desk: Desk, returned: str) -> None:
    message = desk.remind()
    told = {"recipient": SENDER, "action": "failed", "status": "5.1.1", "returned": returned}
    raw = BOUNCE.format(**told, identifier=message_id(message))
    reply = desk.reply(raw.encode())

    assert (reply.kind, reply.state, reply.message_id) == ("bounce", "noted", message.pk)
    with in_tenant(desk.house.tenant_id):
        assert Message.objects.get(pk=message.pk).state == "bounced"
        assert Contact.objects.get(customer_id=desk.customer_id).bounced_at is not None


@pytest.mark.parametrize(
    ("recipient", "action", "status"),
    [
        pytest.param(SENDER, "delayed", "4.4.1", id="a delay is no failure"),
        pytest.param("autre@adam.example", "failed", "5.1.1", id="of somebody we did not write to"),
    ],
)
def test_what_marks_nothing(desk: Desk, recipient: str, action: str, status: str) -> None:
    message = desk.remind()
    told = {"recipient": recipient, "action": action, "status": status}
    raw = BOUNCE.format(**told, returned="message/rfc822", identifier=message_id(message))
    desk.take(raw.encode())

    with in_tenant(desk.house.tenant_id):
        assert Message.objects.get(pk=message.pk).state == "sent"
        assert Contact.objects.get(customer_id=desk.customer_id).bounced_at is None


def test_who_writes_every_day_does_not_put_off_reminders_for_ever(desk: Desk) -> None:
    for number in range(30):
        when = NOW + timedelta(days=number)
        desk.take(reply_mail(f"Je vous rappelle demain {number}", number=number), when)

    last = max(one.ends_on for one in desk.facts("reply") if one.ends_on)
    assert last == date(2026, 10, 19), "nine working days after the first"


def test_scenarios_branch_on_who_answered_and_not_on_machines(desk: Desk) -> None:
    other = desk.customer("BLANC", "compta@blanc.example")
    desk.take(reply_mail(PROMISE))
    absent = reply_mail(
        "Je suis absent",
        sender="compta@blanc.example",
        number=2,
        headers={"Auto-Submitted": "auto-replied"},
    )
    desk.take(absent)
    params = {
        "tenant": desk.house.tenant_id,
        "creditor": desk.house.creditor_id,
        "customers": None,
        "today": TODAY,
    }
    nothing = pl.DataFrame(schema={**frames.FACTS})
    with in_tenant(desk.house.tenant_id):
        found = deeds.behaviours(frozenset({"answered"}), params, known=nothing, facts=nothing)

    assert other != desk.customer_id
    assert found.select("customer_id", "behaviour", "on").rows() == [
        (desk.customer_id, "answered", TODAY)
    ]


def mail_with(files: dict[str, tuple[bytes, str]], text: str = PROMISE) -> bytes:
    """Return an answer with these files joined, and a logo that dresses its text."""
    mail = message_from_bytes(reply_mail(text), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    for name, (content, kind) in files.items():
        main, sub = kind.split("/")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
    mail.add_attachment(
        samples.png(), maintype="image", subtype="png", filename="logo.png",
        disposition="inline", cid="<logo@adam.example>",
    )  # fmt: skip
    return mail.as_bytes()


def test_what_is_joined_is_kept_with_the_evidence(
    desk: Desk, tmp_path: Path, settings: Any
) -> None:
    settings.DOCUMENTS_ROOT = tmp_path
    slip, bad = samples.pdf("Avis de virement"), b"MZ\x90\x00 a program"
    files = {"avis.pdf": (slip, "application/pdf"), "virus.exe": (bad, "application/octet-stream")}
    raw = mail_with(files)
    reply = desk.reply(raw)

    with in_tenant(desk.house.tenant_id):
        (kept,) = Document.objects.of(desk.house.tenant_id).filter(pk__in=reply.document_ids)
        links = Attachment.objects.of(desk.house.tenant_id).filter(document=kept)
        found = replies.card(tenant_id=desk.house.tenant_id, reply_id=reply.pk)
        facts = {(one.customer_id, one.invoice_id is not None) for one in links}
    assert (kept.name, kept.source) == ("avis.pdf", "mail")
    assert facts == {(desk.customer_id, False), (None, True)}, "its customer, the invoice it cites"
    assert found is not None
    assert found.files == ((kept.pk, "avis.pdf"),)
    (refused,) = found.refused_files
    assert refused.startswith("virus.exe : ")

    other = mail_with({"encore.pdf": (slip, "application/pdf")}).replace(b"<m1@", b"<m2@")
    assert desk.reply(other).document_ids == reply.document_ids, "the same content is one file"
    assert desk.take(raw).ending == "known"


def test_what_nobody_is_known_to_have_sent_follows_the_customer_it_is_given(
    desk: Desk, tmp_path: Path, settings: Any
) -> None:
    settings.DOCUMENTS_ROOT = tmp_path
    other = desk.customer("BLANC", SENDER)
    slip = {"avis.pdf": (samples.pdf("Avis"), "application/pdf")}
    reply = desk.reply(mail_with(slip, "Nous réglons vendredi"))
    tenant_id = desk.house.tenant_id

    def attached() -> list[int | None]:
        rows = Attachment.objects.of(tenant_id).filter(detached_at=None)
        return list(rows.values_list("customer_id", flat=True))

    with in_tenant(tenant_id):
        assert (len(reply.document_ids), attached()) == (1, [])
        outcomes.assign(desk.who(reply.pk), customer_id=other)
        assert attached() == [other]
        outcomes.assign(desk.who(reply.pk), customer_id=desk.customer_id)
        assert attached() == [desk.customer_id], "and leaves whoever it was given to by mistake"


def test_what_a_machine_sends_back_is_not_kept(desk: Desk) -> None:
    mail = mail_with({"avis.pdf": (samples.pdf("Avis"), "application/pdf")}, "Je suis absent")
    reply = desk.reply(b"Auto-Submitted: auto-replied\n" + mail)

    assert reply.document_ids == []
    with in_tenant(desk.house.tenant_id):
        found = replies.card(tenant_id=desk.house.tenant_id, reply_id=reply.pk)
    assert found is not None
    assert "avis.pdf" in found.left_files
