"""What every sending service promises; a new one is one line in `ESPS`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from tests.messaging import esp_ends, far_ends
from tests.messaging.far_ends import FarEnd
from tests.messaging.samples import UUID_ONE, email

from encours.messaging.ports import (
    Account,
    Email,
    PermanentRefusal,
    TemporaryRefusal,
    Uncertain,
    Undelivered,
)
from encours.messaging.providers import calls, esp
from encours.messaging.providers.esp import EspChannel
from encours.messaging.rules.mime import Attachment

KEYS = {
    "mailgun": {"api_key": "key-1", "domain": "lenoir.example"},
    "brevo": {"api_key": "key-1"},
    "postmark": {"server_token": "key-1"},
}
ENDS = {"mailgun": esp_ends.mailgun, "brevo": esp_ends.brevo, "postmark": esp_ends.postmark}


@dataclass(frozen=True)
class Rig:
    """A channel and its far end."""

    channel: EspChannel
    end: FarEnd

    def another(self, **given: str) -> EspChannel:
        every = {**KEYS[self.channel.code], "base": self.end.url, **given}
        account = Account(self.channel.code, tuple(every.items()))
        return EspChannel(self.channel._http, self.channel.code, account)


@pytest.fixture(params=sorted(esp.ESPS))
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    code = request.param
    with far_ends.serving(ENDS[code]()) as end, calls.client(timeout_s=0.5) as http:
        settings = {**KEYS[code], "base": end.url}
        yield Rig(EspChannel(http, code, Account(code, tuple(settings.items()))), end)


def mail(to: str = "zoe@dupain.example", **changes: object) -> Email:
    return email(to, number=1, **changes)


def test_what_is_sent_arrives_as_written_and_can_be_found_again(rig: Rig) -> None:
    attached = Attachment("facture é.pdf", b"%PDF-1.7 x", "application/pdf")
    receipt = rig.channel.send(mail(html="<p>Bonjour <b>Zoé</b></p>", attachments=(attached,)))

    assert receipt.reference
    assert rig.end.faults == []
    (kept,) = rig.end.kept
    said = json.dumps(kept, ensure_ascii=False)
    key = str(UUID_ONE).replace("000000000001", "000000000002")
    assert key in said.replace("\\", "")
    assert "zoe@dupain.example" in said
    assert "<p>Bonjour <b>Zoé</b></p>" in said.replace("\\", "")
    assert "facture é.pdf" in said
    assert f"{key.replace('-', '')}@lenoir.example" in said, "answers are threaded by it"


def test_a_copy_that_no_header_names_stays_unseen(rig: Rig) -> None:
    known = mail()
    rig.channel.send(replace(known, recipients=(*known.recipients, "chef@lenoir.example")))

    (kept,) = rig.end.kept
    unseen = kept.get("bcc") or kept.get("Bcc")
    assert "chef@lenoir.example" in json.dumps(unseen)


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
        rig.channel.send(mail())

    assert type(raised.value) is expected
    assert raised.value.phase == phase
    assert rig.end.calls == 1, "what may have left is never asked twice"
    assert rig.channel.send(mail()).reference


def test_a_bad_address_is_a_bounce(rig: Rig) -> None:
    with pytest.raises(PermanentRefusal) as raised:
        rig.channel.send(mail(esp_ends.REFUSED))

    assert raised.value.is_bounce
    assert rig.end.kept == []


def test_a_wrong_key_blames_nobody(rig: Rig) -> None:
    wrong = rig.another(api_key="key-2", server_token="key-2")
    with pytest.raises(TemporaryRefusal) as raised:
        wrong.send(mail())

    assert raised.value.phase == "connection"


def test_a_service_that_is_not_there_gives_nothing_away(rig: Rig) -> None:
    with pytest.raises(TemporaryRefusal) as raised:
        rig.another(base="http://127.0.0.1:9").send(mail())

    assert raised.value.phase == "connection"
