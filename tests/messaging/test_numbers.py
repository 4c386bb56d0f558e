"""Telephone numbers: as they are dialled, and those that take a text message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.messaging.rules.numbers import dialled, mobile_number


@pytest.mark.parametrize(
    ("typed", "country", "expected"),
    [
        pytest.param("01 99 00 12 34", "FR", "+33199001234", id="à la française"),
        pytest.param("06.39.98.00.01", "FR", "+33639980001", id="avec des points"),
        pytest.param("+33 (0)1 99 00 12 34", "FR", "+33199001234", id="avec le zéro en trop"),
        pytest.param("0033199001234", "FR", "+33199001234", id="composé de l'étranger"),
        pytest.param("01 99 00 12 34 poste 12", "FR", "+33199001234", id="avec un poste"),
        pytest.param("02 555 12 12", "BE", "+3225551212", id="en Belgique"),
        pytest.param("02 5550 1212", "IT", "+390255501212", id="l'Italie garde son zéro"),
        pytest.param("+1 212 555 0123", "FR", "+12125550123", id="déjà international"),
        pytest.param("0590 99 12 34", "GP", "+590590991234", id="la Guadeloupe"),
        pytest.param("1234", "FR", "", id="trop court"),
        pytest.param("199001234", "FR", "", id="sans le zéro"),
        pytest.param("01 99 00 12", "FR", "", id="il manque deux chiffres"),
        pytest.param("demander Claire", "FR", "", id="des mots"),
        pytest.param("0199001234", "ZZ", "", id="un pays inconnu"),
        pytest.param("", "FR", "", id="rien"),
    ],
)
def test_dialled(typed: str, country: str, expected: str) -> None:
    assert dialled(typed, country) == expected


@pytest.mark.parametrize(
    ("typed", "country", "expected"),
    [
        pytest.param("06 12 34 56 78", "FR", "+33612345678", id="as one writes it"),
        pytest.param("+33 (0)6.12.34.56.78", "FR", "+33612345678", id="with a zero between"),
        pytest.param("0033612345678", "FR", "+33612345678", id="with two zeros"),
        pytest.param("0690123456", "FR", "+590690123456", id="Guadeloupe"),
        pytest.param("0692 12 34 56", "RE", "+262692123456", id="Réunion"),
        pytest.param("06 39 98 00 01", "FR", "+33639980001", id="kept for fiction"),
        pytest.param("0639 01 23 45", "YT", "+262639012345", id="Mayotte"),
        pytest.param("01 42 34 56 78", "FR", "", id="a landline takes no text"),
        pytest.param("0612345", "FR", "", id="too short"),
        pytest.param("0478123456", "BE", "+32478123456", id="Belgium"),
        pytest.param("0151 23456789", "DE", "+4915123456789", id="Germany"),
        pytest.param("3471234567", "IT", "+393471234567", id="Italy keeps its digits"),
        pytest.param("+4915123456789", "FR", "+4915123456789", id="another country, in full"),
        pytest.param("+12125550123", "FR", "+12125550123", id="a country of no plan, in full"),
        pytest.param("2125550123", "US", "", id="a country of no plan, as at home"),
        pytest.param("0612345678 ou 79", "FR", "", id="two numbers are none"),
        pytest.param("٠٦١٢٣٤٥٦٧٨", "FR", "", id="other digits"),
        pytest.param("", "FR", "", id="nothing"),
    ],
)
def test_mobile_number(typed: str, country: str, expected: str) -> None:
    assert mobile_number(typed, country) == expected


@given(typed=st.text(max_size=25), country=st.sampled_from(["FR", "BE", "DE", "RE", "US"]))
def test_a_number_read_is_read_again_as_itself(typed: str, country: str) -> None:
    found = mobile_number(typed, country)
    assert found == (mobile_number(found, country) if found else "")


@given(typed=st.text(max_size=25), country=st.sampled_from(["FR", "BE", "DE", "RE", "US"]))
def test_what_takes_a_text_is_dialled_as_it_is(typed: str, country: str) -> None:
    found = mobile_number(typed, country)
    assert not found or dialled(found, country) == found
