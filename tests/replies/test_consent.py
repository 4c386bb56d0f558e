"""Mailboxes opened by consent: the code exchanged, tokens refreshed, an access taken back said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.replies.house import TODAY, Desk
from tests.replies.stubs import Answer, Asked, Stub, stub

from encours.feeds.ports import CONSENTS, MAILBOXES, Account, Revoked, Unreachable
from encours.feeds.providers import web
from encours.feeds.providers.oauth import GOOGLE, MICROSOFT, PROVIDERS, MailConsent
from encours.messaging.ports import SENDER_CONSENTS, TemporaryRefusal
from encours.replies.actions import boxes, consents, fetching
from encours.replies.models import Inbox
from encours.replies.queries import inboxes
from encours.tenancy.scope import in_tenant

BACK = "https://encours.example/reglages/reponses/retour/"


def granted(asked: Asked) -> tuple[int, Any]:
    """Give tokens: the first refresh gives a new refresh token."""
    form = asked.form
    if form["grant_type"] == "authorization_code":
        is_good = (form["code"], form["code_verifier"]) == ("good", "v" * 48)
        return (200, {"refresh_token": "r1", "access_token": "a0"}) if is_good else (400, {})
    if form["refresh_token"] == "r1":
        return 200, {"access_token": "a1", "refresh_token": "r2"}
    if form["refresh_token"] == "r2":
        return 200, {"access_token": "a2"}
    return 400, {"error": "invalid_grant"}


def consent_at(server: Stub, kept: dict[str, str], secrets: dict[str, str]) -> MailConsent:
    account = Account(
        {"auth": "microsoft", "client_id": "app", "user": "compta@durand.example"},
        {"client_secret": "s", **secrets},
        keep=lambda _settings, found: kept.update(found),
    )
    endpoints = replace(MICROSOFT, tokens=f"{server.url}/token")
    return MailConsent(web.client(server.url, private=True), account, endpoints)


@pytest.fixture
def server() -> Iterator[Stub]:
    with stub(granted) as found:
        yield found


@pytest.mark.parametrize("code", sorted(PROVIDERS))
def test_the_owner_is_sent_where_they_consent(code: str) -> None:
    account = Account({"auth": code, "client_id": "app", "user": "x@y.fr"})
    consent = MailConsent(web.client("https://h.example", private=False), account, PROVIDERS[code])
    address = consent.address(state="S", challenge="C", back=BACK)
    told = parse_qs(urlsplit(address).query)

    assert address.startswith("https://")
    assert "{" not in address
    assert told["code_challenge_method"] == ["S256"]
    assert (told["state"], told["redirect_uri"], told["client_id"]) == (["S"], [BACK], ["app"])
    assert GOOGLE.scope == "https://mail.google.com/"


def test_a_code_becomes_a_refresh_token(server: Stub) -> None:
    consent = consent_at(server, {}, {})

    assert consent.tokens(code="good", verifier="v" * 48, back=BACK) == {"refresh_token": "r1"}
    assert server.heard[0].form["client_secret"] == "s"
    with pytest.raises(Unreachable):
        consent.tokens(code="stolen", verifier="x", back=BACK)


def test_a_new_refresh_token_is_kept_at_once(server: Stub) -> None:
    kept: dict[str, str] = {}

    opening = consent_at(server, kept, {"refresh_token": "r1"}).opening()

    assert opening.secrets == {"token": "a1"}
    assert (opening.settings["host"], opening.settings["security"]) == (MICROSOFT.host, "tls")
    assert kept == {"refresh_token": "r2"}


@pytest.mark.parametrize(
    ("secrets", "sentence"),
    [
        pytest.param({"refresh_token": "gone"}, "retiré ou a expiré", id="taken back"),
        pytest.param({}, "pas encore connectée", id="never given"),
    ],
)
def test_without_access_it_is_said(server: Stub, secrets: dict[str, str], sentence: str) -> None:
    with pytest.raises(Revoked, match=sentence):
        consent_at(server, {}, secrets).opening()


def test_an_outage_is_not_taken_for_a_refusal() -> None:
    broken: Answer = lambda _asked: (503, {})  # noqa: E731
    with stub(broken) as server, pytest.raises(Unreachable) as problem:
        consent_at(server, {}, {"refresh_token": "r1"}).opening()

    assert not isinstance(problem.value, Revoked)


def test_from_the_settings_to_a_mailbox_that_lost_its_access(
    desk: Desk, server: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(account: Account) -> MailConsent:
        endpoints = replace(MICROSOFT, tokens=f"{server.url}/token")
        return MailConsent(web.client(server.url, private=True), account, endpoints)

    def mailbox(account: Account) -> Any:
        opened(account).opening()
        raise AssertionError("the access was taken back")

    monkeypatch.setattr(CONSENTS, "_filled", {"microsoft": opened})
    monkeypatch.setattr(MAILBOXES, "_filled", {"imap": mailbox})
    told = boxes.Told(
        settings={"auth": "microsoft", "user": "compta@durand.example", "client_id": "app"}
    )
    with in_tenant(desk.house.tenant_id):
        boxes.set_inbox(**desk.owner, told=told, actor_id=1, today=TODAY)
    asked = {"verifier": "v" * 48, "back": BACK, "actor_id": 1, "today": TODAY}
    consents.take(**desk.owner, code="good", **asked)

    with in_tenant(desk.house.tenant_id):
        shown = inboxes.inbox_of(**desk.owner)
        assert shown is not None
        assert shown.is_consented
        inbox = Inbox.objects.of(desk.house.tenant_id).get(pk=desk.inbox_id)
        assert boxes.opened(inbox)["refresh_token"] == "r1"
        inbox.secrets = boxes.sealed({"refresh_token": "gone"})
        inbox.save()
    done = fetching.fetch(tenant_id=desk.house.tenant_id, inbox_id=desk.inbox_id)
    assert done is not None
    assert "retiré ou a expiré" in done.problem
    with in_tenant(desk.house.tenant_id):
        after = inboxes.inbox_of(**desk.owner)
    assert after is not None
    assert after.failure == done.problem


def test_the_owner_is_asked_to_read_and_to_send_at_once(server: Stub) -> None:
    consent = consent_at(server, {}, {"refresh_token": "r2"})
    told = parse_qs(urlsplit(consent.address(state="S", challenge="C", back=BACK)).query)
    consent.tokens(code="good", verifier="v" * 48, back=BACK)
    consent.access_token()
    sending = consent.sending_token()
    scopes = [one.form["scope"] for one in server.heard]

    assert "IMAP.AccessAsUser.All" in told["scope"][0]
    assert "SMTP.Send" in told["scope"][0]
    assert told["scope"][0].count("offline_access") == 1
    assert sending == "a2"
    assert scopes == [told["scope"][0], MICROSOFT.scope, MICROSOFT.sending]
    assert not GOOGLE.sending, "one scope is both"


@pytest.mark.parametrize(
    ("secrets", "sentence"),
    [
        pytest.param({"refresh_token": "r2"}, "", id="given"),
        pytest.param({"refresh_token": "gone"}, "ne permet pas d'envoyer", id="taken back"),
        pytest.param({}, "pas encore connectée", id="never given"),
        pytest.param(None, "Aucune boîte", id="no mailbox at all"),
    ],
)
def test_a_creditor_sends_by_its_mailbox(
    desk: Desk,
    server: Stub,
    monkeypatch: pytest.MonkeyPatch,
    secrets: dict[str, str] | None,
    sentence: str,
) -> None:
    def opened(account: Account) -> MailConsent:
        endpoints = replace(MICROSOFT, tokens=f"{server.url}/token")
        return MailConsent(web.client(server.url, private=True), account, endpoints)

    monkeypatch.setattr(CONSENTS, "_filled", {"microsoft": opened})
    whose = {"tenant_id": desk.house.tenant_id, "creditor_id": desk.house.creditor_id}
    if secrets is not None:
        told = boxes.Told(
            settings={"auth": "microsoft", "user": "compta@durand.example", "client_id": "app"}
        )
        with in_tenant(desk.house.tenant_id):
            boxes.set_inbox(**desk.owner, told=told, actor_id=1, today=TODAY)
            rows = Inbox.objects.of(desk.house.tenant_id)
            rows.filter(pk=desk.inbox_id).update(secrets=boxes.sealed(secrets))
    consent = SENDER_CONSENTS["inbox"]
    if not sentence:
        assert consent.token(**whose) == "a2"
        return
    with pytest.raises(TemporaryRefusal, match=sentence) as raised:
        consent.token(**whose)

    assert raised.value.phase == "connection"
