"""What is proposed after a reading, how long it holds, what a promise covers."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.replies.rules.marking import marked
from encours.replies.rules.proposing import (
    CHAIN,
    OpenLine,
    hold_until,
    holds,
    promised_cents,
    shares,
    state_of,
)

TUESDAY = date(2026, 10, 6)


@pytest.mark.parametrize(
    ("kind", "is_abstained", "has_customer", "state", "is_held"),
    [
        pytest.param("promise", False, True, "proposed", True, id="a promise waits for a click"),
        pytest.param("dispute", False, True, "proposed", True, id="so does a dispute"),
        pytest.param("other", False, True, "new", True, id="a question is read, and holds"),
        pytest.param("promise", True, True, "new", True, id="not sure enough: a person reads"),
        pytest.param("promise", False, False, "new", False, id="nobody's: nobody is held"),
        pytest.param("out_of_office", False, True, "noted", False, id="a machine holds nothing"),
        pytest.param("bounce", False, False, "noted", False, id="nor does a bounce"),
        pytest.param("out_of_office", True, True, "new", True, id="unless it may be a person"),
    ],
)
def test_what_waits_for_whom(
    kind: str, is_abstained: bool, has_customer: bool, state: str, is_held: bool
) -> None:
    found = state_of(kind, is_abstained=is_abstained, has_customer=has_customer)

    assert found == state
    assert holds(found, has_customer=has_customer) is is_held


@pytest.mark.parametrize(
    ("received", "days", "first", "until"),
    [
        pytest.param(TUESDAY, 3, None, date(2026, 10, 9), id="three working days"),
        pytest.param(date(2026, 10, 9), 3, None, date(2026, 10, 14), id="over a week-end"),
        pytest.param(date(2026, 10, 10), 1, None, date(2026, 10, 13), id="from a Saturday"),
        pytest.param(TUESDAY, 0, None, None, id="no delay holds nothing"),
        pytest.param(date(2026, 10, 16), 3, TUESDAY, date(2026, 10, 19), id="a chain is shortened"),
        pytest.param(date(2026, 11, 2), 3, TUESDAY, None, id="a chain that held long enough"),
    ],
)
def test_until_when(received: date, days: int, first: date | None, until: date | None) -> None:
    assert hold_until(received, days=days, first_on=first, holidays=()) == until


def test_a_holiday_is_no_working_day() -> None:
    monday = date(2026, 12, 24)

    assert hold_until(monday, days=1, holidays={date(2026, 12, 25)}) == date(2026, 12, 28)


@given(
    start=st.dates(date(2026, 1, 1), date(2026, 12, 1)),
    gaps=st.lists(st.integers(0, 4), min_size=1, max_size=40),
    days=st.integers(1, 10),
)
def test_no_chain_of_replies_holds_for_ever(start: date, gaps: list[int], days: int) -> None:
    received, last = start, start
    for gap in gaps:
        received += timedelta(days=gap)
        until = hold_until(received, days=days, first_on=start, holidays=())
        last = max(last, until or last)

    assert (last - start).days <= days * CHAIN * 7 / 5 + 4


@pytest.mark.parametrize(
    ("amount", "share", "expected"),
    [
        pytest.param(None, "", 15_001, id="nothing said: all of it"),
        pytest.param(5_000, "", 5_000, id="an amount"),
        pytest.param(99_999, "", 15_001, id="never more than is open"),
        pytest.param(None, "1/2", 7_501, id="half, rounded up once"),
        pytest.param(None, "balance", 15_001, id="the balance"),
        pytest.param(5_000, "1/2", 5_000, id="an amount outweighs a share"),
    ],
)
def test_what_was_promised(amount: int | None, share: str, expected: int) -> None:
    lines = [OpenLine(1, TUESDAY, 10_000), OpenLine(2, TUESDAY, 5_001)]

    assert promised_cents(amount_cents=amount, share=share, lines=lines) == expected


open_lines = st.lists(
    st.builds(
        OpenLine,
        line_id=st.integers(1, 10**6),
        due_on=st.dates(date(2025, 1, 1), date(2027, 1, 1)),
        open_cents=st.integers(0, 10**9),
    ),
    max_size=12,
    unique_by=lambda one: one.line_id,
)


@given(cents=st.integers(0, 10**10), lines=open_lines, seed=st.randoms())
def test_a_promise_is_spread_without_losing_a_cent(
    cents: int, lines: list[OpenLine], seed: Random
) -> None:
    found = shares(cents, lines)
    owed = {line.line_id: line.open_cents for line in lines}
    shuffled = list(lines)
    seed.shuffle(shuffled)

    assert sum(part for _, part in found) == min(cents, sum(owed.values()))
    assert all(0 < part <= owed[line_id] for line_id, part in found)
    assert shares(cents, shuffled) == found, "order-free"
    full = [line for line, part in found[:-1] if part != owed[line]]
    assert full == [], "the oldest is filled first"


@given(text=st.text(max_size=80), words=st.lists(st.text(max_size=6), max_size=5))
def test_marking_loses_no_letter(text: str, words: list[str]) -> None:
    assert "".join(piece for piece, _ in marked(text, words)) == text


def test_the_words_that_decided_are_marked() -> None:
    pieces = marked("Je paie vendredi.", ["vendredi"])

    assert pieces == (("Je paie ", False), ("vendredi", True), (".", False))
