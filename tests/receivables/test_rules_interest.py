"""Late-payment interest: hand-computed vectors, regimes, warnings, properties (law-fr part 1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.kernel.dates import Semester
from encours.kernel.money import half_up
from encours.receivables.rules.classes import DebtorClass
from encours.receivables.rules.interest import (
    SOURCES,
    Claim,
    ContractRate,
    ContractRateKind,
    DayCount,
    Reduction,
    Regime,
    floor_points,
    late_interest,
    points_text,
    regime_of,
)
from encours.receivables.rules.rates import MissingRate, Rates, SemesterRate, shipped_rates
from encours.receivables.rules.values import shipped_law_values

LAW, RATES = shipped_law_values(), shipped_rates()
FIXED, ECB_PLUS, LEGAL_TIMES = ContractRateKind
DUE = date(2026, 4, 30)
BASE = Claim(1_000_000, DUE, DebtorClass.BUSINESS)
PUBLIC = replace(BASE, debtor_class=DebtorClass.PUBLIC)
CONSUMER = Claim(
    80_000, date(2026, 1, 31), DebtorClass.CONSUMER, mise_en_demeure_on=date(2026, 3, 15)
)
ACT_ACT = DayCount.ACT_ACT


def fixed(points: str) -> ContractRate:
    return ContractRate(FIXED, Fraction(points))


def owed(claim: Claim, until: date | str, since: date | None = None) -> int:
    day = until if isinstance(until, date) else date.fromisoformat(until)
    return late_interest(claim, day, RATES, LAW, since=since).cents


LONG = Claim(500_000, date(2024, 5, 31), DebtorClass.BUSINESS)
NINE = Claim(250_000, date(2024, 2, 10), DebtorClass.BUSINESS, contract_rate=fixed("9"))


@pytest.mark.parametrize(
    ("claim", "until", "cents"),
    [
        # 10 000 × 12,15 % × 61/365 = 203,0548 ; × 12,40 % × 63/365 = 214,0274 ; sum 417,0822
        pytest.param(BASE, "2026-09-01", 41708, id="law-fr 1.23: two semesters"),
        # 1 000 × 12,15 % × 31/365 = 10,3192
        pytest.param(Claim(100_000, date(2025, 12, 31), DebtorClass.BUSINESS), "2026-01-31", 1032,
                     id="due on the last day of a semester: the next one's rate only"),
        # 5 000 × (14,50 % × 30 + 14,25 % × 184 + 13,15 % × 31)/365 = 59,5890 + 359,1781 + 55,8425
        pytest.param(LONG, "2025-01-31", 47461, id="three semesters at three rates: 474,6096"),
        # 5 000 × (14,50 % × 30 + 14,25 % × 184)/366 + 55,8425 = 59,4262 + 358,1967 + 55,8425
        pytest.param(replace(LONG, day_count=ACT_ACT), "2025-01-31", 47347, id="ACT/ACT, leap year: 473,4654"),
        # 10 000 × 12,15 % × 30/365 = 99,8630 ; 6 000 × 12,15 % × 31/365 = 61,9151
        pytest.param(replace(BASE, reductions=(Reduction(date(2026, 5, 30), 400_000),)), "2026-06-30", 16178,
                     id="part payment after 30 days: 161,7781"),
        # 5 000 × 12,15 % × 61/365 = 101,5274
        pytest.param(replace(BASE, reductions=(Reduction(DUE, 500_000),)), "2026-06-30", 10153,
                     id="half paid on the due date: 101,5274"),
        # 10 000 × 12,15 % × 10/365 = 33,2877, nothing after the line is settled
        pytest.param(replace(BASE, reductions=(Reduction(date(2026, 5, 10), 1_000_000),)), "2026-09-01", 3329,
                     id="settled after 10 days"),
        # 10 000 × 10,15 % × 124/365 = 344,8219
        pytest.param(PUBLIC, "2026-09-01", 34482, id="public: the rate of the start, never sliced"),
        # 10 000 × 10,40 % × 63/365 = 179,5068
        pytest.param(replace(PUBLIC, due_on=date(2026, 6, 30)), "2026-09-01", 17951,
                     id="public: interest starts on 1 July, with that semester's rate"),
        # 800 × (2,62 % × 107 + 2,75 % × 46)/365 = 6,1445 + 2,7726
        pytest.param(CONSUMER, "2026-08-15", 892, id="consumer: legal rate from the formal notice: 8,9171"),
        # 800 × (2,62 % × 150 + 2,75 % × 46)/365 = 8,6137 + 2,7726
        pytest.param(replace(CONSUMER, mise_en_demeure_on=date(2026, 1, 10)), "2026-08-15", 1139,
                     id="consumer: a notice before the due date counts from the due date: 11,3863"),
        pytest.param(replace(CONSUMER, mise_en_demeure_on=None), "2026-08-15", 0, id="consumer: no notice, no interest"),
        # 2 500 × 9 % × 325/365 = 200,3425
        pytest.param(NINE, "2024-12-31", 20034, id="contractual 9 %: 200,3425"),
        # 2 500 × 9 % × 325/366 = 199,7951
        pytest.param(replace(NINE, day_count=ACT_ACT), "2024-12-31", 19980, id="contractual 9 %, ACT/ACT: 199,7951"),
        # 199,7951 + 2 500 × 9 % × 31/365 = 19,1096 → 218,9047
        pytest.param(replace(NINE, day_count=ACT_ACT), "2025-01-31", 21890, id="ACT/ACT over the new year: 218,9047"),
        # 10 000 × (7,86 % × 61 + 8,25 % × 63)/365 = 131,3589 + 142,3973
        pytest.param(replace(BASE, contract_rate=ContractRate(LEGAL_TIMES, Fraction(3))), "2026-09-01", 27376,
                     id="contract: three times the legal rate: 273,7562"),
        # 10 000 × (14,15 % × 61 + 14,40 % × 63)/365 = 236,4795 + 248,5479
        pytest.param(replace(BASE, contract_rate=ContractRate(ECB_PLUS, Fraction(12))), "2026-09-01", 48503,
                     id="contract: ECB + 12 points: 485,0274"),
        # 10 000 × 12,15 % × 31/365 = 103,1918
        pytest.param(replace(BASE, insolvency_on=date(2026, 5, 31)), "2026-09-01", 10319,
                     id="insolvency stops interest at the judgment"),
        pytest.param(replace(BASE, insolvency_on=date(2026, 4, 1)), "2026-09-01", 0, id="insolvent before the due date"),
        # 14,60 × 12,50 % × 1/365 = 0,0050, just half a cent
        pytest.param(Claim(1460, date(2023, 3, 1), DebtorClass.BUSINESS), "2023-03-02", 1, id="half a cent is one cent"),
        # 14,59 × 12,50 % × 1/365 = 0,00499…
        pytest.param(Claim(1459, date(2023, 3, 1), DebtorClass.BUSINESS), "2023-03-02", 0, id="less is nothing"),
        pytest.param(BASE, "2026-04-30", 0, id="nothing on the due date"),
        # 10 000 × 12,15 % × 1/365 = 3,3288
        pytest.param(BASE, "2026-05-01", 333, id="one day after"),
        pytest.param(replace(BASE, debtor_class=DebtorClass.UNKNOWN), "2026-09-01", 0, id="unknown class: nothing"),
        pytest.param(replace(BASE, debtor_class=DebtorClass.FOREIGN), "2026-09-01", 41708, id="foreign: as a business"),
        pytest.param(replace(BASE, debtor_class=DebtorClass.FOREIGN, french_law=False), "2026-09-01", 0,
                     id="foreign, under another law: nothing"),
        # 10 000 × 8 % × 124/365 = 271,7808
        pytest.param(replace(BASE, debtor_class=DebtorClass.FOREIGN, french_law=False, contract_rate=fixed("8")),
                     "2026-09-01", 27178, id="foreign, under another law: the contract"),
    ],
)  # fmt: skip
def test_hand_computed(claim: Claim, until: str, cents: int) -> None:
    assert owed(claim, until) == cents


def test_the_statement_of_vector_1_23() -> None:
    statement = late_interest(BASE, date(2026, 9, 1), RATES, LAW)
    first, second = statement.segments

    assert (first.from_on, first.to_on, first.days) == (date(2026, 5, 1), date(2026, 6, 30), 61)
    assert (first.base_cents, first.points, first.cents) == (1_000_000, Fraction("12.15"), 20305)
    assert first.exact == Fraction(1_000_000 * 1215 * 61, 10_000 * 365)
    assert (second.from_on, second.to_on, second.days) == (date(2026, 7, 1), date(2026, 9, 1), 63)
    assert (second.points, second.cents) == (Fraction("12.40"), 21403)
    assert statement.exact == first.exact + second.exact
    assert (statement.days, statement.cents) == (124, 41708)
    assert statement.regime is Regime.BUSINESS
    assert statement.source == SOURCES[Regime.BUSINESS] == "C. com. art. L441-10 II"
    assert statement.day_count is DayCount.ACT_365


def test_interest_already_billed_is_left_out() -> None:
    billed = date(2026, 6, 30)
    rest = late_interest(BASE, date(2026, 9, 1), RATES, LAW, since=billed)

    assert [(part.from_on, part.days, part.cents) for part in rest.segments] == [
        (date(2026, 7, 1), 63, 21403)
    ]
    assert owed(BASE, "2026-09-01", since=date(2026, 4, 1)) == 41708


def test_public_interest_billed_in_two_keeps_its_first_rate() -> None:
    rest = late_interest(PUBLIC, date(2026, 9, 1), RATES, LAW, since=date(2026, 7, 31))

    assert [(part.days, part.points) for part in rest.segments] == [(32, Fraction("10.15"))]


def test_equal_rates_of_two_semesters_are_still_shown_apart() -> None:
    claim = replace(BASE, due_on=date(2025, 12, 1))
    parts = late_interest(claim, date(2026, 1, 31), RATES, LAW).segments

    assert [(part.days, part.points) for part in parts] == [
        (30, Fraction("12.15")),
        (31, Fraction("12.15")),
    ]


def test_a_fixed_rate_is_not_cut_but_at_new_year_under_act_act() -> None:
    claim = replace(NINE, contract_rate=fixed("20"))
    whole = late_interest(claim, date(2025, 12, 31), RATES, LAW).segments
    cut = late_interest(replace(claim, day_count=ACT_ACT), date(2025, 12, 31), RATES, LAW).segments

    assert [part.days for part in whole] == [325 + 365]
    assert [part.days for part in cut] == [325, 365]


@pytest.mark.parametrize(
    ("day_count", "year", "days"),
    [(ACT_ACT, 2024, 366), (ACT_ACT, 2025, 365), (DayCount.ACT_365, 2024, 365)],
)
def test_days_in_year(day_count: DayCount, year: int, days: int) -> None:
    assert day_count.days_in_year(year) == days


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        pytest.param(BASE, {"rate_to_confirm"}, id="2026 rates are seen in public code only"),
        pytest.param(LONG, {"rate_to_confirm"}, id="default rate under the floor: no floor warning (1.4)"),
        pytest.param(replace(LONG, contract_rate=fixed("15.20")),
                     {"rate_under_floor", "rate_to_confirm"}, id="contract under 15.21 of 2024-S1"),
        pytest.param(replace(LONG, contract_rate=fixed("15.21")), {"rate_to_confirm"}, id="contract at the floor"),
        pytest.param(replace(BASE, debtor_class=DebtorClass.UNKNOWN), {"class_unknown"}, id="unknown class"),
        pytest.param(replace(BASE, debtor_class=DebtorClass.FOREIGN), {"foreign_law", "rate_to_confirm"}, id="foreign, law unsure"),
        pytest.param(replace(BASE, debtor_class=DebtorClass.FOREIGN, french_law=True), {"rate_to_confirm"}, id="foreign, French law"),
        pytest.param(replace(BASE, debtor_class=DebtorClass.FOREIGN, french_law=False), set(), id="foreign, other law"),
        pytest.param(replace(CONSUMER, mise_en_demeure_on=None), {"no_notice"}, id="consumer without notice"),
        pytest.param(replace(CONSUMER, contract_rate=fixed("1")), {"contract_rate_ignored", "rate_to_confirm"}, id="consumer with a contract rate"),
        pytest.param(replace(PUBLIC, contract_rate=fixed("1")), {"contract_rate_ignored", "rate_to_confirm"}, id="public with a contract rate"),
    ],
)  # fmt: skip
def test_warnings(claim: Claim, expected: set[str]) -> None:
    statement = late_interest(claim, date(2026, 9, 1), RATES, LAW)

    assert {issue.code for issue in statement.issues} == expected
    severities = {issue.code: issue.severity for issue in statement.issues}
    assert all(
        severity
        == ("info" if code in {"class_unknown", "no_notice", "rate_to_confirm"} else "warning")
        for code, severity in severities.items()
    )


def test_a_contract_rate_under_the_floor_is_applied_as_written_and_warned() -> None:
    statement = late_interest(NINE, date(2024, 12, 31), RATES, LAW)
    (warning,) = (issue for issue in statement.issues if issue.code == "rate_under_floor")

    assert {segment.points for segment in statement.segments} == {Fraction(9)}
    assert warning.message == (
        "Taux du contrat inférieur à trois fois le taux légal (C. com. L441-10 II) ; "
        "plancher 2024-S1 : 15,21 %, 2024-S2 : 14,76 %."
    )


def test_the_rates_to_confirm_are_those_used() -> None:
    def named(claim: Claim, until: date) -> list[str]:
        issues = late_interest(claim, until, RATES, LAW).issues
        return [issue.message for issue in issues if issue.code == "rate_to_confirm"]

    text = "Taux à confirmer au texte officiel : "
    assert named(PUBLIC, date(2026, 9, 1)) == [text + "2026-S1"]
    assert named(BASE, date(2026, 7, 1)) == [text + "2026-S1, 2026-S2"]
    assert named(BASE, date(2026, 6, 30)) == [text + "2026-S1"]
    assert named(replace(BASE, due_on=date(2019, 7, 1)), date(2019, 8, 1)) == []
    assert named(PUBLIC, DUE) == []


def test_the_floor_is_three_times_the_legal_rate_of_companies() -> None:
    assert floor_points(RATES.of(Semester(2024, 2)), LAW) == Fraction("14.76")


@pytest.mark.parametrize(
    ("points", "text"),
    [
        ("12.15", "12,15 %"),
        ("9", "9,00 %"),
        ("8.2", "8,20 %"),
        ("7.125", "7,125 %"),
        ("0", "0,00 %"),
    ],
)
def test_rates_are_written_in_french(points: str, text: str) -> None:
    assert points_text(Fraction(points)) == text


def test_a_missing_semester_refuses_and_is_asked_for_only_when_needed() -> None:
    with pytest.raises(MissingRate, match="2027-S1"):
        owed(BASE, "2027-01-01")
    assert owed(BASE, "2026-12-31") == 82815
    assert owed(replace(BASE, reductions=(Reduction(DUE, 1_000_000),)), "2027-01-01") == 0
    # 10 000 × 20 % × 246/365 = 1 347,9452: a fixed rate needs no table
    assert owed(replace(BASE, contract_rate=fixed("20")), "2027-01-01") == 134795
    assert owed(PUBLIC, "2027-01-01") == 68408  # 10 000 × 10,15 % × 246/365 = 684,0822


def test_money_received_beyond_the_line_bears_nothing() -> None:
    claim = replace(BASE, reductions=(Reduction(DUE, 2_000_000),))

    assert claim.open_cents(DUE) == 0
    assert claim.open_cents(DUE - timedelta(days=1)) == 1_000_000


@pytest.mark.parametrize(
    ("debtor_class", "regime"),
    [
        (DebtorClass.BUSINESS, Regime.BUSINESS),
        (DebtorClass.PUBLIC, Regime.PUBLIC),
        (DebtorClass.CONSUMER, Regime.CONSUMER),
        (DebtorClass.UNKNOWN, Regime.NONE),
        (DebtorClass.FOREIGN, Regime.BUSINESS),
    ],
)
def test_regimes(debtor_class: DebtorClass, regime: Regime) -> None:
    assert regime_of(replace(BASE, debtor_class=debtor_class)) is regime


def test_a_rate_the_user_entered_needs_no_confirmation() -> None:
    rates = RATES.with_rows(
        SemesterRate(one.semester, one.ecb_refi, one.legal_private, one.legal_other)
        for one in RATES.rows
    )

    assert late_interest(BASE, date(2026, 9, 1), rates, LAW).issues == ()
    assert isinstance(rates, Rates)


days = st.dates(date(2015, 1, 2), date(2026, 12, 31))
contracts = st.none() | st.builds(
    ContractRate, st.sampled_from(ContractRateKind), st.fractions(0, 20, max_denominator=100)
)


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    amount, due_on = draw(st.integers(1, 10**9)), draw(days)
    cut = st.builds(Reduction, on=days, cents=st.integers(1, amount))
    return Claim(
        amount, due_on, draw(st.sampled_from(DebtorClass)),
        reductions=tuple(draw(st.lists(cut, max_size=4))),
        contract_rate=draw(contracts),
        mise_en_demeure_on=draw(st.none() | days),
        insolvency_on=draw(st.none() | days),
        day_count=draw(st.sampled_from(DayCount)),
        french_law=draw(st.none() | st.booleans()),
    )  # fmt: skip


@given(claim=claims(), until=days)
def test_shown_cents_add_up_to_one_half_up_rounding(claim: Claim, until: date) -> None:
    statement = late_interest(claim, until, RATES, LAW)

    assert statement.cents == half_up(statement.exact)
    assert sum(part.cents for part in statement.segments) == statement.cents
    assert all(abs(part.cents - part.exact) <= 1 and part.cents >= 0 for part in statement.segments)
    assert statement.days == sum(
        (part.to_on - part.from_on).days + 1 for part in statement.segments
    )


@given(claim=claims(), middle=days, until=days)
def test_interest_is_additive_over_periods(claim: Claim, middle: date, until: date) -> None:
    middle, until = sorted((middle, until))
    whole = late_interest(claim, until, RATES, LAW).exact
    before = late_interest(claim, middle, RATES, LAW).exact
    after = late_interest(claim, until, RATES, LAW, since=middle).exact

    assert whole == before + after


@given(claim=claims(), until=days, more=st.integers(0, 10**8), later=st.integers(0, 400))
def test_interest_is_monotone_in_amount_and_days(
    claim: Claim, until: date, more: int, later: int
) -> None:
    exact = late_interest(claim, until, RATES, LAW).exact
    longer = min(until + timedelta(days=later), date(2026, 12, 31))

    assert late_interest(claim, longer, RATES, LAW).exact >= exact
    larger = replace(claim, amount_cents=claim.amount_cents + more)
    assert late_interest(larger, until, RATES, LAW).exact >= exact


@given(claim=claims(), days_before=st.integers(0, 400))
def test_nothing_is_owed_up_to_the_due_date(claim: Claim, days_before: int) -> None:
    assert owed(claim, claim.due_on - timedelta(days=days_before)) == 0


@given(claim=claims(), until=days)
def test_the_order_of_payments_in_the_list_does_not_matter(claim: Claim, until: date) -> None:
    turned = replace(claim, reductions=claim.reductions[::-1])

    assert late_interest(turned, until, RATES, LAW) == late_interest(claim, until, RATES, LAW)
