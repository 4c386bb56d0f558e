"""Steps that fit or are passed over: amounts, ways to reach, what the customer did, what happened."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.dunning.branching import CALLING, COUNTED, EVENTFUL
from tests.dunning.ledgers import Book, ago, book, fates

from encours.dunning.rules.scenario import Scenario
from encours.tenancy.calendars import french_holidays

HOLIDAYS = french_holidays([2026, 2027])


def step(told: Book, scenario: Scenario, **given: Any) -> str | None:
    """Return the step that leaves today, to the only account of the book."""
    plan = told.plan(scenario, holidays=HOLIDAYS, **given)
    return next(iter(plan.messages["step"]), None)


def late(days: int, *, cents: int = 100_00, **customer: Any) -> Book:
    """Return a book of one line so many days late, that had its first reminder five days later."""
    told = Book().customer(has_email=True, **customer).line(1, days, open_cents=cents)
    return told.said("relance_1", days - 3, 1)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(
            late(10, cents=150_00, has_phone=True), "appel_1", id="just enough for a call"
        ),
        pytest.param(late(10, cents=149_99, has_phone=True), None, id="too little, one cent short"),
        pytest.param(late(10, cents=900_00), None, id="nobody to call"),
        pytest.param(late(12, cents=100_00), "relance_2", id="the call was passed over"),
        pytest.param(
            late(12, cents=100_00, has_sms=True),
            "relance_2_sms",
            id="the first alternative that fits",
        ),
        pytest.param(
            late(12, cents=400_00, has_sms=True, has_phone=True).said("appel_1", 8, 1),
            "relance_2_appel",
            id="above an amount, by telephone",
        ),
        pytest.param(
            late(20).said("relance_2_sms", 8, 1), None, id="an alternative done is the step done"
        ),
        pytest.param(
            late(20).said("relance_2", 8, 1).did("opened", 5), "rappel_ouvert", id="it was read"
        ),
        pytest.param(
            late(20).said("relance_2", 8, 1).did("opened", 9), None, id="the one before was read"
        ),
        pytest.param(
            late(25).said("relance_2", 13, 1), "relance_3", id="it was not read: the next step"
        ),
        pytest.param(
            late(25).said("relance_2", 13, 1).did("answered", 2), None, id="who answered is left"
        ),
        pytest.param(
            late(25).said("relance_2", 13, 1).did("answered", 2, currency="USD"),
            "relance_3",
            id="an answer about another currency",
        ),
    ],
)
def test_a_step_fits_or_is_passed_over(told: Book, expected: str | None) -> None:
    assert step(told, CALLING) == expected


def test_the_message_says_what_it_passed_over() -> None:
    plan = late(12, has_phone=True).plan(CALLING)

    (said,) = plan.messages["reason"]
    assert said == (
        "FA-1 en retard de 12 jours, relance 1 envoyée le 08/11/2026 : relance 2 ; sans appel "
        "(montant hors de ses bornes), relance 2 par téléphone (montant hors de ses bornes), "
        "relance 2 par SMS (personne à joindre)"
    )


def test_a_step_counts_all_the_lines_of_its_message() -> None:
    told = Book().customer(has_phone=True).line(1, 10).line(2, 4, open_cents=50_00)

    assert step(told.said("relance_1", 7, 1), CALLING) == "appel_1"


def test_nobody_goes_back_to_a_step_that_was_passed_over() -> None:
    told = late(20, cents=900_00, has_phone=True).said("relance_2", 8, 1)

    assert step(told, CALLING) is None


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(
            late(40).said("relance_2", 28, 1).said("relance_3", 10, 1),
            "mise_en_demeure",
            id="after the last reminder",
        ),
        pytest.param(
            late(40).said("relance_2", 28, 1).did("answered", 20),
            "mise_en_demeure",
            id="who answered gets no third reminder, and the notice all the same",
        ),
        pytest.param(
            late(40).said("relance_2", 28, 1).said("relance_3", 10, 1).did("promised", 35),
            None,
            id="a promise in the cycle stops it",
        ),
        pytest.param(
            late(40, has_phone=True, cents=400_00)
            .said("relance_2_appel", 28, 1)
            .said("relance_3", 10, 1),
            "mise_en_demeure",
            id="the first reminder was written",
        ),
    ],
)
def test_the_formal_notice(told: Book, expected: str | None) -> None:
    assert step(told, CALLING) == expected


def test_a_call_is_not_the_reminder_that_a_formal_notice_follows() -> None:
    calls = Book().customer().line(1, 40)
    for code, days in (("appel_1", 33), ("relance_2_appel", 28), ("relance_3", 3)):
        calls = calls.said(code, days, 1)

    spaced = replace(CALLING, min_spacing_days=1)
    assert fates(calls.plan(spaced)) == {1: "too_soon"}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(book().line(1, 19), "relance_1", id="the second day after October"),
        pytest.param(book().line(1, 17), "relance_1", id="on the last day of October"),
        pytest.param(book().line(1, 16), None, id="due in November: at the end of November"),
        pytest.param(
            book().line(1, 40).said("relance_1", 8, 1), "relance_2", id="five working days after"
        ),
        pytest.param(
            book().line(1, 40).said("relance_1", 7, 1), None, id="the 11th of November is not one"
        ),
        pytest.param(
            book().line(1, 40).said("relance_1", 18, 1).said("relance_2", 10, 1),
            "relance_3",
            id="ten days after",
        ),
        pytest.param(
            book().line(1, 60).said("relance_1", 48, 1, sent_on=ago(30)).said("relance_2", 9, 1),
            None,
            id="not nine",
        ),
        pytest.param(
            book().line(1, 60).said("relance_1", 12, 1, sent_on=None, is_pending=True),
            None,
            id="what has not left is waited for",
        ),
        pytest.param(
            book().line(1, 60).said("relance_1", 12, 1, sent_on=None),
            "relance_2",
            id="what was left out is counted from its day",
        ),
    ],
)
def test_days_are_counted_as_the_step_says(told: Book, expected: str | None) -> None:
    assert step(told, replace(COUNTED, min_spacing_days=5)) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(book().line(1, 5), "relance_1", id="three working days"),
        pytest.param(book().line(1, 4), None, id="two working days and a weekend"),
        pytest.param(
            late(15).fact("promise", instalment_id=1, ends_on=ago(1)),
            "relance_promesse",
            id="the day after a promise",
        ),
        pytest.param(
            late(12).fact("promise", ends_on=ago(3)), "relance_promesse", id="of the whole account"
        ),
        pytest.param(
            late(12).fact("promise", instalment_id=1, ends_on=ago(0)), None, id="on the day itself"
        ),
        pytest.param(
            late(12).fact("promise", ends_on=ago(10)), None, id="a promise that was answered since"
        ),
        pytest.param(late(14).fact("plan", ends_on=ago(2)), "relance_plan", id="a plan not kept"),
        pytest.param(late(14).fact("plan", ends_on=ago(1)), None, id="two days after, not one"),
        pytest.param(
            late(30).said("relance_2", 9, 1).fact("dispute", ends_on=ago(5), starts_on=ago(8)),
            "reprise",
            id="the line starts again",
        ),
        pytest.param(
            late(40).said("relance_2", 20, 1), "mise_en_demeure", id="no event, no step of an event"
        ),
    ],
)
def test_what_happened_to_the_line(told: Book, expected: str | None) -> None:
    told.rows["customers"][0]["has_postal"] = True
    assert step(told, EVENTFUL) == expected


def test_out_of_its_bounds_a_formal_notice_is_held_and_says_so() -> None:
    steps = [
        replace(one, maximum_cents={"EUR": 50_00}) if one.kind == "formal_notice" else one
        for one in COUNTED.steps
    ]
    told = book().line(1, 60)
    for code, days in (("relance_1", 30), ("relance_2", 20), ("relance_3", 10)):
        told = told.said(code, days, 1)
    plan = told.plan(replace(COUNTED, steps=tuple(steps)))

    assert fates(plan) == {1: "out_of_bounds"}
    assert plan.held["sentence"].to_list() == ["Montant à réclamer hors des bornes de l'étape."]
