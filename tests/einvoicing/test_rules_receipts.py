"""A receipt by VAT rate: to the cent, never negative, complete at the last one."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.einvoicing.rules.receipts import (
    Part,
    RateTotal,
    parts_of,
    reversed_parts,
    spread,
    totals_of,
)

TWENTY, FIVE = Decimal(20), Decimal("5.5")
INVOICE = (RateTotal(TWENTY, 120_00), RateTotal(FIVE, 21_10))


@pytest.mark.parametrize(
    ("cents", "before", "expected"),
    [
        pytest.param(141_10, (), [(TWENTY, 120_00), (FIVE, 21_10)], id="all at once"),
        pytest.param(1, (), [(TWENTY, 1)], id="one cent goes to the largest part"),
        pytest.param(70_55, (), [(TWENTY, 60_00), (FIVE, 10_55)], id="a half"),
        pytest.param(
            70_55,
            ([Part(TWENTY, 60_00), Part(FIVE, 10_55)],),
            [(TWENTY, 60_00), (FIVE, 10_55)],
            id="the other half leaves nothing",
        ),
        pytest.param(
            141_10,
            (
                [Part(TWENTY, 120_00), Part(FIVE, 21_10)],
                [Part(TWENTY, -120_00), Part(FIVE, -21_10)],
            ),
            [(TWENTY, 120_00), (FIVE, 21_10)],
            id="after a reversal all is to collect again",
        ),
        pytest.param(
            2, ([Part(TWENTY, 120_00), Part(FIVE, 21_10)],), [(TWENTY, 2)], id="past the totals"
        ),
    ],
)
def test_parts_of_a_receipt(
    cents: int, before: tuple[list[Part], ...], expected: list[tuple[Decimal, int]]
) -> None:
    parts = parts_of(cents, INVOICE, before)

    assert [(one.rate, one.cents) for one in parts] == expected


def test_a_part_of_the_invoice_is_claimed() -> None:
    """What was paid before it came in leaves less at each rate."""
    totals = totals_of(100_00, INVOICE)

    assert [one.cents for one in totals] == [85_05, 14_95]
    assert totals_of(500_00, INVOICE) == INVOICE


remaining = st.lists(st.integers(0, 10**9), min_size=1, max_size=5)


@given(remaining=remaining, share=st.fractions(0, 1))
def test_no_cent_is_lost_and_no_part_goes_past_what_remains(
    remaining: list[int], share: object
) -> None:
    cents = int(sum(remaining) * share)  # type: ignore[operator]
    parts = spread(cents, remaining)

    assert sum(parts) == cents
    assert all(0 <= part <= most for part, most in zip(parts, remaining, strict=True))


@given(
    totals=st.lists(st.integers(1, 10**7), min_size=1, max_size=4),
    cuts=st.lists(st.integers(1, 10**6), max_size=8),
)
def test_receipts_in_any_pieces_come_to_the_invoice(totals: list[int], cuts: list[int]) -> None:
    invoice = [RateTotal(Decimal(rate), cents) for rate, cents in enumerate(totals)]
    left, before = sum(totals), list[tuple[Part, ...]]()
    for cut in cuts:
        if cut < left:
            before.append(parts_of(cut, invoice, before))
            left -= cut
    before.append(parts_of(left, invoice, before))

    for one in invoice:
        got = [part.cents for parts in before for part in parts if part.rate == one.rate]
        assert sum(got) == one.cents
        assert all(cents > 0 for cents in got)


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=5))
def test_a_reversal_takes_back_what_was_told(cents: list[int]) -> None:
    parts = [Part(Decimal(rate), one) for rate, one in enumerate(cents)]

    back = reversed_parts(parts)
    assert [one.cents for one in back] == [-one for one in cents]
    assert reversed_parts(back) == tuple(parts)
