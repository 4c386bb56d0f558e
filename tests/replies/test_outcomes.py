"""One click on a reply: what stands after, what holds no more, what the plan then does."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.documents import samples
from tests.replies.house import NOW, SENDER, TODAY, Desk, message_id, reply_mail

from encours.documents import actions as documents
from encours.documents import storage
from encours.documents.actions import Subject
from encours.documents.models import Document
from encours.documents.pages import PdfReader
from encours.messaging.models import Message, MessageContent
from encours.messaging.providers.memory import MemoryEmailChannel
from encours.parties.models import Contact
from encours.replies.actions import answering, outcomes, sealing
from encours.replies.actions.answering import Written
from encours.replies.models import Answer
from encours.replies.queries import reasons
from encours.standing.actions import InvalidFact
from encours.tenancy.models import Creditor, Fact
from encours.tenancy.scope import in_tenant

FRIDAY = date(2026, 10, 9)


@pytest.fixture(autouse=True)
def sent(channel: MemoryEmailChannel) -> MemoryEmailChannel:
    return channel


def test_a_promise_confirmed_stands_on_its_invoice_and_the_hold_ends(desk: Desk) -> None:
    reply = desk.reply(reply_mail("Nous réglons la FA-101 vendredi."))
    with in_tenant(desk.house.tenant_id):
        outcomes.confirm_promise(
            desk.who(reply.pk), until=None, line_ids=[desk.lines["FA-101"]], cause="cash"
        )

    (promise,) = desk.facts("promise")
    assert (promise.instalment_id, promise.amount_cents) == (desk.lines["FA-101"], 100_000)
    assert (promise.starts_on, promise.ends_on) == (TODAY, FRIDAY)
    assert promise.details == {"reply": reply.pk, "cause": "cash"}
    (hold,) = desk.facts("reply")
    assert hold.ends_on == TODAY
    after = desk.reload(reply.pk)
    assert (after.state, after.outcome, after.fact_ids) == ("done", "promise", [promise.pk])
    plan = desk.plan(TODAY + timedelta(days=1))
    assert plan["FA-101"] == "promised"
    assert plan["FA-102"] != "answered", "the others follow their course"
    with in_tenant(desk.house.tenant_id):
        verbs = set(Fact.objects.of(desk.house.tenant_id).values_list("verb", flat=True))
    assert {"reply.received", "reply.decided", "standing.promise.recorded"} <= verbs


def test_an_amount_goes_to_the_oldest_lines_and_no_further(desk: Desk) -> None:
    reply = desk.reply(reply_mail("Je paie 1 200 € vendredi."))
    with in_tenant(desk.house.tenant_id):
        outcomes.confirm_promise(
            desk.who(reply.pk), until=FRIDAY, amount_cents=120_000, line_ids=[*desk.lines.values()]
        )

    parts = [(one.instalment_id, one.amount_cents) for one in desk.facts("promise")]
    assert parts == [(desk.lines["FA-101"], 100_000), (desk.lines["FA-102"], 20_000)]


def test_without_a_line_the_whole_customer_promised(desk: Desk) -> None:
    reply = desk.reply(reply_mail("Tout sera payé vendredi."))
    with in_tenant(desk.house.tenant_id):
        outcomes.confirm_promise(desk.who(reply.pk), until=FRIDAY)

    (promise,) = desk.facts("promise")
    assert (promise.instalment_id, promise.amount_cents) == (None, 152_050)


def test_a_day_that_is_over_is_refused_and_nothing_changes(desk: Desk) -> None:
    reply = desk.reply(reply_mail("Je paie vendredi."))
    with in_tenant(desk.house.tenant_id), pytest.raises(InvalidFact):
        outcomes.confirm_promise(desk.who(reply.pk), until=TODAY - timedelta(days=1))

    assert desk.facts("promise") == []
    assert desk.reload(reply.pk).state == "proposed"


def test_a_dispute_confirmed_stands_with_its_cause_and_is_counted(desk: Desk) -> None:
    reply = desk.reply(reply_mail("Nous contestons la FA-102 : le prix est faux."))
    with in_tenant(desk.house.tenant_id):
        outcomes.confirm_dispute(desk.who(reply.pk), cause="price", line_ids=[desk.lines["FA-102"]])
        lines = reasons.cause_lines(
            tenant_id=desk.house.tenant_id, creditor_ids=None, people=None, today=TODAY
        )

    (dispute,) = desk.facts("dispute")
    assert (dispute.reason, dispute.details["cause"]) == ("Prix", "price")
    assert desk.plan(TODAY + timedelta(days=1))["FA-102"] == "disputed"
    assert [(one.cause, one.document, one.open_cents) for one in lines] == [
        ("price", "FA-102", 50_000)
    ]
    (total,) = reasons.sums(lines)
    assert (total.side, total.customers, total.lines, total.open_cents) == (
        "ourselves",
        1,
        1,
        50_000,
    )


def test_a_dispute_needs_a_cause(desk: Desk) -> None:
    reply = desk.reply(reply_mail("Nous contestons la FA-102."))
    with in_tenant(desk.house.tenant_id), pytest.raises(outcomes.NotPossible, match="cause"):
        outcomes.confirm_dispute(desk.who(reply.pk), cause="")


def test_a_payment_announced_pauses_until_it_is_here(desk: Desk) -> None:
    reply = desk.reply(reply_mail("Le virement de la FA-101 a été fait hier."))
    assert reply.kind == "payment_proof"
    with in_tenant(desk.house.tenant_id):
        outcomes.await_payment(desk.who(reply.pk), until=FRIDAY)

    (pause,) = desk.facts("pause")
    assert (pause.ends_on, desk.reload(reply.pk).outcome) == (FRIDAY, "payment_awaited")


def test_another_address_is_written_to_and_the_old_one_no_more(desk: Desk) -> None:
    reply = desk.reply(reply_mail("Ce n'est plus moi, écrivez à factures@adam.example."))
    assert reply.kind == "wrong_contact"
    with in_tenant(desk.house.tenant_id):
        outcomes.change_address(desk.who(reply.pk), email="factures@adam.example", sender=SENDER)
        roles = dict(
            Contact.objects.of(desk.house.tenant_id)
            .filter(customer_id=desk.customer_id)
            .values_list("email", "role")
        )

    assert roles == {SENDER: "other", "factures@adam.example": "billing"}


def test_set_aside_it_never_held(desk: Desk) -> None:
    reply = desk.reply(reply_mail("Bonne journée à tous"))
    with in_tenant(desk.house.tenant_id):
        outcomes.discard(desk.who(reply.pk))

    assert desk.facts() == []
    assert "answered" not in desk.plan(TODAY).values()
    with in_tenant(desk.house.tenant_id), pytest.raises(outcomes.AlreadyDecided):
        outcomes.close(desk.who(reply.pk))


def test_a_correction_makes_it_what_it_is(desk: Desk) -> None:
    reply = desk.reply(reply_mail("Je suis absent", headers={"Auto-Submitted": "auto-replied"}))
    assert desk.facts() == []
    with in_tenant(desk.house.tenant_id):
        outcomes.correct(desk.who(reply.pk), kind="promise", said_on=FRIDAY, amount_cents=5_000)

    after = desk.reload(reply.pk)
    assert (after.kind, after.state, after.reader) == ("promise", "proposed", "person")
    assert (after.said_on, after.amount_cents) == (FRIDAY, 5_000)
    assert len(desk.facts("reply")) == 1, "what waits for a person holds"


def test_somebody_says_whose_it_is(desk: Desk) -> None:
    other = desk.customer("BLANC", SENDER)
    desk.invoice("FB-1", customer_id=other)
    reply = desk.reply(reply_mail("Nous réglons vendredi"))
    assert reply.customer_id is None
    with in_tenant(desk.house.tenant_id):
        with pytest.raises(outcomes.NotPossible):
            outcomes.confirm_promise(desk.who(reply.pk), until=FRIDAY)
        outcomes.assign(desk.who(reply.pk), customer_id=other)

    after = desk.reload(reply.pk)
    assert (after.customer_id, after.evidence, after.state) == (other, "person", "proposed")
    (hold,) = desk.facts("reply")
    assert hold.customer_id == other


def test_an_answer_leaves_by_the_outbox_under_theirs(desk: Desk, sent: MemoryEmailChannel) -> None:
    reply = desk.reply(reply_mail("Pouvez-vous nous renvoyer la facture FA-103 ?"))
    written = Written("Re: Relance", "Bonjour,\n\nVoici la copie demandée.\n\nCordialement")
    with in_tenant(desk.house.tenant_id):
        answer_id = answering.send_answer(desk.who(reply.pk), written, now=NOW)
    assert sent.sent == [], "nothing leaves within the click"
    desk.deliver()

    (email,) = sent.sent
    assert email.recipients == (SENDER,)
    assert b"In-Reply-To: <m1@adam.example>" in email.content
    assert b"Auto-Submitted" not in email.content
    with in_tenant(desk.house.tenant_id):
        message = Message.objects.of(desk.house.tenant_id).get(kind="answer")
        assert (message.subject_id, message.state) == (answer_id, "sent")
        assert Answer.objects.of(desk.house.tenant_id).get().state == "sent"
    assert desk.reload(reply.pk).outcome == "answered"
    back = desk.reply(reply_mail("Merci, je paie vendredi.", answers=message_id(message), number=9))
    assert (back.message_id, back.evidence) == (message.pk, "reference")


def test_with_a_file_that_cannot_be_read_it_stays_and_says_so(
    desk: Desk, sent: MemoryEmailChannel, tmp_path: Path, settings: Any
) -> None:
    settings.DOCUMENTS_ROOT = tmp_path
    tenant_id = desk.house.tenant_id
    reply = desk.reply(reply_mail("Pouvez-vous nous renvoyer la facture FA-103 ?"))
    with in_tenant(tenant_id), PdfReader() as reader:
        kept = documents.keep(
            **desk.owner, chunks=[samples.pdf("Facture FA-103")], reader=reader, name="FA-103.pdf",
            kind="invoice", subjects=[Subject("customer", desk.customer_id)], actor_id=1,
            today=TODAY,
        ).document_id  # fmt: skip
        answering.send_answer(
            desk.who(reply.pk), Written("Re: Relance", "La voici.", document_ids=(kept,)), now=NOW
        )
        name = Document.objects.of(tenant_id).get(pk=kept).uuid
        storage.path_of(tenant_id, name).write_bytes(b"something else")
    desk.deliver()

    assert sent.sent == []
    with in_tenant(tenant_id):
        message = Message.objects.of(tenant_id).get(kind="answer")
    assert (message.state, message.last_error) == ("withdrawn", answering.DAMAGED)


def test_what_may_not_be_written_does_not_leave(desk: Desk, sent: MemoryEmailChannel) -> None:
    reply = desk.reply(reply_mail("Je paie vendredi."))
    written = Written("Re: Relance", "Payez demain ou l'huissier viendra saisir vos meubles.")
    with in_tenant(desk.house.tenant_id), pytest.raises(answering.Unlawful) as refused:
        answering.send_answer(desk.who(reply.pk), written, now=NOW)

    assert refused.value.findings
    desk.deliver()
    assert sent.sent == []
    assert desk.reload(reply.pk).state == "proposed"


@pytest.mark.parametrize(
    ("changes", "recipients"),
    [
        pytest.param({"live_on": None}, [("moi@durand.example",)], id="in rehearsal, to ourselves"),
        pytest.param({"sending_stopped_at": NOW}, [], id="nothing once all is stopped"),
    ],
)
def test_where_an_answer_goes(
    desk: Desk, sent: MemoryEmailChannel, changes: dict[str, object], recipients: list[object]
) -> None:
    reply = desk.reply(reply_mail("Je paie vendredi."))
    with in_tenant(desk.house.tenant_id):
        Creditor.objects.filter(pk=desk.house.creditor_id).update(**changes)
        written = Written("Re: Relance", "Bonjour,\n\nMerci de votre réponse.\n\nCordialement")
        answering.send_answer(desk.who(reply.pk), written, now=NOW)
    desk.deliver()

    assert [one.recipients for one in sent.sent] == recipients


def test_erased_its_words_are_gone_and_its_place_stays(desk: Desk) -> None:
    reply = desk.reply(reply_mail("Nous réglons la FA-101 vendredi, Jeanne Adam."))
    with in_tenant(desk.house.tenant_id):
        answering.send_answer(
            desk.who(reply.pk), Written("Re: x", "Bonjour,\n\nMerci.\n\nCordialement"), now=NOW
        )
        sealing.erase_replies(tenant_id=desk.house.tenant_id, reply_ids=[reply.pk])
        answer = Answer.objects.of(desk.house.tenant_id).get()

    after = desk.reload(reply.pk)
    assert desk.words(reply.pk) is None
    assert (after.words, after.sender_digest, after.numbers, answer.words) == ({}, "", [], {})
    assert (after.kind, after.said_on) == ("promise", FRIDAY)
    desk.deliver()
    with in_tenant(desk.house.tenant_id):
        assert Message.objects.of(desk.house.tenant_id).get(kind="answer").state == "withdrawn"
        assert not MessageContent.objects.of(desk.house.tenant_id).exists()
