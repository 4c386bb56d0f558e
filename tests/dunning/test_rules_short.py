"""A reminder in a few words: lawful in every tone, short, and never a formal notice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.dunning.rules.short import short_text, variables
from encours.dunning.texts.samples import situations, spelled, step_of
from encours.dunning.texts.shipped import STEPS, shipped
from encours.dunning.texts.words import compose
from encours.messaging.rules.notice import LANGUAGES, Addressee, Language, Line, Notice, Sender
from encours.messaging.rules.segments import length_of
from encours.tone.rules.check import check
from encours.tone.rules.values import Context

ON = date(2026, 11, 20)
LINE = Line("F-2026-118", date(2026, 9, 1), date(2026, 10, 1), 123_456, 123_456, 50)
NOTICE = Notice(
    kind="relance",
    language="fr",
    sender=Sender("Durand Négoce", phone="01 99 00 12 34"),
    addressee=Addressee("Dupont"),
    written_on=ON,
    subject="",
    greeting="",
    opening=(),
    lines=(LINE,),
    our_reference="RF18C118",
    pay_before=date(2026, 11, 28),
)
TOLD = replace(NOTICE, short="Durand Négoce : « reste »")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [one for one in STEPS if one != "mise_en_demeure"])
def test_every_shipped_text_is_lawful_and_short(name: str, language: Language) -> None:
    for situation in situations(name):
        values = spelled(situation, language)
        message = compose(
            shipped(name, language), values=values, flags=situation.flags, language=language
        )
        told = replace(NOTICE, language=language, short=message.short)
        said = short_text(told, stop="36111")

        context = Context(
            debtor_class=situation.debtor, step=step_of(name), language=language, extent="part"
        )
        assert [one.code for one in check(said, context) if one.severity == "block"] == []
        length = length_of(said)
        assert (length.coding, length.parts <= 2) == ("gsm", True), said


def test_signs_are_made_plain() -> None:
    assert short_text(TOLD) == 'Durand Négoce : " reste "'


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(1, "la facture F-2026-118", id="one invoice by its number"),
        pytest.param(3, "le total de 3 factures", id="several by their count"),
    ],
)
def test_an_approved_template_is_filled(lines: int, expected: str) -> None:
    said = variables(replace(NOTICE, lines=(LINE,) * lines))

    assert said["what"] == expected
    assert said["before"] == "28/11/2026"


def test_a_formal_notice_is_no_short_text() -> None:
    assert short_text(replace(TOLD, kind="mise_en_demeure")) == ""
    assert short_text(NOTICE) == "", "no text for a telephone"


def test_the_stop_is_said_when_asked() -> None:
    assert short_text(TOLD, stop="36111").endswith("STOP : 36111")
    assert "STOP" not in short_text(TOLD)


cents = st.lists(st.integers(1, 10**11), min_size=1, max_size=6)


@given(amounts=cents, language=st.sampled_from(["fr", "en"]))
def test_the_amount_is_the_sum_of_the_lines_to_the_cent(amounts: list[int], language: str) -> None:
    lines = tuple(replace(LINE, open_cents=one) for one in amounts)
    said = variables(replace(NOTICE, lines=lines, language=language))["amount"]  # type: ignore[arg-type]

    assert int("".join(sign for sign in said if sign.isdecimal())) == sum(amounts)
