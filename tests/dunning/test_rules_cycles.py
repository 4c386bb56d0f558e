"""The last day on which an account had nothing overdue."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.dunning.ledgers import TODAY, ago

from encours.dunning.rules.cycles import SPANS, last_clear

Span = tuple[int, int | None]


def cleared(spans: list[Span]) -> date | None:
    """Return the answer for one account; spans are in days before the tests' today."""
    rows = [(1, "EUR", ago(start), None if end is None else ago(end)) for start, end in spans]
    frame = pl.DataFrame(rows, schema=SPANS, orient="row")
    return dict(last_clear(frame, TODAY).select("customer_id", "cleared_on").iter_rows()).get(1)


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        pytest.param([(10, None)], 11, id="late for ten days: clear the day before"),
        pytest.param([(10, 5)], 0, id="settled since: clear today"),
        pytest.param([(10, 0)], 0, id="settled today: clear today"),
        pytest.param([(10, -3)], 11, id="to be settled later: still late"),
        pytest.param([(10, 5), (5, None)], 11, id="the next one late the day it is settled"),
        pytest.param([(10, 5), (4, None)], 5, id="one clear day between"),
        pytest.param([(5, None), (10, 4)], 11, id="overlapping, in any order"),
        pytest.param([(20, 2), (10, 8), (3, None)], 21, id="a short one inside a long one"),
        pytest.param([(20, 15), (10, 8), (3, None)], 4, id="the last stretch counts"),
        pytest.param([(-1, None)], None, id="not late yet: no answer needed"),
        pytest.param([(0, None)], 1, id="late since today"),
        pytest.param([(10, 10)], None, id="settled before it was late"),
        pytest.param([], None, id="nothing at all"),
    ],
)
def test_last_clear(spans: list[Span], expected: int | None) -> None:
    assert cleared(spans) == (None if expected is None else ago(expected))


def test_accounts_are_told_apart() -> None:
    rows = [
        (1, "EUR", ago(10), None),
        (1, "USD", ago(5), None),
        (2, "EUR", ago(7), ago(2)),
        (2, "EUR", ago(20), ago(7)),
    ]
    told = last_clear(pl.DataFrame(rows, schema=SPANS, orient="row"), TODAY).sort(pl.all())

    assert told.rows() == [(1, "EUR", ago(11)), (1, "USD", ago(6)), (2, "EUR", TODAY)]


day = st.integers(0, 20)
lists = st.lists(st.tuples(day, st.none() | day), max_size=6)


@given(spans=lists)
def test_it_is_the_last_day_without_a_span(spans: list[Span]) -> None:
    late = {
        ago(shift)
        for start, end in spans
        for shift in range(start, (-1 if end is None else end), -1)
    }
    free = next(ago(shift) for shift in range(99) if ago(shift) not in late)

    assert cleared(spans) == (free if late else None)
