"""Ways out: every channel needs something, a step takes all it can, else what it falls back on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.dunning.ledgers import FRENCH, Book, fates

from encours.dunning.rules.scenario import JOINED, Scenario

ALL: dict[str, Any] = {
    "has_email": True,
    "has_postal": True,
    "has_phone": True,
    "has_sms": True,
    "has_whatsapp": True,
}


def by(*channels: str, fallback: tuple[str, ...] = ()) -> Scenario:
    """Return the French scenario, its first reminder leaving by these channels."""
    given: Any = {"channels": channels, "fallback": fallback}
    steps = [replace(one, **given) if one.code == "relance_1" else one for one in FRENCH.steps]
    return replace(FRENCH, steps=tuple(steps))


def channel(scenario: Scenario, *, triage: str | None = None, **customer: Any) -> str | None:
    """Return the channel of a first reminder to a customer who has these."""
    nothing = dict.fromkeys(ALL, False)
    told = Book().customer(**{**nothing, **customer}).line(1, 4, triage=triage).plan(scenario)
    return next(iter(told.messages["channel"]), None)


@pytest.mark.parametrize(
    ("one", "needs"),
    [
        pytest.param("email", "has_email", id="an address"),
        pytest.param("letter", "has_postal", id="a postal address"),
        pytest.param("registered", "has_postal", id="a postal address, registered"),
        pytest.param("eregistered", "has_email", id="an address, registered"),
        pytest.param("sms", "has_sms", id="a mobile number"),
        pytest.param("whatsapp", "has_whatsapp", id="a mobile number on WhatsApp"),
        pytest.param("call", "has_phone", id="a telephone"),
    ],
)
def test_a_channel_needs_one_thing(one: str, needs: str) -> None:
    without = {**ALL, needs: False}

    assert channel(by(one), **{needs: True}) == one
    assert channel(by(one), **without) is None


def test_a_message_leaves_by_all_its_channels_in_one_order() -> None:
    assert channel(by(*reversed(JOINED)), **ALL) == "+".join(JOINED)


@pytest.mark.parametrize(
    ("has", "expected"),
    [
        pytest.param({"has_sms": True, "has_email": True}, "sms", id="what it says first"),
        pytest.param({"has_email": True, "has_postal": True}, "letter+email", id="else the others"),
        pytest.param({"has_phone": True}, None, id="else nothing"),
    ],
)
def test_a_step_falls_back_when_it_reaches_nobody(
    has: dict[str, bool], expected: str | None
) -> None:
    assert channel(by("sms", fallback=("email", "letter")), **has) == expected


@pytest.mark.parametrize(
    ("debtor", "consent", "expected"),
    [
        pytest.param("business", False, "eregistered", id="a company"),
        pytest.param("public", False, "eregistered", id="a public body"),
        pytest.param("consumer", False, None, id="a consumer who did not agree"),
        pytest.param("consumer", True, "eregistered", id="a consumer who agreed"),
        pytest.param("foreign", False, None, id="a foreigner may be a consumer"),
        pytest.param("unknown", False, None, id="nobody knows"),
    ],
)
def test_registered_e_mail_needs_consent(debtor: str, consent: bool, expected: str | None) -> None:
    known = {"debtor_class": debtor, "has_consent": consent, "has_email": True}

    assert channel(by("eregistered"), **known) == expected


@pytest.mark.parametrize(
    ("channels", "expected"),
    [
        pytest.param(("email",), "letter", id="a letter, whatever the step says"),
        pytest.param(("registered", "sms"), "registered", id="the paper that the step has"),
        pytest.param(("letter", "email"), "letter", id="no e-mail beside it"),
    ],
)
def test_a_line_to_be_written_to_goes_on_paper(channels: tuple[str, ...], expected: str) -> None:
    assert channel(by(*channels), triage="letter", **ALL) == expected


def test_nobody_is_reached_and_it_is_said() -> None:
    plan = Book().customer(has_email=False, has_phone=True).line(1, 4).plan(by("sms"))

    assert fates(plan) == {1: "no_contact"}
