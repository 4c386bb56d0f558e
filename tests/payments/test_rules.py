"""Whether a mandate may be used, and how what a file says of one is read."""

from __future__ import annotations

from datetime import date

import pytest

from encours.payments.rules import (
    Signed,
    State,
    kept_until,
    may_be_b2b,
    reference_of,
    scheme_of,
    state_of,
)

SIGNED = date(2023, 1, 31)


@pytest.mark.parametrize(
    ("mandate", "today", "state"),
    [
        pytest.param(Signed(True, SIGNED), SIGNED, State.ACTIVE, id="the day it is signed"),
        pytest.param(Signed(True, None), SIGNED, State.INCOMPLETE, id="nobody signed"),
        pytest.param(Signed(False, SIGNED), SIGNED, State.INCOMPLETE, id="no account"),
        pytest.param(Signed(True, SIGNED), date(2026, 1, 31), State.ACTIVE, id="36 months"),
        pytest.param(Signed(True, SIGNED), date(2026, 2, 1), State.LAPSED, id="a day more"),
        pytest.param(
            Signed(True, SIGNED, last_used_on=date(2025, 6, 1)), date(2026, 2, 1), State.ACTIVE,
            id="a use counts again",
        ),
        pytest.param(
            Signed(True, SIGNED, date(2024, 1, 1)), date(2024, 1, 1), State.REVOKED, id="revoked"
        ),
        pytest.param(
            Signed(True, SIGNED, date(2024, 1, 2)), date(2024, 1, 1), State.ACTIVE, id="not yet"
        ),
    ],
)  # fmt: skip
def test_state(mandate: Signed, today: date, state: State) -> None:
    assert state_of(mandate, today=today) == state


def test_a_mandate_proves_a_debit_for_thirteen_months() -> None:
    assert kept_until(Signed(True, SIGNED)) is None
    assert kept_until(Signed(True, SIGNED, last_used_on=date(2026, 1, 31))) == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        pytest.param(" RUM-2026/118 ", "RUM-2026/118", id="as usual"),
        pytest.param("RUM  1", "RUM 1", id="one space"),
        pytest.param("Réf 1", "", id="an accent"),
        pytest.param("X" * 36, "", id="too long"),
        pytest.param("", "", id="none"),
    ],
)
def test_references(text: str, reference: str) -> None:
    assert reference_of(text) == reference


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        pytest.param("SDD CORE", "core", id="core"),
        pytest.param("B 2 B", "b2b", id="b2b"),
        pytest.param("Interentreprises", "b2b", id="in French"),
        pytest.param("classique", "core", id="classic"),
        pytest.param("autre", "", id="unknown"),
    ],
)
def test_schemes(text: str, scheme: str) -> None:
    assert scheme_of(text) == scheme


def test_b2b_is_for_those_who_are_no_consumer_for_sure() -> None:
    assert {one for one in ("business", "public", "foreign", "consumer", "unknown")
            if may_be_b2b(one)} == {"business", "public", "foreign"}  # fmt: skip
