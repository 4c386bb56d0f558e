"""Limits of credit over time: nothing overlaps, nothing else moves; what is used and left."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.risk.rules import Limit, cut, on, use

DAY = date(2026, 6, 15)


def day(shift: int) -> date:
    return DAY + timedelta(days=shift)


@pytest.mark.parametrize(
    ("since", "until", "left"),
    [
        pytest.param(0, None, [(-10, -1)], id="a new one without end"),
        pytest.param(-20, None, [], id="a new one from before"),
        pytest.param(0, 5, [(-10, -1), (6, 30)], id="a limit for some days"),
        pytest.param(31, None, [(-10, 30)], id="after its end"),
        pytest.param(-20, 0, [(1, 30)], id="its first days"),
    ],
)
def test_a_limit_is_cut(since: int, until: int | None, left: list[tuple[int, int]]) -> None:
    held = Limit(100, day(-10), day(30), 7)
    end = None if until is None else day(until)

    assert list(cut(held, day(since), end)) == [
        Limit(100, day(first), day(last), 7) for first, last in left
    ]


@pytest.mark.parametrize(
    ("open_cents", "unallocated", "used", "left"),
    [
        pytest.param(400, 0, 400, 600, id="what is owed"),
        pytest.param(400, 150, 250, 750, id="less what was received"),
        pytest.param(100, 150, 0, 1000, id="never below zero"),
        pytest.param(1200, 0, 1200, -200, id="passed"),
    ],
)
def test_use(open_cents: int, unallocated: int, used: int, left: int) -> None:
    found = use(1000, open_cents=open_cents, unallocated_cents=unallocated)

    assert (found.used_cents, found.left_cents, found.is_passed) == (used, left, left < 0)


shifts = st.integers(-40, 40)
windows = st.tuples(shifts, st.one_of(st.none(), st.integers(0, 40))).map(
    lambda one: (day(one[0]), None if one[1] is None else day(one[0] + one[1]))
)


@given(first=windows, second=windows, probe=st.integers(-60, 120))
def test_a_day_has_one_limit_and_the_others_keep_theirs(
    first: tuple[date, date | None], second: tuple[date, date | None], probe: int
) -> None:
    held, new = Limit(100, *first), Limit(200, *second)
    pieces = list(cut(held, *second)) if held.meets(new) else [held]
    every = [*pieces, new]
    asked = day(probe)

    assert sum(one.covers(asked) for one in every) <= 1
    assert not any(one.meets(new) for one in pieces)
    found = on(every, asked)
    expected = 200 if new.covers(asked) else 100 if held.covers(asked) else None
    assert (found and found.cents) == expected
