"""A collector in white label: what must be known of it, what its letters hold, what it may write."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.dunning.ledgers import TODAY, Book, ago, book, fates, steps

from encours.dunning.rules.agency import Agency, faults, sense
from encours.dunning.rules.gallery import gallery
from encours.dunning.rules.scenario import Scenario
from encours.dunning.rules.scenario_edit import changed, issues_of
from encours.dunning.texts import samples
from encours.dunning.texts.mandates import SECOND, THIRD, Mandate, framed
from encours.messaging.rules import notice as notices
from encours.messaging.rules.notice import Addressee, Language, Notice, Payment
from encours.messaging.rules.plain import text_body
from encours.tone.rules.check import check
from encours.tone.rules.values import Context

ENTRUSTED = next(one.scenario for one in gallery() if one.scenario.code == "cabinet")
RECOUVRA = Agency(
    name="Recouvra",
    street="12 quai des Docks",
    postcode="76600",
    city="Le Havre",
    siren="552100554",
    insurer="Assurances du Port, police 12",
    insured_until=date(2027, 1, 1),
    declared_at="Le Havre",
    declared_on=date(2020, 1, 6),
    mandate_on=date(2026, 1, 5),
)
PAID = {"receives_funds": True, "holder": "RECOUVRA", "iban": "FR7630006000011234567890189"}


def lacking(**given: Any) -> list[str]:
    return [one.column for one in faults(replace(RECOUVRA, **given), TODAY)]


def test_nobody_named_is_told() -> None:
    assert [one.code for one in faults(None, TODAY)] == ["agency_missing"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({}, [], id="a whole record"),
        pytest.param({"street": ""}, ["name"], id="no address"),
        pytest.param({"siren": "552100555"}, ["siren"], id="a wrong SIREN"),
        pytest.param({"insurer": ""}, ["insurer"], id="no insurance"),
        pytest.param({"insured_until": ago(1)}, ["insured_until"], id="insured until yesterday"),
        pytest.param({"insured_until": TODAY}, [], id="insured today"),
        pytest.param({"declared_on": None}, ["declared_on"], id="not declared to the procureur"),
        pytest.param({"declared_at": ""}, ["declared_on"], id="declared nobody knows where"),
        pytest.param({"mandate_on": None}, ["mandate_on"], id="no mandate"),
        pytest.param({"mandate_on": ago(-1)}, ["mandate_on"], id="a mandate of tomorrow"),
        pytest.param({"receives_funds": True}, ["iban"], id="funds and no account"),
        pytest.param(PAID, ["iban"], id="an account that one person gave"),
        pytest.param({**PAID, "is_account_confirmed": True}, [], id="seen by two"),
    ],
)
def test_what_a_collector_lacks(given: dict[str, Any], expected: list[str]) -> None:
    assert lacking(**given) == expected


def said(scenario: Scenario, code: str, **values: Any) -> list[tuple[str, str]]:
    told = changed(scenario, code, values)
    return [(step.code, column) for step, column, _said in sense(told)]


@pytest.mark.parametrize(
    ("code", "values", "expected"),
    [
        pytest.param("cabinet_1", {}, [], id="as it ships"),
        pytest.param(
            "cabinet_1",
            {"channels": ["email"]},
            [("cabinet_1", "channels")],
            id="the first letter by e-mail alone",
        ),
        pytest.param("cabinet_2", {"channels": ["email"]}, [], id="a later one by e-mail"),
        pytest.param(
            "cabinet_2", {"channels": ["sms"]}, [("cabinet_2", "channels")], id="by text message"
        ),
        pytest.param(
            "cabinet_2", {"fallback": ["call"]}, [("cabinet_2", "channels")], id="by telephone"
        ),
        pytest.param(
            "prevenance", {"sender": "agency"}, [("prevenance", "sender")], id="before it is due"
        ),
        pytest.param(
            "remerciement", {"sender": "agency"}, [("remerciement", "sender")], id="thanks"
        ),
    ],
)
def test_what_a_collector_may_write(
    code: str, values: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert said(ENTRUSTED, code, **values) == expected


def test_a_first_letter_that_may_be_passed_over_does_not_open_the_way() -> None:
    bound = changed(ENTRUSTED, "cabinet_1", {"minimum_cents": {"EUR": 50_000}})
    assert said(bound, "cabinet_2", channels=["email"]) == [("cabinet_2", "channels")]
    asleep = changed(ENTRUSTED, "cabinet_1", {"is_active": False})
    assert said(asleep, "cabinet_2", channels=["email"]) == [("cabinet_2", "channels")]
    told = changed(ENTRUSTED, "cabinet_1", {"channels": ["email"]})
    assert [(one.code, one.line) for one in issues_of(told)] == [("scenario_agency", 4)]
    assert issues_of(ENTRUSTED) == ()


def entrusted() -> Book:
    told = Book().customer(1, has_postal=True).line(1, 30)
    return told.said("relance_1", 27, 1).said("relance_2", 20, 1)


def test_nothing_is_planned_as_a_collector_without_one() -> None:
    assert fates(entrusted().plan(ENTRUSTED)) == {1: "no_agency"}
    assert steps(entrusted().plan(ENTRUSTED, has_agency=True)) == [(1, "EUR", "cabinet_1", [1])]


def test_a_collector_s_letter_is_not_sent_by_e_mail_alone() -> None:
    told = book().line(1, 30).said("relance_1", 27, 1).said("relance_2", 20, 1)
    assert fates(told.plan(ENTRUSTED, has_agency=True)) == {1: "no_contact"}


def test_a_creditor_s_own_step_asks_for_no_collector() -> None:
    assert steps(book().line(1, 5).plan(ENTRUSTED)) == [(1, "EUR", "relance_1", [1])]


MANDATE = Mandate("Maison Lenoir", ("1 rue du Port", "33000 Bordeaux"), date(2026, 1, 5), "R42")


def letter(language: Language = "fr", **given: Any) -> Notice:
    told = Notice(
        kind="relance",
        language=language,
        sender=samples.AGENCY,
        addressee=Addressee("Dupain"),
        written_on=date(2026, 11, 23),
        subject="Facture FA-1",
        greeting="Madame, Monsieur,",
        opening=("La facture ci-dessous reste impayée.",),
        closing=("Nous vous demandons de régler cette somme.",),
        lines=(notices.Line("FA-1", None, date(2026, 9, 30), 100_000, 100_000, 54),),
        payment=Payment("MAISON LENOIR", PAID["iban"]),  # type: ignore[arg-type]
    )
    return replace(told, **given)


def whole(notice: Notice) -> str:
    return f"{notice.subject}\n\n{text_body(notice)}"


def lacks(notice: Notice, debtor: str = "business", step: str = "reminder") -> list[str]:
    context = Context(debtor, step, "collector", notice.language, extent="whole")  # type: ignore[arg-type]
    return [one.code for one in check(whole(notice), context) if one.severity == "block"]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("debtor", ["business", "consumer", "public"])
@pytest.mark.parametrize("payment", [True, False])
@pytest.mark.parametrize("holds_funds", [True, False])
def test_the_first_letter_holds_all_that_r124_4_asks(
    language: Language, debtor: str, payment: bool, holds_funds: bool
) -> None:
    plain = letter(language) if payment else letter(language, payment=None)
    assert "missing_collector" in lacks(plain, debtor)
    told = framed(plain, replace(MANDATE, holds_funds=holds_funds))

    assert lacks(told, debtor) == []
    body = whole(told).replace("\u00a0", " ").replace("\u202f", " ")
    flat = " ".join(body.split())
    for paragraph in (SECOND, THIRD):
        assert paragraph in flat
    for name in ("Recouvra", "12 quai des Docks", "76600 Le Havre", "Maison Lenoir", "R42"):
        assert name in flat


def test_the_amount_is_split_and_no_fee_is_asked() -> None:
    told = framed(
        letter(interest_cents=2_652, indemnity_cents=4_000, credits_cents=-10_000), MANDATE
    )
    split = told.closing[0].replace("\u00a0", " ").replace("\u202f", " ")

    assert "Principal : 900,00 €." in split
    assert "Intérêts : 26,52 €." in split
    assert "Accessoires : 40,00 € d'indemnité forfaitaire" in split
    assert "Aucun frais de recouvrement ne vous est demandé." in split
    consumer = framed(letter(), MANDATE).closing[0].replace("\u00a0", " ")
    assert "Il n'est réclamé ni intérêts ni accessoires." in consumer


def test_a_later_letter_repeats_the_date_and_reference_of_the_first() -> None:
    later = replace(MANDATE, reference="R57", first_on=date(2026, 11, 3), first_reference="R42")
    for language in ("fr", "en"):
        told = framed(letter(language), later)  # type: ignore[arg-type]
        assert "R42" in told.opening[1]
        assert "3" in told.opening[1]
        assert "R57" in told.opening[1]
        assert lacks(told) == []


@given(st.text(max_size=200), st.integers(0, 10**9), st.integers(0, 10**6))
def test_no_words_of_a_person_take_the_mandatory_content_away(
    words: str, interest: int, indemnity: int
) -> None:
    """Whatever the text says, the program's own paragraphs stand around it, whole."""
    plain = letter(opening=(words,), closing=(), mentions=(words,), interest_cents=interest or None)
    told = framed(replace(plain, indemnity_cents=indemnity or None), MANDATE)

    assert SECOND in told.mentions[-1]
    assert THIRD in told.mentions[-1]
    assert "recouvrement amiable" in told.opening[0]
    assert "Principal" in told.closing[0]
    assert notices.due_cents(told) == 100_000 + interest + indemnity
