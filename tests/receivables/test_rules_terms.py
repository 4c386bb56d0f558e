"""Due dates from payment terms: tables, the frame version, the JSON round trip."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.receivables.rules.terms import (
    ALL,
    DueLine,
    DueRule,
    InvalidTerms,
    MonthEnd,
    Part,
    Postponement,
    Terms,
    as_json,
    due_dates,
    due_lines,
    due_on_expr,
    from_json,
    single,
)

A, B = MonthEnd.AFTER_DAYS, MonthEnd.BEFORE_DAYS
WORKING = Postponement.NEXT_WORKING_DAY
ASCENSION = date(2026, 5, 14)

rules = st.builds(
    DueRule,
    days=st.integers(0, 366),
    months=st.integers(0, 24),
    month_end=st.sampled_from(MonthEnd),
    day=st.none() | st.integers(1, 31),
)


@st.composite
def several_parts(draw: st.DrawFn) -> Terms:
    weights = draw(st.lists(st.integers(1, 50), min_size=1, max_size=5))
    total = sum(weights)
    parts = tuple(Part(ALL * weight / total, draw(rules)) for weight in weights)
    return Terms(parts, draw(st.sampled_from(Postponement)))


days = st.dates(date(2015, 1, 1), date(2035, 12, 31))
amounts = st.integers(1, 10**13)
holidays = st.sets(st.dates(date(2015, 1, 1), date(2040, 12, 31)), max_size=20)


@pytest.mark.parametrize(
    ("terms", "issued", "due"),
    [
        pytest.param(single(), "2026-01-15", "2026-01-15", id="cash is due the day of the invoice"),
        pytest.param(single(30), "2026-01-31", "2026-03-02", id="30 days are 30 days"),
        pytest.param(single(60), "2026-01-15", "2026-03-16", id="law-fr 2.2: 60 net"),
        pytest.param(single(60), "2026-02-10", "2026-04-11", id="law-fr 2.2: 60 net, February"),
        pytest.param(single(45, month_end=A), "2026-01-15", "2026-03-31", id="law-fr 2.2: A"),
        pytest.param(single(45, month_end=B), "2026-01-15", "2026-03-17", id="law-fr 2.2: B"),
        pytest.param(single(45, month_end=A), "2026-02-10", "2026-03-31", id="law-fr 2.2: A, February"),
        pytest.param(single(45, month_end=B), "2026-02-10", "2026-04-14", id="law-fr 2.2: B, February"),
        pytest.param(single(45, month_end=A), "2026-01-01", "2026-02-28", id="A lands in February"),
        pytest.param(single(30, month_end=A), "2028-01-30", "2028-02-29", id="a leap February"),
        pytest.param(single(month_end=A, day=10), "2026-01-05", "2026-02-10", id="the 10th of the next month"),
        pytest.param(single(month_end=A, day=10), "2026-01-31", "2026-02-10", id="same from the last day"),
        pytest.param(single(30, month_end=A, day=15), "2026-01-02", "2026-03-15", id="30 days end of month the 15th"),
        pytest.param(single(30, day=10), "2026-01-11", "2026-02-10", id="30 days, on the 10th itself"),
        pytest.param(single(30, day=10), "2026-01-12", "2026-03-10", id="30 days, the 10th is past by one day"),
        pytest.param(single(day=31), "2026-02-10", "2026-02-28", id="the 31st of February is its last day"),
        pytest.param(single(day=30), "2026-12-31", "2027-01-30", id="over the new year"),
        pytest.param(single(months=1), "2026-01-31", "2026-02-28", id="one month stays in the month"),
        pytest.param(single(months=2, month_end=A), "2026-01-15", "2026-03-31", id="two months, end of month"),
        pytest.param(single(30, months=1), "2026-01-31", "2026-03-30", id="the month first, then the days"),
        pytest.param(single(30), "2026-04-14", "2026-05-14", id="no postponement by default"),
        pytest.param(
            single(30, postponement=WORKING), "2026-04-14", "2026-05-15", id="postponed past Ascension Day"
        ),
        pytest.param(
            single(30, postponement=WORKING), "2026-04-16", "2026-05-18", id="postponed past a Saturday"
        ),
    ],
)  # fmt: skip
def test_due_date(terms: Terms, issued: str, due: str) -> None:
    lines = due_dates(terms, date.fromisoformat(issued), 12345, holidays={ASCENSION})

    assert lines == (DueLine(date.fromisoformat(due), 12345),)


@pytest.mark.parametrize(
    ("percents", "amount", "expected"),
    [
        pytest.param(["30", "70"], 10000, [3000, 7000], id="30 % now, the rest later"),
        pytest.param(["50", "50"], 10001, [5000, 5001], id="the odd cent goes to the last"),
        pytest.param(["100/3"] * 3, 10000, [3333, 3333, 3334], id="three thirds"),
        pytest.param(["25"] * 4, 2, [2], id="parts under one cent give no line"),
        pytest.param(["50", "50"], 1, [1], id="one cent is one line"),
        pytest.param(["33.33", "33.33", "33.34"], 10000, [3333, 3333, 3334], id="decimal percents"),
    ],
)
def test_parts(percents: list[str], amount: int, expected: list[int]) -> None:
    parts = tuple(Part(Fraction(part), DueRule(days=30 * at)) for at, part in enumerate(percents))
    lines = due_dates(Terms(parts), date(2026, 1, 1), amount)

    assert [line.cents for line in lines] == expected
    if len(lines) == len(parts):
        first = date(2026, 1, 1)
        assert [line.due_on for line in lines] == [
            first + timedelta(days=30 * at) for at in range(len(parts))
        ]


@given(terms=several_parts(), issued_on=days, amount=amounts, off=holidays)
def test_no_cent_is_lost_and_no_line_is_empty(
    terms: Terms, issued_on: date, amount: int, off: set[date]
) -> None:
    lines = due_dates(terms, issued_on, amount, holidays=off)

    assert sum(line.cents for line in lines) == amount
    assert all(line.cents > 0 and line.due_on >= issued_on for line in lines)


@given(
    terms=several_parts(),
    issued=st.lists(days, min_size=1, max_size=6),
    amount=amounts,
    off=holidays,
)
def test_the_frame_agrees_with_the_scalar_rule(
    terms: Terms, issued: list[date], amount: int, off: set[date]
) -> None:
    numbers = [amount + row for row in range(len(issued))]
    frame = pl.DataFrame({"row": range(len(issued)), "issued_on": issued, "amount_cents": numbers})
    cut = due_lines(frame, terms, holidays=off).sort("row", "position")
    scalar = [
        (row, line.due_on, line.cents)
        for row, day in enumerate(issued)
        for line in due_dates(terms, day, numbers[row], holidays=off)
    ]

    assert cut.select("row", "due_on", "due_cents").rows() == scalar
    assert cut["due_cents"].dtype == pl.Int64
    assert cut["position"].dtype == pl.Int64


def test_positions_count_from_one_and_columns_are_kept() -> None:
    frame = pl.DataFrame({"n": ["F1"], "issued_on": [date(2026, 1, 1)], "amount_cents": [101]})
    terms = Terms((Part(Fraction(50), DueRule()), Part(Fraction(50), DueRule(30))))

    assert due_lines(frame, terms).rows() == [
        ("F1", date(2026, 1, 1), 101, 1, date(2026, 1, 1), 50),
        ("F1", date(2026, 1, 1), 101, 2, date(2026, 1, 31), 51),
    ]


def test_the_expression_takes_another_column_and_does_not_postpone_by_itself() -> None:
    frame = pl.DataFrame({"sold_on": [date(2026, 4, 16)]})

    assert frame.select(due_on_expr(DueRule(30), "sold_on")).item() == date(2026, 5, 16)


@given(several_parts())
def test_json_round_trip(terms: Terms) -> None:
    assert from_json(as_json(terms)) == terms


def test_the_json_shape_is_the_published_one() -> None:
    assert as_json(single(30, month_end=A, day=15)) == {
        "parts": [
            {"percent": "100", "days": 30, "months": 0, "month_end": "after_days", "day": 15}
        ],
        "postponement": "none",
    }
    assert from_json({"parts": [{"percent": "100"}]}) == single()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({}, id="no parts"),
        pytest.param({"parts": []}, id="an empty list makes 0 %"),
        pytest.param({"parts": [{"percent": "90"}]}, id="90 %"),
        pytest.param({"parts": [{"percent": "110"}, {"percent": "-10"}]}, id="a negative part"),
        pytest.param({"parts": [{"percent": "100"}, {"percent": "0"}]}, id="an empty part"),
        pytest.param({"parts": [{"percent": "1/0"}]}, id="a part over zero"),
        pytest.param({"parts": [{"percent": "100", "days": -1}]}, id="negative days"),
        pytest.param({"parts": [{"percent": "100", "days": 367}]}, id="more than a year of days"),
        pytest.param({"parts": [{"percent": "100", "months": -1}]}, id="negative months"),
        pytest.param({"parts": [{"percent": "100", "months": 25}]}, id="more than two years"),
        pytest.param({"parts": [{"percent": "100", "day": 0}]}, id="day 0"),
        pytest.param({"parts": [{"percent": "100", "day": 32}]}, id="day 32"),
        pytest.param({"parts": [{"percent": "100", "month_end": "soon"}]}, id="unknown month end"),
        pytest.param(
            {"parts": [{"percent": "100"}], "postponement": "x"}, id="unknown postponement"
        ),
        pytest.param({"parts": ["100"]}, id="a part that is no object"),
        pytest.param({"parts": None}, id="parts that are no list"),
    ],
)
def test_terms_that_mean_nothing_are_refused(data: dict[str, Any]) -> None:
    with pytest.raises(InvalidTerms, match=r"[Ll]e |[Ll]es |illisibles|Chaque"):
        from_json(data)


def test_bounds_are_included() -> None:
    assert DueRule(days=366, months=24, day=31).day == 31
    assert DueRule(days=0, months=0, day=1).day == 1


def test_a_credit_note_has_no_due_date() -> None:
    with pytest.raises(AssertionError):
        due_dates(single(), date(2026, 1, 1), 0)
