"""What a person types in a field of their own, and what a filter asks of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from encours.attributes.rules import (
    CODE_MAX,
    Condition,
    Field,
    Kind,
    canonical,
    code_of,
    condition,
    value_of,
)


def field(kind: Kind) -> Field:
    choices = ("Île-de-France", "Sud") if kind == "choice" else ()
    return Field(1, "customer", "champ", "Champ", kind, choices)


@pytest.mark.parametrize(
    ("kind", "typed", "kept", "value"),
    [
        pytest.param("text", "  Affaire   12 ", "Affaire 12", "Affaire 12", id="blanks are one"),
        pytest.param("number", "1 234,50", "1234.5", Decimal("1234.5"), id="a French number"),
        pytest.param("number", "12 %", "12", Decimal(12), id="per cent"),
        pytest.param("number", "-0", "0", Decimal(0), id="nought has no sign"),
        pytest.param("number", "100", "100", Decimal(100), id="no power of ten"),
        pytest.param("amount", "1 234,5 €", "123450", 123_450, id="an amount in cents"),
        pytest.param("date", "31/03/2026", "2026-03-31", None, id="a French date"),
        pytest.param("date", "2026-03-31", "2026-03-31", None, id="an ISO date"),
        pytest.param("choice", "ile-de-france", "Île-de-France", "Île-de-France", id="no accents"),
        pytest.param("yes_no", "Oui", "1", True, id="yes"),
        pytest.param("yes_no", "n", "0", False, id="no"),
        pytest.param("amount", "   ", "", None, id="a blank says nothing"),
    ],
)
def test_canonical(kind: Kind, typed: str, kept: str, value: Any) -> None:
    assert canonical(field(kind), typed) == kept
    if value is not None:
        assert value_of(kind, kept) == value
        assert canonical(field(kind), str(kept)) == kept or kind == "amount"


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("number", "douze"), ("number", "nan"), ("amount", "1e3"), ("date", "31/02/2026"),
        ("choice", "Nord"), ("yes_no", "peut-être"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_names_its_field(kind: Kind, typed: str) -> None:
    with pytest.raises(ValueError, match=r"^Champ : .*" + typed):
        canonical(field(kind), typed)


@pytest.mark.parametrize(
    ("kind", "typed", "expected"),
    [
        pytest.param("text", "Aff", {"contains": "aff"}, id="a part"),
        pytest.param("choice", "sud", {"equals": "Sud"}, id="a choice"),
        pytest.param("yes_no", "non", {"equals": "0"}, id="no is asked too"),
        pytest.param("amount", "> 1000", {"low": "100000", "is_strict": True}, id="more than"),
        pytest.param("amount", "<=10,5", {"high": "1050"}, id="at most"),
        pytest.param("number", "10..20", {"low": "10", "high": "20"}, id="between"),
        pytest.param("number", "12", {"low": "12", "high": "12"}, id="exactly"),
        pytest.param("date", "≥ 01/02/2026", {"low": "2026-02-01"}, id="from a day on"),
    ],
)
def test_condition(kind: Kind, typed: str, expected: dict[str, Any]) -> None:
    assert condition(field(kind), typed) == Condition("champ", kind, **expected)


@pytest.mark.parametrize(
    ("kind", "typed"), [("number", "> beaucoup"), ("choice", "x"), ("text", " ")]
)
def test_a_filter_that_cannot_be_read_asks_nothing(kind: Kind, typed: str) -> None:
    assert condition(field(kind), typed) is None


def test_code_of() -> None:
    assert code_of("Code affaire n° 2", []) == "code_affaire_n_2"
    assert code_of("Région", {"region", "region_2"}) == "region_3"
    assert code_of("!!!", []) == "champ"
    assert len(code_of("très " * 20, [])) <= CODE_MAX
