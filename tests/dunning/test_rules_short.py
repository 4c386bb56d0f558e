"""A reminder in a few words: lawful in every tone, short, and never a formal notice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.dunning.rules.short import short_text, variables
from encours.messaging.rules.notice import Addressee, Line, Notice, Sender
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
TONES = ("friendly", "neutral", "firm", "formal", "grateful")
KINDS = ("prevenance", "relance", "remerciement")


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("debtor", ["business", "consumer", "public", "unknown"])
def test_every_short_text_is_lawful_and_short(
    tone: str, kind: str, language: str, debtor: str
) -> None:
    notice = replace(NOTICE, kind=kind, language=language)
    said = short_text(notice, tone, stop="36111")  # type: ignore[arg-type]

    step = {"prevenance": "pre_due", "relance": "reminder", "remerciement": "thank_you"}[kind]
    context = Context(debtor_class=debtor, step=step, language=language, extent="part")  # type: ignore[arg-type]
    assert [one.code for one in check(said, context) if one.severity == "block"] == []
    length = length_of(said)
    assert (length.coding, length.parts <= 2) == ("gsm", True), said


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(1, "la facture F-2026-118 de 1 234,56 €", id="one invoice by its number"),
        pytest.param(3, "le total de 3 factures de 3 703,68 €", id="several by their sum"),
    ],
)
def test_what_is_owed_is_said(lines: int, expected: str) -> None:
    said = short_text(replace(NOTICE, lines=(LINE,) * lines), "neutral")

    assert expected in said
    assert "avant le 28/11/2026" in said
    assert said.startswith("Durand Négoce : ")


def test_a_formal_notice_is_no_short_text() -> None:
    assert short_text(replace(NOTICE, kind="mise_en_demeure"), "formal") == ""


def test_the_stop_is_said_when_asked() -> None:
    assert short_text(NOTICE, "friendly", stop="36111").endswith("STOP : 36111")
    assert "STOP" not in short_text(NOTICE, "friendly")


cents = st.lists(st.integers(1, 10**11), min_size=1, max_size=6)


@given(amounts=cents, language=st.sampled_from(["fr", "en"]))
def test_the_amount_is_the_sum_of_the_lines_to_the_cent(amounts: list[int], language: str) -> None:
    lines = tuple(replace(LINE, open_cents=one) for one in amounts)
    said = variables(replace(NOTICE, lines=lines, language=language))["amount"]  # type: ignore[arg-type]

    assert int("".join(sign for sign in said if sign.isdecimal())) == sum(amounts)
