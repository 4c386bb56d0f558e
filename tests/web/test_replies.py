"""Replies on screen: from the reminder sent to the promise recorded; rights, counts, plain text."""

from __future__ import annotations

import hmac
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.conftest import House
from tests.feeds import servers
from tests.replies.boxes import Box, fetch
from tests.replies.house import Desk, reply_mail
from tests.web.places import add_user, logged_in

from encours.dunning import actions as dunning
from encours.messaging.actions import Outbox
from encours.messaging.models import Message
from encours.messaging.ports import CHANNEL_FACTORIES
from encours.messaging.providers.sink import SmtpSink
from encours.messaging.providers.smtp import SmtpChannel, SmtpSettings
from encours.replies.actions import boxes
from encours.replies.models import Reply
from encours.tenancy.scope import in_tenant

pytestmark = pytest.mark.django_db(transaction=True)
PROMISE = "Bonjour,\n\nNous réglons la FA-101 <b>vendredi</b>.\n\nJeanne Adam"
QUERIES_MAX = 15  # the transaction and its door among them


@pytest.fixture
def desk(house: House) -> Desk:
    one = Desk(house)
    one.open()
    return one


def user(desk: Desk, role: str) -> Client:
    with in_tenant(desk.house.tenant_id):
        found = add_user(desk.house, role, "REPLY")
    return logged_in(found.pk)


def received(desk: Desk, text: str = PROMISE, number: int = 1) -> Reply:
    now = timezone.now()
    return desk.reply(reply_mail(text, number=number), now)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with servers.mailbox(tmp_path_factory.mktemp("box")) as (port, _tls):
        yield Box(port)


def test_from_the_reminder_to_the_promise(desk: Desk, running: Box, tmp_path: Path) -> None:
    running.empty()
    running.connect(desk)
    collector = user(desk, "collector")
    now, today = timezone.now(), timezone.localdate()
    kept = dict(CHANNEL_FACTORIES._adapters)
    with SmtpSink(tmp_path / "sink") as sink:
        settings = SmtpSettings("127.0.0.1", sink.port, security="none")
        CHANNEL_FACTORIES.fill({**kept, "smtp": lambda _account: SmtpChannel(settings)})
        try:
            with in_tenant(desk.house.tenant_id):
                dunning.plan_day(**desk.owner, on=today, now=now, allow_stale=True)
                dunning.approve(**desk.owner, user_id=1, on=today, now=now, at_once=True)
            Outbox(desk.house.tenant_id, 1).run()
        finally:
            CHANNEL_FACTORIES.fill(kept)
        (mail,) = sink.mails.stored()
    assert mail.recipients == ("compta@adam.example",)

    running.drop(reply_mail(PROMISE, answers=mail.message_id))
    assert fetch(desk).taken == 1
    with in_tenant(desk.house.tenant_id):
        reply = Reply.objects.of(desk.house.tenant_id).get()
        sent = Message.objects.of(desk.house.tenant_id).get(kind="reminder")
    assert (reply.kind, reply.state, reply.message_id) == ("promise", "proposed", sent.pk)
    why = collector.get(reverse("customer_why", args=[desk.customer_id]))
    assert "lire sa réponse avant de le relancer" in why.content.decode()

    page = collector.get(reverse("reply", args=[reply.pk]))
    form = page.context["promise_form"]
    told = {
        "do": "promise",
        "lines": [line.line_id for line in page.context["lines"] if line.is_cited],
        "promise-until": f"{form['until'].value():%Y-%m-%d}",
        "promise-amount": form["amount"].value(),
        "promise-cause": "oversight",
    }
    answer = collector.post(reverse("reply_decide", args=[reply.pk]), told, follow=True)

    assert "C&#x27;est noté." in answer.content.decode() or "C'est noté." in answer.content.decode()
    (promise,) = desk.facts("promise")
    assert (promise.instalment_id, promise.amount_cents) == (desk.lines["FA-101"], 100_000)
    assert promise.ends_on == reply.said_on
    assert (
        "Promesse de règlement"
        in collector.get(reverse("customer_standing", args=[desk.customer_id])).content.decode()
    )
    timeline = collector.get(reverse("customer", args=[desk.customer_id])).content.decode()
    assert "Réponse du client reçue : promesse." in timeline


def test_what_they_wrote_is_text_and_nothing_else(desk: Desk) -> None:
    reply = received(desk, "<script>alert(1)</script> je règle la FA-101 vendredi <img src=x>")
    page = user(desk, "reader").get(reverse("reply", args=[reply.pk])).content.decode()

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;img src=x&gt;" in page
    assert "<mark>" in page


