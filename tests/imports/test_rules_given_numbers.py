"""A table of numbers: how its rows are read, and which invoice each one names."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.imports.rules.given_numbers import GivenRow, Invoice, find, read_rows

DAY = date(2026, 3, 2)


def invoice(pk: int, piece: str = "VE 0326", cents: int = 12_000, **more: object) -> Invoice:
    return Invoice(
        **{  # type: ignore[arg-type]
            "id": pk,
            "customer_code": "C1",
            "customer_name": "Café d'Été",
            "piece": piece,
            "issued_on": DAY,
            "amount_cents": cents,
            **more,
        }
    )


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        pytest.param("17\tF-1\n18\tF-2\n", [("17", "F-1"), ("18", "F-2")], id="two bare columns"),
        pytest.param("Pièce;N° de facture\n17;F-1\n;\n", [("17", "F-1")], id="titles in French"),
        pytest.param("\ufeffpiece,invoice number\n17,F-1\n", [("17", "F-1")], id="in English"),
        pytest.param("Pièce;Numéro\n17;\n", [], id="a number not filled in is no fault"),
    ],
)
def test_rows_are_read(text: str, rows: list[tuple[str, str]]) -> None:
    found, issues = read_rows(text.encode())

    assert [(one.piece, one.number) for one in found] == rows
    assert not issues


def test_day_amount_and_customer_are_read() -> None:
    text = "Date;Montant TTC;Client;Numéro\n02/03/2026;1 200,50 €;C1;  F   9 \n"

    assert read_rows(text.encode())[0] == [GivenRow(2, "F 9", "", DAY, 120_050, "C1")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("", "numbers_unreadable", id="nothing"),
        pytest.param("a;b;c\n1;2;3\n", "numbers_columns", id="no column is known"),
        pytest.param("Numéro\nF1\n", "numbers_columns", id="a number of nothing"),
        pytest.param("Pièce;Numéro\n17;sans\n", "number_invalid", id="no digit"),
        pytest.param("Pièce;Numéro\n17;" + "1" * 81, "number_invalid", id="too long"),
        pytest.param("Date;Montant;Numéro\n31/02/2026;5,00;F1", "number_unreadable", id="no day"),
        pytest.param("Pièce;Montant;Numéro\n17;beaucoup;F1", "number_unreadable", id="no amount"),
        pytest.param("Date;Client;Numéro\n02/03/2026;C1;F1", "number_unnamed", id="names nothing"),
    ],
)
def test_what_is_wrong_is_said(text: str, code: str) -> None:
    rows, issues = read_rows(text.encode())

    assert not rows
    assert [one.code for one in issues] == [code]


@pytest.mark.parametrize(
    ("row", "given", "code"),
    [
        pytest.param(GivenRow(2, "F1", piece="ve-0326", cents=12_000), {1: "F1"}, "", id="piece"),
        pytest.param(GivenRow(2, "F1", day=DAY, cents=12_000), {1: "F1"}, "", id="day and amount"),
        pytest.param(
            GivenRow(2, "F1", cents=12_000, customer="CAFE D'ETE"), {1: "F1"}, "", id="by name"
        ),
        pytest.param(
            GivenRow(2, "F1", piece="VE0326", cents=1), {}, "number_no_invoice", id="another amount"
        ),
        pytest.param(GivenRow(2, "F1", piece="VE0326"), {}, "number_ambiguous", id="two of them"),
        pytest.param(
            GivenRow(2, "F1", cents=12_000, customer="C2"), {}, "number_no_invoice", id="not his"
        ),
    ],
)
def test_a_row_names_one_invoice_or_says_so(
    row: GivenRow, given: dict[int, str], code: str
) -> None:
    found = find([row], [invoice(1), invoice(2, cents=500)])

    assert found.numbers == given
    assert [one.code for one in found.issues] == ([code] if code else [])


def test_two_numbers_for_one_invoice_or_one_for_two_give_nothing() -> None:
    two = [invoice(1, "A1"), invoice(2, "A2"), invoice(3, "A3")]
    rows = [GivenRow(2, "F1", "A1"), GivenRow(3, "F2", "A1"), GivenRow(4, "F3", "A2"),
            GivenRow(5, "f-3", "A3")]  # fmt: skip

    found = find(rows, two)

    assert found.numbers == {}
    assert {one.code for one in found.issues} == {"number_twice"}


def test_a_row_repeated_is_taken_once_and_what_is_there_is_not_given_again() -> None:
    rows = [GivenRow(2, "F1", "A1"), GivenRow(3, "F1", "A1"), GivenRow(4, "F2", "A2")]

    found = find(rows, [invoice(1, "A1"), invoice(2, "A2", number="F2")])

    assert found.numbers == {1: "F1"}
    assert found.unchanged == 1
    assert not found.issues


names = st.sampled_from(["A1", "A2", "A3", "A4"])
numbers = st.sampled_from(["F1", "F2", "F3", "f-1"])
rows_of = st.lists(
    st.builds(GivenRow, line=st.integers(1, 99), number=numbers, piece=names), max_size=8
)


@given(rows=rows_of, order=st.randoms())
def test_no_number_goes_to_two_invoices_whatever_the_order(
    rows: list[GivenRow], order: object
) -> None:
    known = [invoice(at, f"A{at}") for at in range(1, 4)]
    mixed = list(rows)
    order.shuffle(mixed)  # type: ignore[attr-defined]

    found, again = find(rows, known), find(mixed, known)

    compared = [number.upper().replace("-", "") for number in found.numbers.values()]
    assert len(set(compared)) == len(compared)
    assert found.numbers == again.numbers
    after = [invoice(one.id, one.piece, number=found.numbers.get(one.id, "")) for one in known]
    assert find(rows, after).numbers == {}
