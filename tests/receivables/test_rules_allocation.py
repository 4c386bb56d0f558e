"""What a payment settles: C. civ. 1342-10, by table and by properties."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.receivables.rules.allocation import Allocation, OpenItem, Share, allocate

TODAY = date(2026, 11, 22)


def item(line: str, cents: int, *, due: int = -10, issued: int = -40, burden: int = 0) -> OpenItem:
    """Build a line due and issued so many days from today."""
    return OpenItem(
        line, TODAY + timedelta(days=issued), TODAY + timedelta(days=due), cents, burden
    )


@pytest.mark.parametrize(
    ("cents", "items", "chosen", "shares", "left"),
    [
        pytest.param(0, [item("a", 100)], [], [], 0, id="nothing paid"),
        pytest.param(50, [], [], [], 50, id="nothing owed"),
        pytest.param(150, [item("a", 100)], [], [("a", 100)], 50, id="paid too much"),
        pytest.param(50, [item("a", 100, due=1, issued=-90), item("b", 100)], [], [("b", 50)], 0, id="due debts first, even if younger"),
        pytest.param(150, [item("a", 100, due=1, issued=-90), item("b", 100)], [], [("b", 100), ("a", 50)], 0, id="then those not due"),
        pytest.param(50, [item("a", 100, due=0, issued=-30), item("b", 100, due=1)], [], [("a", 50)], 0, id="due today is due"),
        pytest.param(50, [item("a", 100), item("b", 100, burden=1, issued=-5)], [], [("b", 50)], 0, id="then the most burdensome"),
        pytest.param(50, [item("a", 100), item("b", 100, issued=-41)], [], [("b", 50)], 0, id="then the oldest invoice"),
        pytest.param(50, [item("a", 100), item("b", 100, due=-11)], [], [("b", 50)], 0, id="then the first due of one invoice"),
        pytest.param(100, [item("a", 300), item("b", 100)], [], [("a", 75), ("b", 25)], 0, id="all equal: in proportion"),
        pytest.param(100, [item("b", 100), item("a", 100), item("c", 100)], [], [("a", 34), ("b", 33), ("c", 33)], 0, id="equal remainders: by line"),
        # 10 × 5/14 = 3,57 ; 10 × 6/14 = 4,29 ; 10 × 3/14 = 2,14: the odd cent to the largest remainder
        pytest.param(10, [item("a", 6), item("b", 5), item("c", 3)], [], [("a", 4), ("b", 4), ("c", 2)], 0, id="largest remainder"),
        pytest.param(1, [item("a", 100), item("b", 900)], [], [("b", 1)], 0, id="one cent goes to one line"),
        pytest.param(1000, [item("a", 100), item("b", 900)], [], [("a", 100), ("b", 900)], 0, id="all of both"),
        pytest.param(150, [item("a", 100, issued=-90), item("b", 100)], ["b"], [("b", 100), ("a", 50)], 0, id="the debtor chose"),
        pytest.param(150, [item("a", 100), item("b", 100, due=9)], ["b", "a"], [("b", 100), ("a", 50)], 0, id="the debtor chose an order"),
        pytest.param(50, [item("a", 100)], ["x", "a", "a"], [("a", 50)], 0, id="a line chosen twice or not open"),
    ],
)  # fmt: skip
def test_allocate(
    cents: int, items: list[OpenItem], chosen: list[str], shares: list[tuple[str, int]], left: int
) -> None:
    found = allocate(cents, items, on=TODAY, chosen=chosen)

    assert found == Allocation(tuple(Share(line, part) for line, part in shares), left)


def test_a_refund_is_not_a_payment() -> None:
    with pytest.raises(AssertionError, match="a refund is not a payment"):
        allocate(-1, [], on=TODAY)


days = st.integers(-400, 400).map(lambda shift: TODAY + timedelta(days=shift))
few_days = st.sampled_from([TODAY - timedelta(days=5), TODAY, TODAY + timedelta(days=5)])
items = st.builds(
    OpenItem,
    line=st.uuids().map(str),
    issued_on=few_days,
    due_on=few_days | days,
    open_cents=st.integers(0, 10**9),
    burden=st.integers(0, 1),
)
ledgers = st.lists(items, max_size=12, unique_by=lambda one: one.line)
payments = st.integers(0, 10**10)


@given(cents=payments, ledger=ledgers, picks=st.lists(st.integers(0, 11), max_size=4))
def test_no_cent_is_lost_or_invented(cents: int, ledger: list[OpenItem], picks: list[int]) -> None:
    chosen = [ledger[pick].line for pick in picks if pick < len(ledger)]
    found = allocate(cents, ledger, on=TODAY, chosen=chosen)
    owed = {one.line: one.open_cents for one in ledger}

    assert sum(share.cents for share in found.shares) + found.unapplied_cents == cents
    assert all(0 < share.cents <= owed[share.line] for share in found.shares)
    assert len({share.line for share in found.shares}) == len(found.shares)
    assert found.unapplied_cents == max(cents - sum(owed.values()), 0)


@given(cents=payments, ledger=ledgers, seed=st.integers())
def test_the_order_of_the_lines_does_not_matter(
    cents: int, ledger: list[OpenItem], seed: int
) -> None:
    shuffled = random.Random(seed).sample(ledger, len(ledger))

    assert allocate(cents, shuffled, on=TODAY) == allocate(cents, ledger, on=TODAY)


@given(cents=payments, ledger=ledgers)
def test_a_line_not_due_is_served_only_when_all_due_ones_are_settled(
    cents: int, ledger: list[OpenItem]
) -> None:
    parts = {share.line: share.cents for share in allocate(cents, ledger, on=TODAY).shares}
    due = [one for one in ledger if one.due_on <= TODAY]

    if any(parts.get(one.line) for one in ledger if one.due_on > TODAY):
        assert all(parts.get(one.line, 0) == one.open_cents for one in due)


@given(
    first=st.integers(1, 10**6), others=st.lists(st.integers(1, 10**6), max_size=5), cents=payments
)
def test_equal_debts_are_served_within_one_cent_of_proportion(
    first: int, others: list[int], cents: int
) -> None:
    equals = [item(str(number), part) for number, part in enumerate([first, *others])]
    total = sum(one.open_cents for one in equals)
    parts = {share.line: share.cents for share in allocate(cents, equals, on=TODAY).shares}

    for one in equals:
        exact = min(cents, total) * one.open_cents / total
        assert abs(parts.get(one.line, 0) - exact) < 1.000001