def test_the_list_counts_what_waits_and_filters(desk: Desk) -> None:
    received(desk)
    received(desk, "Nous contestons la FA-102, le prix est faux.", 2)
    done = received(desk, "Je règle la FA-103 vendredi.", 3)
    client = user(desk, "collector")
    client.post(reverse("reply_decide", args=[done.pk]), {"do": "discard"})
    page = client.get(reverse("replies"), {"state": "to_decide"})

    assert {code: number for code, _, number in page.context["kinds"]} == {
        "promise": 1, "dispute": 1,
    }  # fmt: skip
    assert page.context["table"].count == 2
    shown = client.get(reverse("replies")).context["table"]
    assert [line.cells[3].text for line in shown.lines][-1] == "Écartée", "those to decide first"
    assert (shown.count, shown.is_filtered) == (3, False)
    disputes = client.get(reverse("replies"), {"kind": "dispute"})
    assert disputes.context["table"].count == 1
    table = client.get(reverse("replies"), {"export": "csv"})
    lines = b"".join(table.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 4


def test_the_questions_asked_do_not_grow_with_the_list(desk: Desk) -> None:
    client = user(desk, "collector")
    first = received(desk, number=100)
    counted: dict[str, list[int]] = {}
    client.get(reverse("replies"))
    for size in (1, 6):
        for number in range(size):
            received(desk, f"Nous réglons la FA-101 vendredi {number}", 10 * size + number)
        for name, address in (
            ("list", reverse("replies")),
            ("one", reverse("reply", args=[first.pk])),
            ("causes", reverse("replies_causes")),
            ("customer", reverse("customer_replies", args=[desk.customer_id])),
        ):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            counted.setdefault(name, []).append(len(asked))

    assert all(few == many for few, many in counted.values()), counted
    assert max(many for _, many in counted.values()) <= QUERIES_MAX, counted


@pytest.mark.parametrize(
    ("role", "may_decide", "may_answer"),
    [
        ("collector", True, True),
        ("credit_manager", True, True),
        ("accountant", False, False),
        ("reader", False, False),
    ],
)
def test_who_may_what(desk: Desk, role: str, *, may_decide: bool, may_answer: bool) -> None:
    reply = received(desk)
    client = user(desk, role)
    page = client.get(reverse("reply", args=[reply.pk]))

    assert page.status_code == 200
    assert page.context["may_decide"] is may_decide
    assert page.context["may_answer"] is may_answer
    answer = {"answer-subject": "Re: x", "answer-body": "Bonjour,\n\nMerci.\n\nCordialement"}
    refused = client.post(reverse("reply_answer", args=[reply.pk]), answer).status_code == 403
    assert refused is not may_answer
    decided = client.post(reverse("reply_decide", args=[reply.pk]), {"do": "discard"})
    assert (decided.status_code == 403) is not may_decide


def test_sales_read_the_replies_of_their_own_customers_only(desk: Desk) -> None:
    theirs = received(desk)
    nobodys = received(desk, "Relance bien reçue, FA-999", 2)
    client = user(desk, "sales")

    assert client.get(reverse("replies")).context["table"].count == 0
    for one in (theirs, nobodys):
        assert client.get(reverse("reply", args=[one.pk])).status_code == 404
        sent = client.post(reverse("reply_decide", args=[one.pk]), {"do": "discard"})
        assert sent.status_code == 404


def test_another_tenants_reply_is_not_there(desk: Desk, other_house: House) -> None:
    reply = received(desk)
    other = Desk(other_house)
    other.open()

    assert user(other, "admin").get(reverse("reply", args=[reply.pk])).status_code == 404


def test_an_answer_that_may_not_leave_is_shown_with_its_reason(desk: Desk) -> None:
    reply = received(desk)
    client = user(desk, "collector")
    told = {
        "answer-subject": "Re: Relance",
        "answer-body": "Payez demain ou l'huissier viendra saisir vos meubles.",
    }
    page = client.post(reverse("reply_answer", args=[reply.pk]), told)

    assert page.status_code == 200
    assert page.context["findings"]
    assert "huissier" in page.context["answer_form"]["body"].value()
    assert desk.reload(reply.pk).state == "proposed"


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"do": "dispute", "dispute-cause": "price"}, "dispute"),
        ({"do": "payment", "payment-until": "2030-01-01"}, "pause"),
        ({"do": "closing", "closing-cause": "cash"}, ""),
        ({"do": "address", "address-email": "autre@adam.example"}, ""),
        ({"do": "promise", "promise-until": "2030-01-01", "promise-amount": "10,00"}, "promise"),
    ],
)
def test_every_outcome_has_its_click(desk: Desk, told: dict[str, str], kind: str) -> None:
    reply = received(desk)
    client = user(desk, "collector")
    client.post(reverse("reply_decide", args=[reply.pk]), told)

    assert desk.reload(reply.pk).state == "done"
    assert [one.kind for one in desk.facts() if one.kind != "reply"] == ([kind] if kind else [])


