"""Parts of text messages are counted as the networks count them; numbers are read strictly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.messaging.rules.numbers import is_sender
from encours.messaging.rules.segments import (
    BASIC,
    EXTENSION,
    Length,
    cost_cents,
    length_of,
    plain_signs,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", Length("gsm", 0, 0), id="nothing is no message"),
        pytest.param("a" * 160, Length("gsm", 160, 1), id="160 alone"),
        pytest.param("a" * 161, Length("gsm", 161, 2), id="161 travel in two"),
        pytest.param("a" * 306, Length("gsm", 306, 2), id="twice 153"),
        pytest.param("a" * 307, Length("gsm", 307, 3), id="and one more"),
        pytest.param("€" * 80, Length("gsm", 160, 1), id="the euro counts two"),
        pytest.param("a" * 159 + "€", Length("gsm", 161, 2), id="the euro that does not fit"),
        pytest.param(
            "a" * 152 + "€" + "a" * 152, Length("gsm", 306, 3), id="an escaped sign is not cut"
        ),
        pytest.param("ê" * 70, Length("ucs2", 70, 1), id="70 with one foreign sign"),
        pytest.param("ê" * 71, Length("ucs2", 71, 2), id="71 travel in two"),
        pytest.param("ê" * 134, Length("ucs2", 134, 2), id="twice 67"),
        pytest.param("ê" * 135, Length("ucs2", 135, 3), id="and one more unit"),
        pytest.param("😀" * 35, Length("ucs2", 70, 1), id="beyond the basic plane counts two"),
        pytest.param("a" * 66 + "😀" + "a" * 66, Length("ucs2", 134, 3), id="a pair is not cut"),
    ],
)
def test_length(text: str, expected: Length) -> None:
    assert length_of(text) == expected


gsm_texts = st.text(st.sampled_from(sorted(BASIC | EXTENSION)), max_size=700)
any_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)


@given(text=any_texts, more=any_texts)
def test_a_longer_text_never_takes_fewer_parts(text: str, more: str) -> None:
    assert length_of(text + more).parts >= length_of(text).parts


@given(text=any_texts)
def test_the_parts_hold_the_text_and_are_not_too_many(text: str) -> None:
    found = length_of(text)
    alone, joined = (160, 153) if found.coding == "gsm" else (70, 67)
    if found.units <= alone:
        assert found.parts == bool(text)
    else:
        wasted = found.parts - 1  # at most one unit a part: a sign of two that did not fit
        assert joined * found.parts - wasted - joined < found.units <= joined * found.parts
    assert found.left >= 0


@given(text=gsm_texts)
def test_what_is_in_the_alphabet_stays_as_it_is(text: str) -> None:
    assert length_of(text).coding == "gsm"
    assert plain_signs(text) == text


@given(text=any_texts)
def test_plain_signs_are_plain_and_stay_so(text: str) -> None:
    once = plain_signs(text)
    assert plain_signs(once) == once


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("l’échéance", "l'échéance", id="a typographic apostrophe"),
        pytest.param("reçu, fenêtre", "recu, fenetre", id="accents that the alphabet lacks"),
        pytest.param("1\u202f234,56\u00a0€", "1 234,56 €", id="narrow spaces"),
        pytest.param("Łódź", "Łodz", id="what has no plain form stays"),
    ],
)
def test_plain_signs(text: str, expected: str) -> None:
    assert plain_signs(text) == expected


@pytest.mark.parametrize(
    ("parts", "price", "cents"),
    [
        pytest.param(1, 450, 5, id="four cents and a half round up"),
        pytest.param(2, 450, 9, id="nine cents"),
        pytest.param(3, 449, 13, id="13.47 cents"),
        pytest.param(4, 0, 0, id="no price"),
    ],
)
def test_cost(parts: int, price: int, cents: int) -> None:
    assert cost_cents(parts, price) == cents


@given(parts=st.integers(0, 50), price=st.integers(0, 100_000))
def test_the_cost_is_exact_to_half_a_cent_and_grows(parts: int, price: int) -> None:
    assert abs(cost_cents(parts, price) * 100 - parts * price) <= 50
    assert cost_cents(parts + 1, price) >= cost_cents(parts, price)


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        pytest.param("DURAND SA", True, id="a name"),
        pytest.param("+33612345678", True, id="a number"),
        pytest.param("36105", True, id="a short code"),
        pytest.param("DURAND ET FILS", False, id="more than eleven signs"),
        pytest.param("123456", False, id="digits alone are no name"),
        pytest.param("Société", False, id="no accent"),
    ],
)
def test_sender(sender: str, expected: bool) -> None:
    assert is_sender(sender) is expected
