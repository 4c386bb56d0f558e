"""What every provider of letters promises; a new one is one line in `CHANNELS`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
from tests.messaging.posts import KEY, PDF, SECRET, USER, Office, office

from encours.messaging.ports import (
    Account,
    Letter,
    LetterKind,
    LetterTracker,
    PermanentRefusal,
    Receipt,
    TemporaryRefusal,
    Uncertain,
)
from encours.messaging.providers.ar24 import Ar24, opened, signature
from encours.messaging.providers.maileva import Maileva
from encours.messaging.providers.memory_letters import MemoryLetters
from encours.messaging.providers.merci_facteur import MerciFacteur
from encours.messaging.rules.tracking import ProofRef

TODAY = date(2026, 12, 1)
UUID = "5d7c6d1e-6f1a-4d0e-9a55-0a6f3b1c2d3e"
Maker = Callable[[httpx.Client, Office], LetterTracker]
GIVEN: Mapping[str, tuple[tuple[str, str], ...]] = {
    "maileva": (
        ("client_id", USER), ("client_secret", SECRET), ("password", SECRET),
        ("sender_id", "11111111-1111-4111-8111-111111111111"), ("username", USER),
    ),
    "ar24": (("private_key", KEY), ("token", "jeton"), ("user_id", "123")),
    "merci_facteur": (
        ("secret_key", SECRET), ("sender_email", "compta@martin.example"),
        ("service_id", USER), ("user_id", "37"),
    ),
}  # fmt: skip
CHANNELS: Mapping[str, Maker] = {
    "maileva": lambda http, end: Maileva(
        http, Account("maileva", GIVEN["maileva"]), end.url, f"{end.url}/token"
    ),
    "ar24": lambda http, end: Ar24(http, Account("ar24", GIVEN["ar24"]), end.url),
    "merci_facteur": lambda http, end: MerciFacteur(
        http, Account("merci_facteur", GIVEN["merci_facteur"]), end.url
    ),
}
KINDS: Mapping[str, LetterKind] = {
    "maileva": "registered", "ar24": "eregistered", "merci_facteur": "registered",
}  # fmt: skip


def letter(kind: LetterKind = "registered", **changed: Any) -> Letter:
    one = Letter(
        message_id=UUID,
        channel=kind,
        sender=("Établissements Martin", "12 rue des Lilas", "69003 LYON"),
        recipient=("Menuiserie Dupont et Fils", "Zone artisanale", "4 rue du Port", "44000 NANTES"),
        pdf=b"%PDF-1.7\nlettre",
        email="compta@dupont.example",
        options=(("contact", "Jeanne Dupont"), ("professional", "1")),
    )
    return replace(one, **changed)


class Rig:
    """A provider, its far end, and the means to begin again as a process that has died would."""

    def __init__(self, name: str, stack: ExitStack) -> None:
        self.name = name
        self.end = stack.enter_context(office(name))
        self.http = stack.enter_context(httpx.Client(timeout=0.8))
        self.kind = KINDS[name]
        self.channel = self.fresh()

    def fresh(self) -> LetterTracker:
        """Return a channel that remembers nothing."""
        return CHANNELS[self.name](self.http, self.end)


@pytest.fixture(params=CHANNELS)
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    with ExitStack() as stack:
        made = Rig(request.param, stack)
        assert made.channel.code == request.param
        yield made
        assert made.end.faults == []


def test_a_letter_leaves_once_under_our_uuid(rig: Rig) -> None:
    receipt = rig.channel.send(letter(rig.kind))
    again = rig.channel.send(letter(rig.kind))
    later = rig.fresh().send(letter(rig.kind))

    assert rig.end.left == [UUID]
    assert receipt.reference
    assert {again.reference, later.reference} <= {receipt.reference, ""}
    assert rig.channel.send(letter(rig.kind, message_id=UUID.replace("5", "6"))).reference
    assert len(rig.end.left) == 2


def test_a_token_that_ended_is_asked_again(rig: Rig) -> None:
    rig.channel.send(letter(rig.kind))
    rig.end.tokens.clear()

    assert rig.channel.send(letter(rig.kind, message_id=UUID.replace("5", "7"))).reference
    assert len(rig.end.left) == 2


@pytest.mark.parametrize(
    ("status", "expected", "phase"),
    [
        pytest.param("400", PermanentRefusal, "content", id="refused"),
        pytest.param("403", TemporaryRefusal, "connection", id="the account is refused"),
        pytest.param("402", TemporaryRefusal, "connection", id="no credit left"),
        pytest.param("429", TemporaryRefusal, "connection", id="too many calls"),
        pytest.param("503", TemporaryRefusal, "connection", id="closed for a while"),
        pytest.param("500", Uncertain, "content", id="broken while it took the letter"),
        pytest.param("lost", Uncertain, "content", id="cut before an answer"),
    ],
)
def test_refusals_are_told_apart(
    rig: Rig, status: str, expected: type[Exception], phase: str
) -> None:
    rig.end.commit.append(status)

    with pytest.raises(expected) as told:
        rig.channel.send(letter(rig.kind))
    assert getattr(told.value, "phase", "") == phase
    assert rig.end.left == []


@pytest.mark.parametrize("how", ["slow", "cut"])
def test_an_answer_that_is_lost_leaves_a_doubt_or_the_truth_and_never_two_letters(
    rig: Rig, how: str
) -> None:
    rig.end.commit.append(how)
    try:
        told: object = rig.channel.send(letter(rig.kind))
    except Uncertain as doubt:
        told = doubt

    assert isinstance(told, Receipt if rig.name == "maileva" else Uncertain)
    rig.fresh().send(letter(rig.kind))
    assert rig.end.left == [UUID]


def test_a_bad_address_is_a_bounce(rig: Rig) -> None:
    rig.end.bad_address = True

    with pytest.raises(PermanentRefusal) as told:
        rig.channel.send(letter(rig.kind))
    assert told.value.is_bounce
    assert rig.end.left == []


def test_an_outage_before_the_letter_is_given_is_no_doubt(rig: Rig) -> None:
    channel = CHANNELS[rig.name](rig.http, Office(url="http://127.0.0.1:9"))

    with pytest.raises(TemporaryRefusal) as told:
        channel.send(letter(rig.kind))
    assert told.value.phase == "connection"


@pytest.mark.parametrize("name", ["maileva", "merci_facteur"])
def test_a_wrong_secret_blames_nobody(name: str) -> None:
    with ExitStack() as stack:
        made = Rig(name, stack)
        wrong = tuple((key, "faux" if "secret" in key else one) for key, one in GIVEN[name])
        made.channel.account = Account(name, wrong)  # type: ignore[attr-defined]
        made.channel.__post_init__()  # type: ignore[attr-defined]
        with pytest.raises(TemporaryRefusal) as told:
            made.channel.send(letter())
        assert told.value.phase == "connection"
        assert made.end.left == []


def test_a_sending_half_made_is_finished_and_not_made_again() -> None:
    with ExitStack() as stack:
        made = Rig("maileva", stack)
        made.end.any += ["", "", "", "500"]
        with pytest.raises(TemporaryRefusal):
            made.channel.send(letter())
        assert [one["status"] for one in made.end.sendings] == ["DRAFT"]

        made.fresh().send(letter())
        assert [one["status"] for one in made.end.sendings] == ["PENDING"]
        assert made.end.left == [UUID]
        assert made.end.faults == []


def test_a_rejected_sending_asked_again_is_a_new_one() -> None:
    with ExitStack() as stack:
        made = Rig("maileva", stack)
        made.channel.send(letter())
        made.end.sendings[0]["status"] = "REJECTED"

        assert made.fresh().send(letter()).reference.startswith("s1/")


def test_our_own_sending_is_found_behind_a_thousand_others() -> None:
    with ExitStack() as stack:
        made = Rig("maileva", stack)
        made.end.sendings += [
            {"id": f"x{n}", "status": "PROCESSED", "custom_id": f"autre-{n}"} for n in range(1100)
        ]
        made.channel.send(letter())
        assert made.fresh().send(letter()).reference
        assert made.end.left == [UUID]


@pytest.mark.parametrize("kind", ["letter", "registered", "eregistered"])
def test_maileva_takes_each_kind_by_its_own_product(kind: LetterKind) -> None:
    with ExitStack() as stack:
        made = Rig("maileva", stack)
        made.channel.send(letter(kind))

        product = {"letter": "mail/v2", "registered": "registered_mail/v4"}.get(kind, "qualified")
        assert any(product in call for call in made.end.calls)
        body = made.end.bodies[-1]
        if kind == "eregistered":
            assert (body["legal_status"], body["last_name"]) == ("PROFESSIONAL", "Dupont")
        else:
            assert body["address_line_6"] == "44000 NANTES"


def test_a_consumer_is_named_as_one() -> None:
    options = (("contact", "Jeanne Dupont"), ("professional", "0"))
    with ExitStack() as stack:
        made = Rig("ar24", stack)
        made.channel.send(letter("eregistered", options=options))
        assert made.end.bodies[-1]["dest_statut"] == "particulier"
        assert "to_company" not in made.end.bodies[-1]


def test_an_address_that_no_envelope_could_show_is_a_bounce_before_any_letter() -> None:
    with ExitStack() as stack:
        for name in ("maileva", "merci_facteur"):
            made = Rig(name, stack)
            with pytest.raises(PermanentRefusal) as told:
                made.channel.send(letter(recipient=("Dupont", "NANTES")))
            assert told.value.is_bounce
            assert made.end.left == []


def test_one_time_codes_open_the_hour_of_qualified_letters() -> None:
    with ExitStack() as stack:
        assert Rig("maileva", stack).channel.authenticate("123456").startswith("2026-12-01")  # type: ignore[attr-defined]
        made = Rig("ar24", stack)
        made.channel.authenticate("123456")  # type: ignore[attr-defined]
        assert made.end.calls == ["POST /user/auth_otp"]


TOLD: Mapping[str, dict[str, Any]] = {
    "maileva": {
        "registered_number": "1A00000000001",
        "statuses": [{"code": "PROCESSED", "date": "2026-12-01T10:00:00Z"}],
        "deposit_proof_date": "2026-12-01T23:30:00Z",
        "deposit_proof_url": "/x",
        "delivery_statuses": [{"code": "LP09", "date": "2026-12-03T09:00:00Z"}],
        "undelivered_mail_date": "2026-12-19T09:00:00Z",
        "undelivered_mail_reason": "N03",
        "undelivered_mail_url": "/y",
    },
    "ar24": {
        "ts_ev_date": "2026-12-02 18:13:01",
        "proof_ev_url": "{url}/get/proof/ev-1",
        "negligence_date": "2026-12-19 19:15:01",
        "proof_ng_url": "{url}/get/proof/ng-1",
    },
    "merci_facteur": {
        "refTracking": "2C123456789", "modeEnvoi": "lrare", "lastState": "distribue", "pnd": "0",
    },
}  # fmt: skip


def test_what_became_of_a_letter_is_told_in_our_words_with_its_proofs(rig: Rig) -> None:
    reference = rig.channel.send(letter(rig.kind)).reference
    rig.end.told = {
        key: one.replace("{url}", rig.end.url) if isinstance(one, str) else one
        for key, one in TOLD[rig.name].items()
    }

    told = rig.channel.follow(reference, rig.kind, today=TODAY)
    states = [one.state for one in told.happened]
    if rig.name == "merci_facteur":
        assert states == ["delivered"]
        assert told.number == "2C123456789"
    else:
        assert states[-1] == "not_claimed"
        assert date(2026, 12, 2) in [one.on for one in told.happened]
    assert told.proofs
    for proof in told.proofs:
        assert rig.channel.fetch(reference, rig.kind, proof) == PDF


def test_a_proof_elsewhere_is_not_fetched() -> None:
    with ExitStack() as stack:
        made = Rig("ar24", stack)
        with pytest.raises(PermanentRefusal):
            made.channel.fetch("1", "eregistered", ProofRef("deposit", "http://ailleurs.example/x"))


def test_ar24_signs_the_hour_of_paris_and_reads_its_own_answers() -> None:
    """The vector was computed by OpenSSL: `enc -aes-256-cbc` with the digests cut as PHP does."""
    noon = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)
    asked = list[str]()
    with httpx.Client(transport=httpx.MockTransport(_seen(asked))) as http:
        channel = Ar24(http, Account("ar24", GIVEN["ar24"]), "http://x", lambda: noon)
        with pytest.raises(TemporaryRefusal):
            channel.follow("1", "eregistered", today=TODAY)
    assert "date=2026-07-01+12%3A00%3A00" in asked[0]
    assert signature("2026-07-01 12:00:00", "cle") == VECTOR
    with pytest.raises(ValueError, match="base64"):
        opened("pas de base64 !", "2026-07-01 12:00:00", "cle")


VECTOR = "LFxKdhwsBYgTZGDhEKSlPkAmuiof4TLHf2ododDq1us="


def _seen(asked: list[str]) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, json={"status": "maintenance"})

    return answer


def test_the_twin_keeps_letters_and_tells_a_story() -> None:
    twin = MemoryLetters()
    reference = twin.send(letter()).reference
    assert twin.send(letter()).reference == reference
    assert [one.message_id for one in twin.sent] == [UUID]
    assert [one.state for one in twin.follow(reference, "registered", today=TODAY).happened][
        :1
    ] == ["deposited"]
    for proof in twin.follow(reference, "registered", today=TODAY).proofs:
        assert twin.fetch(reference, "registered", proof).startswith(b"%PDF")