def test_what_is_missing_is_said_beside_its_field(desk: Desk) -> None:
    reply = received(desk)
    client = user(desk, "collector")
    page = client.post(reverse("reply_decide", args=[reply.pk]), {"do": "promise"})
    assert page.context["promise_form"].errors["until"]

    corrected = {"do": "correct", "correct-kind": "dispute"}
    client.post(reverse("reply_decide", args=[reply.pk]), corrected)
    assert desk.reload(reply.pk).kind == "dispute"
    unknown = {"do": "assign", "assign-code": "NOBODY"}
    page = client.post(reverse("reply_decide", args=[reply.pk]), unknown, follow=True)
    assert "Aucun client" in page.content.decode()


def test_causes_are_counted_with_their_lines(desk: Desk) -> None:
    reply = received(desk, "Nous contestons la FA-102, le prix est faux.")
    client = user(desk, "collector")
    told = {"do": "dispute", "dispute-cause": "price", "lines": [desk.lines["FA-102"]]}
    client.post(reverse("reply_decide", args=[reply.pk]), told)
    page = client.get(reverse("replies_causes"), {"cause": "price"})

    (one, label, side) = page.context["sums"][0]
    assert (label, str(side.label), one.open_cents) == ("Prix", "Nous", 50_000)
    assert page.context["table"].count == 1


def test_the_settings_are_kept_and_secrets_never_shown(desk: Desk) -> None:
    client = user(desk, "admin")
    address = reverse("settings_replies")
    told = {
        "creditor_id": desk.house.creditor_id,
        "auth": "password",
        "user": "compta@durand.example",
        "host": "imap.durand.example",
        "security": "tls",
        "password": "very-secret",
        "hold_days": "5",
        "after": "leave",
        "is_enabled": "on",
        "tags_addresses": "on",
    }
    saved = client.post(address, told, follow=True)

    assert "essayez la boîte" in saved.content.decode()
    assert "very-secret" not in saved.content.decode()
    inbox = desk.inbox()
    assert (inbox.hold_days, boxes.opened(inbox)["password"]) == (5, "very-secret")
    client.post(address, {**told, "password": "", "host": ""})
    assert boxes.opened(desk.inbox())["password"] == "very-secret"
    wrong = client.post(address, {**told, "host": ""})
    assert wrong.context["form"].errors["host"]
    assert user(desk, "collector").get(address).status_code == 403
    assert user(desk, "accountant").post(address, told).status_code == 403


def test_consent_comes_back_to_the_session_that_asked(desk: Desk) -> None:
    client = user(desk, "admin")
    told = boxes.Told(settings={"auth": "google", "user": "x@durand.example", "client_id": "app"})
    with in_tenant(desk.house.tenant_id):
        boxes.set_inbox(**desk.owner, told=told, actor_id=1, today=timezone.localdate())
    asked = {"creditor_id": desk.house.creditor_id}
    sent = client.post(reverse("settings_replies_consent"), asked)
    where = parse_qs(urlsplit(sent["Location"]).query)

    assert sent["Location"].startswith("https://accounts.google.com/")
    back = reverse("settings_replies_back")
    assert client.get(back, {"state": "stolen", "code": "x"}).status_code == 404
    client.post(reverse("settings_replies_consent"), asked)
    assert client.get(back, {"state": where["state"][0], "code": "x"}).status_code == 404
    again = parse_qs(
        urlsplit(client.post(reverse("settings_replies_consent"), asked)["Location"]).query
    )
    refused = client.get(back, {"state": again["state"][0], "error": "denied"}, follow=True)
    assert "pas été donné" in refused.content.decode()


def signed(key: str, at: int, **more: str) -> dict[str, str]:
    token = "t" * 50
    told = hmac.new(key.encode(), f"{at}{token}".encode(), sha256).hexdigest()
    return {"timestamp": str(at), "token": token, "signature": told, **more}


def test_a_provider_brings_replies_signed_and_once(desk: Desk) -> None:
    client = user(desk, "admin")
    told = boxes.Told(secrets={"signing_key": "k"})
    with in_tenant(desk.house.tenant_id):
        boxes.set_inbox(**desk.owner, told=told, actor_id=1, today=timezone.localdate())
    asked = {"creditor_id": desk.house.creditor_id}
    page = client.post(reverse("settings_replies_token"), asked)
    path = urlsplit(page.context["address"]).path
    mail, now = reply_mail(PROMISE).decode(), int(time.time())
    anybody = Client()

    def call(given: dict[str, Any], to: str = path) -> tuple[int, Any]:
        answer = anybody.post(f"{to}/mime", given)
        return answer.status_code, answer.json().get("taken")

    good = signed("k", now, **{"body-mime": mail})
    assert call(good) == (200, "taken")
    assert call(good) == (200, "known")
    assert call(signed("other", now, **{"body-mime": mail}))[0] == 401
    assert call(signed("k", now - 3600, **{"body-mime": mail}))[0] == 401
    assert call({"body-mime": mail})[0] == 401
    assert call(signed("k", now))[0] == 422
    assert call(good, "/api/v1/replies/" + "x" * 43)[0] == 404
    assert anybody.get(path).status_code == 405
    with in_tenant(desk.house.tenant_id):
        assert Reply.objects.of(desk.house.tenant_id).count() == 1
