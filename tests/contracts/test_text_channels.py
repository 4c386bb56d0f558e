"""What every channel of text messages promises; a new one is one line in `CHANNELS`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace

import pytest
from tests.messaging import far_ends
from tests.messaging.far_ends import FarEnd

from encours.messaging.ports import (
    OptedOut,
    PermanentRefusal,
    TemporaryRefusal,
    Text,
    TextChannel,
    Uncertain,
    Undelivered,
)
from encours.messaging.providers import calls
from encours.messaging.providers.ovh import OvhChannel
from encours.messaging.providers.twilio import TwilioChannel

UUID = "11111111-2222-4333-8444-555555555555"
TEXT = Text(UUID, "sms", "DURAND", "+33612345678", "Durand : 12,50 € à régler. Réf. RF18")
WHATSAPP = replace(
    TEXT,
    channel="whatsapp",
    sender="+33755555555",
    template="HX1",
    variables=(("1", "Durand"), ("2", "12,50 €")),
)


@dataclass(frozen=True)
class Rig:
    """A channel, its far end, and how that end names what it kept: number and body."""

    channel: TextChannel
    end: FarEnd
    named: Callable[[dict[str, object]], tuple[object, object]]


@contextmanager
def twilio() -> Iterator[Rig]:
    with far_ends.serving(far_ends.twilio()) as end, calls.client(timeout_s=0.5) as http:
        given = {"sid": "AC1", "token": "secret", "callback": "https://e.example/r/t"}
        channel = TwilioChannel(http, base=end.url, **given)
        yield Rig(channel, end, lambda kept: (kept["To"], kept["Body"]))


@contextmanager
def ovh() -> Iterator[Rig]:
    with far_ends.serving(far_ends.ovh()) as end, calls.client(timeout_s=0.5) as http:
        keys = {"application": "AK", "secret": "AS", "consumer": "CK", "service": "sms-ab1-1"}
        channel = OvhChannel(http, base=end.url, **keys)
        yield Rig(channel, end, lambda kept: (kept["receivers"][0], kept["message"]))  # type: ignore[index]


CHANNELS: dict[str, Callable[[], AbstractContextManager[Rig]]] = {"twilio": twilio, "ovh": ovh}


@pytest.fixture(params=CHANNELS)
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    with CHANNELS[request.param]() as made:
        assert made.channel.code == request.param
        yield made


def test_what_is_sent_arrives_as_written_and_signed(rig: Rig) -> None:
    receipt = rig.channel.send(TEXT)

    assert receipt.reference
    assert [rig.named(one) for one in rig.end.kept] == [(TEXT.recipient, TEXT.body)]
    assert rig.end.faults == []


def test_the_message_can_be_found_again_by_its_uuid(rig: Rig) -> None:
    rig.channel.send(TEXT)

    said = json.dumps(rig.end.kept[0])
    assert UUID in said or UUID.replace("-", "")[:20] in said


@pytest.mark.parametrize(
    ("answer", "expected", "phase"),
    [
        pytest.param("400", PermanentRefusal, "content", id="refused"),
        pytest.param("401", TemporaryRefusal, "connection", id="not our account"),
        pytest.param("402", TemporaryRefusal, "connection", id="no credit left"),
        pytest.param("429", TemporaryRefusal, "connection", id="too many calls"),
        pytest.param("503", TemporaryRefusal, "connection", id="closed for a while"),
        pytest.param("500", Uncertain, "content", id="broken: it may have left"),
        pytest.param("502", Uncertain, "content", id="a gateway lost the answer"),
        pytest.param("slow", Uncertain, "content", id="no answer in time"),
        pytest.param("cut", Uncertain, "content", id="cut before an answer"),
        pytest.param("taken+cut", Uncertain, "content", id="taken, then cut"),
        pytest.param("empty", Uncertain, "content", id="an answer that says nothing"),
    ],
)
def test_each_answer_has_its_refusal_and_the_next_one_leaves(
    rig: Rig, answer: str, expected: type[Undelivered], phase: str
) -> None:
    rig.end.script.append(answer)
    with pytest.raises(expected) as raised:
        rig.channel.send(TEXT)

    assert type(raised.value) is expected
    assert raised.value.phase == phase
    assert rig.end.calls == 1, "what may have left is never asked twice"
    rig.channel.send(replace(TEXT, message_id="2" * 36))
    assert rig.named(rig.end.kept[-1]) == (TEXT.recipient, TEXT.body)


def test_a_bad_number_is_a_bounce(rig: Rig) -> None:
    with pytest.raises(PermanentRefusal) as raised:
        rig.channel.send(replace(TEXT, recipient="+33600000404"))

    assert raised.value.is_bounce
    assert rig.end.kept == []


def test_a_provider_that_is_not_there_gives_nothing_away(rig: Rig) -> None:
    rig.channel._base = "http://127.0.0.1:9"  # type: ignore[attr-defined]
    with pytest.raises(TemporaryRefusal) as raised:
        rig.channel.send(TEXT)

    assert raised.value.phase == "connection"


def test_a_closed_channel_opens_again(rig: Rig) -> None:
    rig.channel.close()
    rig.channel.send(TEXT)
    rig.channel.close()
    rig.channel.close()
    rig.channel.send(TEXT)

    assert len(rig.end.kept) == 2


def test_whatsapp_leaves_by_its_approved_template() -> None:
    with twilio() as rig:
        rig.channel.send(WHATSAPP)

    (kept,) = rig.end.kept
    assert kept["From"] == "whatsapp:+33755555555"
    assert kept["To"] == "whatsapp:+33612345678"
    assert kept["ContentSid"] == "HX1"
    assert json.loads(kept["ContentVariables"]) == {"1": "Durand", "2": "12,50 €"}
    assert "Body" not in kept
    assert kept["StatusCallback"] == f"https://e.example/r/t?m={UUID}"


def test_who_answered_stop_is_no_bounce() -> None:
    with twilio() as rig, pytest.raises(OptedOut) as raised:
        rig.channel.send(replace(TEXT, recipient="+33600000610"))

    assert not raised.value.is_bounce


def test_ovh_is_told_that_this_is_no_prospecting() -> None:
    with ovh() as rig:
        rig.channel.send(TEXT)

    assert rig.end.kept[0]["noStopClause"] is True
    assert rig.end.kept[0]["sender"] == "DURAND"
