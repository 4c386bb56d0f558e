"""Dates said in words, against the day received: Tuesday 10 March 2026 unless said otherwise."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.replies.rules import dates, moments, picking
from encours.replies.rules.abbreviations import spelt_out
from encours.replies.rules.folding import fold
from encours.replies.rules.numbers import number_of

RECEIVED = date(2026, 3, 10)


def promised(words: str, received: date = RECEIVED, kind: str = "promise") -> str | None:
    folded = spelt_out(fold(words))
    found = picking.date_of(kind, folded, dates.dates_said(folded, received), received)
    return found.isoformat() if found else None


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("vendredi prochain", "2026-03-13"),
        ("le 15", "2026-03-15"),
        ("le 5", "2026-04-05"),
        ("le 10", "2026-03-10"),
        ("le 31", "2026-03-31"),
        ("le 1er", "2026-04-01"),
        ("le premier avril", "2026-04-01"),
        ("the first of April", "2026-04-01"),
        ("fin de mois", "2026-03-31"),
        ("fin du mois prochain", "2026-04-30"),
        ("en début de mois prochain", "2026-04-05"),
        ("sous huitaine", "2026-03-18"),
        ("sous quinzaine", "2026-03-25"),
        ("in a fortnight", "2026-03-24"),
        ("dans 10 jours", "2026-03-20"),
        ("dans deux ou trois jours", "2026-03-13"),
        ("ds 2 jours", "2026-03-12"),
        ("in a couple of weeks", "2026-03-24"),
        ("d'ici la fin de la semaine", "2026-03-13"),
        ("en fin de semaine", "2026-03-13"),
        ("la semaine prochaine", "2026-03-20"),
        ("en début de semaine prochaine", "2026-03-17"),
        ("early next week", "2026-03-17"),
        ("en milieu de semaine prochaine", "2026-03-18"),
        ("by the end of next week", "2026-03-20"),
        ("15/12", "2026-12-15"),
        ("20.03.2026", "2026-03-20"),
        ("03/20/2026", "2026-03-20"),
        ("2026-03-20", "2026-03-20"),
        ("le 20 mars 2026", "2026-03-20"),
        ("le 3 janvier", "2027-01-03"),
        ("demain", "2026-03-11"),
        ("après-demain", "2026-03-12"),
        ("tmrw", "2026-03-11"),
        ("by the end of March", "2026-03-31"),
        ("on the 5th", "2026-04-05"),
        ("by the 15th of next month", "2026-04-15"),
        ("sous 48h", "2026-03-12"),
        ("sous 5 jours ouvrés", "2026-03-17"),
        ("within 5 business days", "2026-03-17"),
        ("mi-janvier", "2027-01-15"),
        ("lundi en huit", "2026-03-23"),
        ("vendredi en quinze", "2026-03-27"),
        ("next Friday", "2026-03-20"),
        ("this Friday", "2026-03-13"),
        ("Friday week", "2026-03-20"),
        ("mardi", "2026-03-17"),
        ("ce mardi", "2026-03-10"),
        ("mardi 17 mars", "2026-03-17"),
        ("lundi 16/03 au plus tard", "2026-03-16"),
        ("le vendredi 20", "2026-03-20"),
        ("entre le 15 et le 20", "2026-03-20"),
        ("semaine 14", "2026-04-03"),
        ("semaine du 16 mars", "2026-03-20"),
        ("la première quinzaine d'avril", "2026-04-15"),
        ("la deuxième quinzaine de mars", "2026-03-31"),
        ("in the first week of April", "2026-04-07"),
        ("avant la fin de l'année", "2026-12-31"),
        ("avant Noël", "2026-12-24"),
        ("end of the quarter", "2026-03-31"),
        ("le 20 du mois prochain", "2026-04-20"),
        ("à réception de la facture", None),
        ("après les congés", None),
        ("dès que possible", None),
        ("le 30 février", None),
        ("31/02", None),
        ("à 45 jours fin de mois", None),
    ],
)
def test_what_is_promised(words: str, expected: str | None) -> None:
    assert promised(f"nous vous payons {words}") == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param("réglé le 3 mars", "2026-03-03", id="a day past"),
        pytest.param("réglé le 15", "2026-02-15", id="a bare day ahead is last month's"),
        pytest.param("payé vendredi", "2026-03-06", id="a weekday is the last one"),
        pytest.param("viré hier", "2026-03-09", id="yesterday"),
        pytest.param("payé le 22 décembre", "2025-12-22", id="last year's"),
        pytest.param("sent last Monday", "2026-03-09", id="last Monday"),
        pytest.param("paid at the end of last month", "2026-02-28", id="last month's end"),
        pytest.param("le virement est parti ce matin", "2026-03-10", id="this morning"),
    ],
)
def test_what_was_paid(words: str, expected: str) -> None:
    assert promised(words, kind="payment_proof") == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param("absent jusqu'au 16 mars", "2026-03-16", id="the day written"),
        pytest.param(
            "absent jusqu'au 13 mars inclus", "2026-03-16", id="included: working day after"
        ),
        pytest.param("du 10 au 20 mars, de retour le lundi 23", "2026-03-23", id="the return wins"),
        pytest.param("out of office through 13 March", "2026-03-16", id="through"),
        pytest.param("réponse sous 48 heures", None, id="a delay of answer is no return"),
    ],
)
def test_when_the_absent_return(words: str, expected: str | None) -> None:
    assert promised(words, kind="out_of_office") == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param(
            "la facture du 3 mars sera payée le 20", "2026-03-20", id="not the invoice's date"
        ),
        pytest.param(
            "suite à votre mail du 9 mars, virement le 16", "2026-03-16", id="nor the reminder's"
        ),
        pytest.param(
            "rentrée d'argent le 13 et nous vous réglerons le 16",
            "2026-03-16",
            id="what follows the verb of payment",
        ),
        pytest.param(
            "je ne peux pas aujourd'hui, je paierai vendredi", "2026-03-13", id="what is denied"
        ),
        pytest.param("pas avant le 20 mars", "2026-03-20", id="not before is a date"),
        pytest.param("500 € le 16 et le solde le 30", "2026-03-16", id="the first of two"),
        pytest.param(
            "fermé jusqu'au 16, le virement sera lancé le 17", "2026-03-17", id="not the closing"
        ),
    ],
)
def test_the_date_among_others(words: str, expected: str) -> None:
    assert promised(words) == expected


def test_year_rolls_over() -> None:
    received = date(2026, 12, 21)

    assert promised("nous payons le 5 janvier", received) == "2027-01-05"
    assert promised("nous payons le 5", received) == "2027-01-05"
    assert promised("nous payons fin janvier", received) == "2027-01-31"
    assert promised("nous payons fin de mois", received) == "2026-12-31"
    assert promised("nous payons la semaine 2", received) == "2027-01-15"


def test_a_day_just_past_is_no_promise() -> None:
    assert promised("nous payons le 3 mars") is None


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)), st.integers(0, 6))
def test_weekdays_are_within_a_week(received: date, weekday: int) -> None:
    coming = moments.coming_weekday(received, weekday)
    last = moments.last_weekday(received, weekday)

    assert coming.weekday() == last.weekday() == weekday
    assert 1 <= (coming - received).days <= 7
    assert coming - last in {timedelta(7), timedelta(14)}


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)), st.integers(1, 31))
def test_a_bare_day_is_the_nearest_on_its_side(received: date, day: int) -> None:
    coming, past = moments.coming_day(received, day), moments.past_day(received, day)

    assert coming is not None
    assert past is not None
    assert coming.day == past.day == day
    assert 0 <= (coming - received).days <= 62
    assert 0 <= (received - past).days <= 62


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)), st.integers(1, 12))
def test_parts_of_a_month_are_in_order(received: date, month: int) -> None:
    early, middle, late = (
        moments.month_part(received.year, month, part) for part in ("early", "middle", "late")
    )

    assert early < middle < late
    assert (late + timedelta(1)).day == 1


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)), st.dates(date(2020, 1, 1), date(2090, 1, 1)))
def test_a_full_date_is_read_as_written(received: date, said: date) -> None:
    for words in (f"le {said:%d/%m/%Y}", f"on {said:%Y-%m-%d}", f"le {said:%d.%m.%Y}"):
        expected = said.isoformat() if said >= received else None
        assert promised(f"nous payons {words}", received) == expected


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("vingt et un", 21), ("quatre-vingt-dix-sept", 97), ("soixante et onze", 71),
        ("deux mille trois cents", 2300), ("cent", 100), ("mille deux cents", 1200),
        ("two thousand five hundred", 2500), ("a hundred and twenty", 120), ("42", 42),
        ("deux trois", 3), ("chat", None), ("et", None),
    ],
)  # fmt: skip
def test_numbers_in_words(words: str, number: int | None) -> None:
    assert number_of(words) == number
