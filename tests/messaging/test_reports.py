"""Providers call back: signed, once, and a doubt is settled by the report that names it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import pytest
from django.test import Client
from tests.conftest import House
from tests.messaging.test_outbox import Facts, facts

from encours.messaging import optouts, queries, setups
from encours.messaging.models import ChannelAccount, Message
from encours.messaging.ports import CHANNEL_FACTORIES, PermanentRefusal
from encours.messaging.providers.memory import MemoryChannel
from encours.messaging.providers.twilio import signature
from encours.tenancy.scope import in_tenant

__all__ = ["facts"]
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
TWILIO = {"sid": "AC1", "token": "secret", "sender": "DURAND"}
OVH = {"service": "sms-1", "application": "AK", "secret": "AS", "consumer": "CK", "sender": "DUR"}


def opened(house: House, provider: str = "twilio", **given: object) -> str:
    """Open an account and return the path of its reports."""
    fields = TWILIO if provider == "twilio" else OVH
    with in_tenant(house.tenant_id):
        setups.set_account(
            tenant_id=house.tenant_id,
            creditor_id=house.creditor_id,
            channel="sms",
            given=setups.Given(provider, fields, "06 39 98 00 01", 450, **given),  # type: ignore[arg-type]
            actor_id=1,
            now=NOW,
        )
        rows = queries.channel_accounts(tenant_id=house.tenant_id, creditor_id=house.creditor_id)
    return urlsplit(rows["sms"].callback).path


def sent(house: House, state: str = "sent", reference: str = "SM1") -> Message:
    with in_tenant(house.tenant_id):
        return Message.objects.create(
            tenant_id=house.tenant_id,
            creditor_id=house.creditor_id,
            kind="test",
            subject_id=1,
            channel="sms",
            uuid=uuid4(),
            state=state,
            claimed_at=NOW - timedelta(minutes=1),
            provider_reference=reference,
            recipient={"to": ["+33612345678"]},
        )


def told(path: str, form: dict[str, str], *, token: str = "secret", query: str = "") -> int:
    address = f"{path}?{query}" if query else path
    signed = signature(f"http://localhost:8000{address}", form, token)
    answer = Client().post(
        address,
        urlencode(form),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": signed},
    )
    return answer.status_code


def state_of(house: House, message: Message) -> Message:
    with in_tenant(house.tenant_id):
        return Message.objects.of(house.tenant_id).get(pk=message.pk)


def form(status: str, **more: str) -> dict[str, str]:
    return {"MessageSid": "SM1", "MessageStatus": status, "To": "+33612345678", **more}


def test_a_delivery_is_noted_once(house: House, facts: Facts) -> None:
    path, message = opened(house), sent(house)

    assert [told(path, form("delivered")), told(path, form("delivered"))] == [204, 204]
    found = state_of(house, message)
    assert (found.state, found.delivered_at is not None) == ("sent", True)
    assert facts.concluded == []


def test_a_report_settles_a_doubt(house: House, facts: Facts) -> None:
    path, message = opened(house), sent(house, "uncertain", reference="")

    assert told(path, form("sent"), query=f"m={message.uuid}") == 204
    found = state_of(house, message)
    assert (found.state, found.sent_at, found.provider_reference) == (
        "sent",
        message.claimed_at,
        "SM1",
    )
    assert facts.concluded == [(1, "sent")]


@pytest.mark.parametrize(
    ("code", "state"),
    [
        pytest.param("30005", "bounced", id="unknown number"),
        pytest.param("30003", "failed", id="switched off"),
    ],
)
def test_a_refusal_comes_late_and_once(house: House, facts: Facts, code: str, state: str) -> None:
    path, message = opened(house), sent(house)
    for _ in range(2):
        assert told(path, form("undelivered", ErrorCode=code)) == 204

    assert state_of(house, message).state == state
    assert facts.concluded == [(1, state)]


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"token": "another"}, id="signed by somebody else"),
        pytest.param({"token": ""}, id="signed with nothing"),
    ],
)
def test_a_forged_call_changes_nothing(house: House, facts: Facts, how: dict[str, str]) -> None:
    path, message = opened(house), sent(house)

    assert told(path, form("delivered"), **how) == 403
    assert state_of(house, message).delivered_at is None


def test_an_address_that_nobody_has_is_not_there(house: House) -> None:
    path = opened(house)
    other = re.sub(r"[^/]+$", "x" * 43, path)

    assert told(other, form("delivered")) == 404
    assert told(path + "x", form("delivered")) == 404


def test_too_many_calls_wait(house: House, settings: object) -> None:
    settings.CHANNEL_REPORTS_PER_MINUTE = 1  # type: ignore[attr-defined]
    path = opened(house)

    found = [told(path, form("delivered")) for _ in range(3)]
    assert 429 in found[1:]


def test_stop_is_honoured_until_start(house: House) -> None:
    path = opened(house)
    asked = {"tenant_id": house.tenant_id, "numbers": ["+33612345678", "+33698765432"]}

    said = {"From": "+33612345678", "Body": "Stop."}
    assert [told(path, said), told(path, said)] == [204, 204]
    with in_tenant(house.tenant_id):
        assert optouts.refused(**asked) == {"+33612345678"}  # type: ignore[arg-type]
    assert told(path, {"From": "+33612345678", "OptOutType": "START", "Body": "x"}) == 204
    with in_tenant(house.tenant_id):
        assert optouts.refused(**asked) == frozenset()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ptt", "state"),
    [
        pytest.param("4", "sent", id="delivered"),
        pytest.param("1", "sent", id="the network goes on trying"),
        pytest.param("23", "bounced", id="not to be used again"),
        pytest.param("24", "failed", id="switched off"),
    ],
)
def test_ovh_tells_by_its_codes(house: House, facts: Facts, ptt: str, state: str) -> None:
    path, message = opened(house, "ovh"), sent(house, reference="1001")

    assert Client().get(f"{path}?id=1001&ptt={ptt}&date=x").status_code == 204
    found = state_of(house, message)
    assert (found.state, found.delivered_at is not None) == (state, ptt == "4")


def test_another_tenant_is_out_of_reach(house: House, facts: Facts) -> None:
    from tests.conftest import found_house  # noqa: PLC0415

    other = found_house()
    path, message = opened(other), sent(house)

    assert told(path, form("delivered"), query=f"m={message.uuid}") == 204
    assert state_of(house, message).delivered_at is None


@pytest.fixture
def twin() -> Iterator[MemoryChannel]:
    one, kept = MemoryChannel(), dict(CHANNEL_FACTORIES._adapters)
    CHANNEL_FACTORIES.fill({**kept, "twilio": lambda account: one})
    yield one
    CHANNEL_FACTORIES.fill(kept)


def test_a_test_goes_to_ones_own_number_and_says_what_was_answered(
    house: House, twin: MemoryChannel
) -> None:
    opened(house)

    def tried() -> ChannelAccount:
        with in_tenant(house.tenant_id):
            setups.send_test(
                tenant_id=house.tenant_id,
                creditor_id=house.creditor_id,
                channel="sms",
                actor_id=1,
                now=NOW,
            )
        with in_tenant(house.tenant_id):
            return ChannelAccount.objects.of(house.tenant_id).get()

    assert tried().tested_at == NOW
    (text,) = twin.sent.values()
    assert text.recipient == "+33639980001"  # type: ignore[union-attr]
    twin.outcome = lambda _parcel: PermanentRefusal("Refusé.", reply="bad sender")
    assert (tried().tested_at, tried().failure) == (None, "Refusé. bad sender")


def test_a_secret_left_out_is_kept_and_never_stored_in_clear(house: House) -> None:
    path = opened(house)
    with in_tenant(house.tenant_id):
        setups.set_account(
            tenant_id=house.tenant_id,
            creditor_id=house.creditor_id,
            channel="sms",
            given=setups.Given("twilio", {**TWILIO, "token": ""}),
            actor_id=1,
            now=NOW,
        )
        row = ChannelAccount.objects.of(house.tenant_id).get()
    assert "secret" not in row.secrets
    assert "token" not in row.settings
    assert told(path, form("delivered")) == 204, "the same token still signs"


@pytest.mark.parametrize(
    ("changes", "own", "field"),
    [
        pytest.param({"sender": "Société Durand"}, "", "sender", id="no network takes this name"),
        pytest.param({"sid": ""}, "", "sid", id="no account"),
        pytest.param({"token": ""}, "", "token", id="no secret and none before"),
        pytest.param({}, "01 99 00 12 34", "own_number", id="a landline"),
    ],
)
def test_what_cannot_work_is_refused(
    house: House, changes: dict[str, str], own: str, field: str
) -> None:
    with in_tenant(house.tenant_id), pytest.raises(setups.InvalidAccount) as refused:
        setups.set_account(
            tenant_id=house.tenant_id,
            creditor_id=house.creditor_id,
            channel="sms",
            given=setups.Given("twilio", {**TWILIO, **changes}, own),
            actor_id=1,
            now=NOW,
        )
    assert list(refused.value.by_field) == [field]
