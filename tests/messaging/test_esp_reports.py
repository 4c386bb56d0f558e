"""What sending services tell afterwards: signed where they sign, once, and in our own words."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.test import Client
from tests.conftest import House
from tests.messaging.test_outbox import Facts, facts
from tests.messaging.test_reports import NOW, state_of

from encours.messaging import accounts, queries, setups
from encours.messaging.models import ChannelAccount, Message
from encours.messaging.ports import CHANNEL_FACTORIES
from encours.tenancy.models import Creditor
from encours.tenancy.scope import in_tenant

__all__ = ["facts"]
FIELDS = {
    "mailgun": {"api_key": "k", "domain": "lenoir.example", "signing_key": "sign"},
    "brevo": {"api_key": "k"},
    "postmark": {"server_token": "k", "webhook_secret": "user:word"},
}


def opened(house: House, provider: str) -> str:
    """Open an account and return the path of its reports."""
    with in_tenant(house.tenant_id):
        setups.set_account(
            tenant_id=house.tenant_id,
            creditor_id=house.creditor_id,
            channel="email",
            given=setups.Given(provider, FIELDS[provider]),
            actor_id=1,
            now=NOW,
        )
        rows = queries.channel_accounts(tenant_id=house.tenant_id, creditor_id=house.creditor_id)
    return urlsplit(rows["email"].callback).path


def sent(house: House, state: str = "sent") -> Message:
    with in_tenant(house.tenant_id):
        return Message.objects.create(
            tenant_id=house.tenant_id, creditor_id=house.creditor_id, kind="test", subject_id=1,
            channel="email", uuid=uuid4(), state=state, claimed_at=NOW, provider_reference="ref-1",
            recipient={"to": ["zoe@dupain.example"]},
        )  # fmt: skip


def told(path: str, body: dict[str, Any], *, basic: str = "") -> int:
    headers = {"Authorization": f"Basic {basic}"} if basic else {}
    answer = Client().post(path, json.dumps(body), content_type="application/json", headers=headers)
    return answer.status_code


def of_mailgun(uuid: object, event: str, *, key: str = "sign", **more: Any) -> dict[str, Any]:
    at, token = str(int(time.time())), "t" * 50
    signed = hmac.new(key.encode(), f"{at}{token}".encode(), hashlib.sha256).hexdigest()
    return {
        "signature": {"timestamp": at, "token": token, "signature": signed},
        "event-data": {
            "event": event, "timestamp": time.time(), "id": "e1", "recipient": "zoe@dupain.example",
            "user-variables": {"encours": str(uuid)}, "message": {"headers": {"message-id": "ref-1"}},
            **more,
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("told_of", "state", "is_delivered"),
    [
        pytest.param(("delivered", {}), "sent", True, id="delivered"),
        pytest.param(("failed", {"severity": "permanent"}), "bounced", False, id="hard bounce"),
        pytest.param(
            ("failed", {"severity": "temporary"}), "sent", False, id="theirs to try again"
        ),
        pytest.param(("complained", {}), "bounced", False, id="reported as spam"),
        pytest.param(("unsubscribed", {}), "bounced", False, id="wants no more"),
        pytest.param(("rejected", {}), "failed", False, id="refused by the service"),
        pytest.param(("opened", {}), "sent", False, id="opens are not asked for"),
    ],
)
def test_mailgun_tells_in_its_words(
    house: House, facts: Facts, told_of: tuple[str, dict[str, Any]], state: str, is_delivered: bool
) -> None:
    event, more = told_of
    path, message = opened(house, "mailgun"), sent(house)
    answers = [told(path, of_mailgun(message.uuid, event, **more)) for _ in range(2)]
    after = state_of(house, message)

    assert answers == [204, 204]
    assert (after.state, after.delivered_at is not None) == (state, is_delivered)
    assert facts.concluded == ([(1, state)] if state != "sent" else []), "once"


def test_a_wrong_signature_is_refused(house: House, facts: Facts) -> None:
    path, message = opened(house, "mailgun"), sent(house)
    answers = [
        told(path, of_mailgun(message.uuid, "complained", key="other")),
        told(path, {"event-data": {}}),
        told(path, {}),
    ]

    assert answers == [403, 403, 403]
    assert state_of(house, message).state == "sent"


def test_a_password_in_the_address_is_asked_for(house: House, facts: Facts) -> None:
    path, message = opened(house, "postmark"), sent(house)
    body = {
        "RecordType": "Bounce", "Type": "HardBounce", "MessageID": "ref-1", "ID": 1,
        "Email": "zoe@dupain.example", "BouncedAt": "2026-11-20T10:00:00Z",
        "Metadata": {"encours": str(message.uuid)}, "Description": "no such mailbox",
    }  # fmt: skip
    without, wrong = told(path, body), told(path, body, basic="dXNlcjpvdGhlcg==")
    before = state_of(house, message).state
    with_it = told(path, body, basic="dXNlcjp3b3Jk")

    assert (without, wrong, before, with_it) == (403, 403, "sent", 204)
    assert state_of(house, message).state == "bounced"


def test_a_report_of_brevo_settles_a_doubt(house: House, facts: Facts) -> None:
    path, message = opened(house, "brevo"), sent(house, "uncertain")
    body = {
        "event": "delivered", "email": "zoe@dupain.example", "message-id": "<1@brevo>", "id": 1,
        "ts_epoch": int(time.time() * 1000), "X-Mailin-custom": json.dumps({"encours": str(message.uuid)}),
    }  # fmt: skip
    answers = [told(path, body), told(path, body)]

    assert answers == [204, 204]
    assert state_of(house, message).state == "sent"
    assert facts.concluded == [(1, "sent")]


def test_a_message_that_nobody_knows_changes_nothing(house: House, facts: Facts) -> None:
    path, message = opened(house, "mailgun"), sent(house)
    stranger = of_mailgun(uuid4(), "complained")
    stranger["event-data"]["message"]["headers"]["message-id"] = "other"

    assert told(path, stranger) == 204
    assert state_of(house, message).state == "sent"


def test_e_mails_leave_by_the_account_while_it_is_in_service(house: House) -> None:
    opened(house, "brevo")
    with in_tenant(house.tenant_id):
        creditor = Creditor.objects.of(house.tenant_id).get(pk=house.creditor_id)
        account = accounts.account_for(creditor, "email")
        ChannelAccount.objects.of(house.tenant_id).update(is_enabled=False)
        without = accounts.account_for(creditor, "email")

    assert (account.channel, dict(account.settings)["api_key"]) == ("brevo", "k")
    assert without.channel == "smtp"
    assert CHANNEL_FACTORIES["brevo"](account).code == "brevo"
