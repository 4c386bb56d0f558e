"""DSO and its kin, with every vector of science.md part 5 (amounts in whole units, then in cents)."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.receivables.rules.indicators import (
    CountBack,
    Lateness,
    Month,
    PaidLine,
    average_days_delinquent,
    average_days_late,
    best_possible_dso,
    collection_effectiveness,
    concentration,
    count_back,
    customer_payment_days,
    days_beyond_terms,
    days_sales_outstanding,
    overdue_share,
    ratio,
    sales_weighted_dso,
    working_capital_need,
)

# The creditguru aged balance: sales Jan/Feb/Mar, opening and closing receivables, buckets.
SALES = (3890_00, 3610_00, 3390_00)
PERIOD, OPENING, CLOSING, CURRENT = 10_890_00, 6_200_00, 6_340_00, 3_590_00
OVERDUE = (1_800_00, 900_00, 50_00, 0)
DECEMBER = 3_390_00


def shown(value: Fraction | None, digits: int = 2) -> str | None:
    return None if value is None else f"{float(value):.{digits}f}"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(days_sales_outstanding(10_869, 5_538 + 4_566 + 7_570, 90), "55.35", id="DSO: JD Edwards"),
        pytest.param(days_sales_outstanding(5_700, 7_600, 91), "68.25", id="DSO: French guide"),
        pytest.param(days_sales_outstanding(CLOSING, PERIOD, 90), "52.40", id="DSO: creditguru"),
        pytest.param(best_possible_dso(CURRENT, PERIOD, 90), "29.67", id="best-possible DSO: creditguru"),
        pytest.param(average_days_delinquent(CLOSING, CURRENT, PERIOD, 90), "22.73", id="ADD: creditguru"),
        pytest.param(
            sales_weighted_dso([(CURRENT, SALES[0]), (OVERDUE[0], SALES[1]), (OVERDUE[1], SALES[2]), (OVERDUE[2], DECEMBER)]),
            "51.05", id="sales-weighted DSO: creditguru",
        ),
        pytest.param(days_beyond_terms(OVERDUE, CLOSING), "11.24", id="DBT: CreditorWatch"),
        pytest.param(overdue_share(CLOSING, CURRENT), "0.43", id="overdue share"),
        pytest.param(customer_payment_days(300, 1_800), "60.00", id="DMP over 360 days"),
        pytest.param(customer_payment_days(300, 1_800, year_days=365), "60.83", id="DMP over 365 days"),
        pytest.param(customer_payment_days(240, 1_800), "48.00", id="BFR in days"),
        # An AR with VAT over sales without it inflates the DSO: 52 d as printed, 65 d over the true base
        pytest.param(days_sales_outstanding(100_000, 175_000, 91), "52.00", id="Edebex as printed, VAT in both"),
        pytest.param(days_sales_outstanding(100_000, 140_000, 91), "65.00", id="Edebex with VAT in the balance only: wrong"),
    ],
)  # fmt: skip
def test_days(value: Fraction | None, expected: str) -> None:
    assert shown(value) == expected


def test_best_possible_dso_over_a_year_uses_365_days_not_the_356_printed_by_vcalc() -> None:
    assert best_possible_dso(365, 1_000, 365) == Fraction(365 * 365, 1_000)


@pytest.mark.parametrize(
    ("value", "percent"),
    [
        pytest.param(collection_effectiveness(100_000, 1_000_000, 120_000, 100_000), "98.00", id="CEI: Gaviti"),
        pytest.param(collection_effectiveness(OPENING, PERIOD, CLOSING, CURRENT), "79.63", id="CEI: creditguru, sales of the period"),
        pytest.param(
            collection_effectiveness(OPENING, PERIOD // 3, CLOSING, CURRENT), "55.93",
            id="CEI: creditguru as printed, a month's mean sales: not what we show",
        ),
        pytest.param(overdue_share(CLOSING, CURRENT), "43.38", id="overdue share"),
        pytest.param(ratio(120, 400), "30.00", id="right-party contacts in attempts"),
        pytest.param(ratio(48, 120), "40.00", id="promises in contacts"),
        pytest.param(ratio(36, 48), "75.00", id="promises kept, in number"),
        pytest.param(ratio(27_000, 40_000), "67.50", id="promises kept, in amount"),
        pytest.param(ratio(15_000, 2_000_000), "0.75", id="bad debt"),
    ],
)  # fmt: skip
def test_shares(value: Fraction | None, percent: str) -> None:
    assert value is not None
    assert shown(value * 100) == percent


@pytest.mark.parametrize(
    ("open_cents", "months", "days"),
    [
        pytest.param(212_000, [(100_000, 30), (80_000, 30), (70_000, 30)], "73.71", id="60 + 32/70 of 30 days"),
        pytest.param(2_100_000, [(900_000, 31), (800_000, 28), (700_000, 31)], "76.71", id="59 + 4/7 of 31 days"),
        pytest.param(6_340, [(3_890, 31), (3_610, 28), (3_390, 31)], "50.00", id="creditguru: 31 + 2450/3610 of 28"),
        pytest.param(
            12_000, [(2_500, 30), (1_750, 31), (2_250, 31), (2_500, 30), (2_000, 31), (2_250, 30)], "166.33",
            id="Oracle HFM prints 179.7: five months use 11,000, so 153 + 1,000/2,250 of 30",
        ),
        pytest.param(100, [(100, 30), (50, 31)], "30.00", id="just one month"),
        pytest.param(0, [(100, 30)], "0.00", id="nothing open"),
        pytest.param(-5, [(100, 30)], "0.00", id="customers are in credit"),
        pytest.param(150, [(100, 30), (0, 31), (100, 30)], "76.00", id="a month without sales: its days count"),
        pytest.param(150, [(100, 30), (-40, 31), (100, 30)], "76.00", id="a month of credit notes: skipped, its days count"),
    ],
)  # fmt: skip
def test_count_back(open_cents: int, months: list[tuple[int, int]], days: str) -> None:
    found = count_back(open_cents, [Month(*month) for month in months])

    assert shown(found.days) == days
    assert found.beyond_cents == 0


def test_count_back_says_what_the_months_cannot_explain() -> None:
    assert count_back(300, [Month(100, 30), Month(100, 31)]) == CountBack(Fraction(61), 100)
    assert count_back(300, []) == CountBack(Fraction(), 300)


PAID = [PaidLine(1_000, 10), PaidLine(3_000, -2), PaidLine(6_000, 20)]


@pytest.mark.parametrize(
    ("lateness", "expected"),
    [
        (Lateness.SIGNED, Fraction("12.4")),
        (Lateness.CLIPPED, Fraction(13)),
        (Lateness.UNWEIGHTED, Fraction(28, 3)),
    ],
)
def test_average_days_late(lateness: Lateness, expected: Fraction) -> None:
    assert average_days_late(PAID, lateness) == expected
    assert average_days_late([], lateness) is None


def test_signed_is_the_default() -> None:
    assert average_days_late(PAID) == Fraction("12.4")


def test_other_amounts() -> None:
    assert working_capital_need(120, 300, 180) == 240
    assert concentration([50, 30, 10, 5, 5]) == 3_550
    assert concentration([7]) == 10_000
    assert concentration([]) is None


def test_days_beyond_terms_takes_other_buckets() -> None:
    assert days_beyond_terms([100, 300], 1_000, middles=[10, 20]) == 7
    with pytest.raises(ValueError, match="argument 2"):
        days_beyond_terms([100], 1_000)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(days_sales_outstanding(100, 0, 90), id="no sales"),
        pytest.param(days_sales_outstanding(100, -5, 90), id="credit notes beyond sales"),
        pytest.param(best_possible_dso(100, 0, 90), id="best-possible, no sales"),
        pytest.param(average_days_delinquent(100, 50, 0, 90), id="ADD, no sales"),
        pytest.param(sales_weighted_dso([(100, 50), (10, 0)]), id="a month without sales"),
        pytest.param(days_beyond_terms(OVERDUE, 0), id="nothing open"),
        pytest.param(overdue_share(0, 0), id="no overdue share of nothing"),
        pytest.param(collection_effectiveness(0, 100, 100, 100), id="nothing could be collected"),
        pytest.param(customer_payment_days(100, 0), id="DMP, no sales"),
        pytest.param(ratio(1, 0), id="a share of nothing"),
    ],
)
def test_what_has_no_meaning_is_none(value: Fraction | None) -> None:
    assert value is None


def test_one_cent_of_sales_is_sales() -> None:
    assert days_sales_outstanding(1, 1, 90) == 90
    assert sales_weighted_dso([(1, 1)]) == 30
    assert sales_weighted_dso([(1, 1)], days=31) == 31
    assert sales_weighted_dso([]) == 0


months = st.lists(
    st.builds(Month, sales_cents=st.integers(-(10**6), 10**9), days=st.integers(28, 31)),
    max_size=12,
)


@given(open_cents=st.integers(0, 10**10), months=months, more=st.integers(0, 10**8))
def test_count_back_grows_with_what_is_open(
    open_cents: int, months: list[Month], more: int
) -> None:
    found, larger = count_back(open_cents, months), count_back(open_cents + more, months)

    assert larger.days >= found.days
    assert 0 <= found.days <= sum(month.days for month in months)
    sold = sum(max(month.sales_cents, 0) for month in months)
    assert found.beyond_cents == max(open_cents - sold, 0)


@given(open_cents=st.integers(0, 10**10), share=st.fractions(0, 1), sales=st.integers(1, 10**10))
def test_delinquent_days_are_the_dso_less_the_best_one(
    open_cents: int, share: Fraction, sales: int
) -> None:
    not_due = int(open_cents * share)
    best, dso = best_possible_dso(not_due, sales, 90), days_sales_outstanding(open_cents, sales, 90)

    assert best is not None
    assert dso is not None
    assert average_days_delinquent(open_cents, not_due, sales, 90) == dso - best >= 0
