"""Amounts and dates: what the law writes, what software writes, what cannot be read."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from encours.imports.readers.fec_cells import read_date, type_block
from encours.imports.rules.findings import SHOWN_MAX, Findings


def block(**cells: list[str | None]) -> pl.DataFrame:
    size = len(next(iter(cells.values())))
    usual = {"entry_on": ["20240105"] * size, "account": ["411000"] * size}
    if "amount" not in cells:
        usual |= {"debit": [None] * size, "credit": [None] * size}
    return pl.DataFrame(
        {"line": range(2, size + 2), **usual, **cells},
        schema_overrides={"line": pl.UInt32, **dict.fromkeys((*usual, *cells), pl.String)},
    )


@pytest.mark.parametrize(
    ("text", "cents", "code"),
    [
        pytest.param("1234,56", 123_456, None, id="as the law says"),
        pytest.param("0000000069,60", 6_960, None, id="filled with zeros"),
        pytest.param("+000000132,00", 13_200, None, id="sign first"),
        pytest.param("-12,00", -1_200, None, id="negative"),
        pytest.param("12,00-", -1_200, None, id="sign last, which the law allows"),
        pytest.param("12,00+", 1_200, None, id="plus last"),
        pytest.param("777", 77_700, None, id="no decimals"),
        pytest.param("5,5", 550, None, id="one decimal"),
        pytest.param(None, 0, None, id="blank is nothing"),
        pytest.param("1234.56", 123_456, "amount_dot", id="decimal point"),
        pytest.param("1 234,56", 123_456, "amount_format", id="thousands by a space"),
        pytest.param("1\u202f234,56", 123_456, "amount_format", id="thousands by a thin space"),
        pytest.param("1.234.567,89", 123_456_789, "amount_format", id="thousands by points"),
        pytest.param("1,234,567.89", 123_456_789, "amount_format", id="the English way"),
        pytest.param("(45,10)", -4_510, "amount_format", id="negative between parentheses"),
        pytest.param("12,50 €", 1_250, "amount_format", id="with its currency"),
        pytest.param("0,005", 1, "amount_sub_cent", id="half a cent goes up"),
        pytest.param("-0,005", -1, "amount_sub_cent", id="away from zero"),
        pytest.param("12,3400", 1_234, None, id="more decimals, all zero"),
        pytest.param("1e5", None, "amount_unreadable", id="a power of ten is no amount"),
        pytest.param("abc", None, "amount_unreadable", id="letters"),
        pytest.param("12,00,00", None, "amount_unreadable", id="two commas"),
        pytest.param("-", None, "amount_unreadable", id="a sign alone"),
        pytest.param("9" * 30, None, "amount_unreadable", id="beyond all accounts"),
    ],
)
def test_an_amount(text: str | None, cents: int | None, code: str | None) -> None:
    findings = Findings()
    typed = type_block(block(debit=[text], credit=[None]), findings)

    assert [issue.code for issue in findings.sealed()] == ([code] if code else [])
    assert typed["bad"].to_list() == [cents is None]
    assert typed["debit"].to_list() == [cents or 0]


@pytest.mark.parametrize(
    ("side", "expected"),
    [
        pytest.param("D", (1_000, 0), id="D"),
        pytest.param("c", (0, 1_000), id="small c"),
        pytest.param("+1", (1_000, 0), id="+1 is a debit"),
        pytest.param("-1", (0, 1_000), id="-1 is a credit"),
        pytest.param("Crédit", (0, 1_000), id="in full"),
    ],
)
def test_an_amount_and_its_side(side: str, expected: tuple[int, int]) -> None:
    typed = type_block(block(amount=["10,00"], side=[side]), Findings())

    assert typed.select("debit", "credit").row(0) == expected


def test_a_side_that_is_neither_spoils_its_line() -> None:
    findings = Findings()
    typed = type_block(block(amount=["10,00"], side=["X"]), findings)

    assert typed["bad"].to_list() == [True]
    assert [issue.code for issue in findings.sealed()] == ["side_unreadable"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        pytest.param("20240131", date(2024, 1, 31), id="AAAAMMJJ"),
        pytest.param("2024-01-31", date(2024, 1, 31), id="ISO"),
        pytest.param("31/01/2024", date(2024, 1, 31), id="JJ/MM/AAAA"),
        pytest.param("31.01.24", date(2024, 1, 31), id="two digits of year"),
        pytest.param("31012024", date(2024, 1, 31), id="JJMMAAAA"),
        pytest.param("20102011", date(2011, 10, 20), id="JJMMAAAA that starts like a year"),
        pytest.param("2024-01-31T00:00:00", date(2024, 1, 31), id="with an hour"),
        pytest.param("31/01/2024 12:30", date(2024, 1, 31), id="with an hour, in French"),
        pytest.param("01/31/2024", None, id="the American order is not guessed"),
        pytest.param("20240230", None, id="30 February"),
        pytest.param("45322", None, id="a spreadsheet's number"),
        pytest.param("18500101", None, id="another century"),
        pytest.param("bientôt", None, id="a word"),
    ],
)
def test_a_date(text: str, day: date | None) -> None:
    assert read_date(text) == day
    findings = Findings()
    typed = type_block(block(entry_on=[text], debit=["1,00"], credit=[None]), findings)
    lawful = text == "20240131"

    assert typed["entry_on"].to_list() == [day]
    assert typed["bad"].to_list() == [day is None]
    expected = [] if lawful else ["date_format" if day else "date_unreadable"]
    assert [issue.code for issue in findings.sealed()] == expected


@pytest.mark.parametrize("blank", ["00000000", "0", "  /  /    ", "19000101", "18991230"])
def test_a_date_that_says_nothing_is_no_problem_elsewhere(blank: str) -> None:
    findings = Findings()
    typed = type_block(block(lettered_on=[blank], debit=["1,00"], credit=[None]), findings)

    assert typed["lettered_on"].to_list() == [None]
    assert findings.sealed() == ()


def test_another_date_that_cannot_be_read_is_only_left_out() -> None:
    findings = Findings()
    typed = type_block(block(piece_on=["{today}"], debit=["1,00"], credit=[None]), findings)

    assert typed["bad"].to_list() == [False]
    assert [(issue.code, issue.severity) for issue in findings.sealed()] == [
        ("date_ignored", "warning")
    ]


def test_a_line_without_date_or_account_is_bad() -> None:
    typed = type_block(
        block(entry_on=[None, "20240101"], account=["411", None]), findings := Findings()
    )

    assert typed["bad"].to_list() == [True, True]
    assert [issue.code for issue in findings.sealed()] == ["date_unreadable", "account_missing"]


def test_the_first_problems_are_shown_and_the_rest_counted() -> None:
    findings = Findings()
    type_block(block(debit=["1.00"] * 1_000, credit=[None] * 1_000), findings)
    sealed = findings.sealed()

    assert len(sealed) == SHOWN_MAX + 1
    assert sealed[-1].message == f"1000 anomalies de ce type, dont {SHOWN_MAX} montrées."
    assert sealed[-1].severity == "warning"
    assert sealed[0].line == 2


@settings(deadline=None)
@given(cents=st.integers(-(10**13), 10**13), zeros=st.integers(0, 3))
def test_any_amount_comes_back_to_the_cent(cents: int, zeros: int) -> None:
    sign = "-" if cents < 0 else ""
    text = f"{sign}{'0' * zeros}{abs(cents) // 100},{abs(cents) % 100:02d}"
    typed = type_block(block(debit=[text], credit=[None]), Findings())

    assert typed["debit"].to_list() == [cents]


@settings(deadline=None)
@given(st.dates(date(1950, 1, 1), date(2099, 12, 31)), st.sampled_from(["%Y%m%d", "%d%m%Y", "%F"]))
def test_any_day_comes_back(day: date, shape: str) -> None:
    assert read_date(day.strftime(shape)) == day


@settings(deadline=None)
@given(st.lists(st.text(max_size=12), min_size=1, max_size=5))
def test_no_text_breaks_a_cell(texts: list[str]) -> None:
    cells: list[str | None] = list(texts)
    typed = type_block(
        block(debit=cells, credit=cells, entry_on=cells, lettered_on=cells, foreign=cells),
        Findings(),
    )

    assert len(typed) == len(texts)
