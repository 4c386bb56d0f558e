"""The interest of a whole ledger agrees, line by line, with the exact rule."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.kernel.dates import Semester
from encours.receivables.rules.classes import DebtorClass
from encours.receivables.rules.interest import (
    Claim,
    ContractRate,
    ContractRateKind,
    DayCount,
    Reduction,
    late_interest,
)
from encours.receivables.rules.interest_frame import interest_cents
from encours.receivables.rules.rates import MissingRate, Rates, shipped_rates
from encours.receivables.rules.values import shipped_law_values

LAW, RATES = shipped_law_values(), shipped_rates()
days = st.dates(date(2018, 1, 1), date(2026, 12, 31))


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    amount = draw(st.integers(1, 10**12))
    due_on = draw(days)
    left, cuts = amount, []
    for _ in range(draw(st.integers(0, 3))):
        cents = draw(st.integers(0, left) | st.just(left))
        left -= cents
        if cents:
            cuts.append(Reduction(due_on + timedelta(draw(st.integers(-40, 900))), cents))
    points = draw(st.none() | st.integers(0, 300_000))
    return Claim(
        amount_cents=amount,
        due_on=due_on,
        debtor_class=draw(st.sampled_from(DebtorClass)),
        reductions=tuple(cuts),
        contract_rate=None
        if points is None
        else ContractRate(ContractRateKind.FIXED, Fraction(points, 10_000)),
        mise_en_demeure_on=draw(st.none() | days),
        insolvency_on=draw(st.none() | days),
        french_law=draw(st.none() | st.booleans()),
    )


def frames(ledger: list[Claim]) -> tuple[pl.DataFrame, pl.DataFrame]:
    lines = pl.DataFrame(
        [
            {
                "line_id": number,
                "amount_cents": claim.amount_cents,
                "due_on": claim.due_on,
                "debtor_class": claim.debtor_class.value,
                "mise_en_demeure_on": claim.mise_en_demeure_on,
                "insolvency_on": claim.insolvency_on,
                "contract_points": claim.contract_rate and int(claim.contract_rate.value * 10_000),
                "french_law": claim.french_law,
            }
            for number, claim in enumerate(ledger)
        ],
        schema={
            "line_id": pl.Int32(),
            "amount_cents": pl.Int64(),
            "due_on": pl.Date(),
            "debtor_class": pl.String(),
            "mise_en_demeure_on": pl.Date(),
            "insolvency_on": pl.Date(),
            "contract_points": pl.Int64(),
            "french_law": pl.Boolean(),
        },
    )
    cuts = pl.DataFrame(
        [
            {"line_id": number, "on": cut.on, "cents": cut.cents}
            for number, claim in enumerate(ledger)
            for cut in claim.reductions
        ],
        schema={"line_id": pl.Int64(), "on": pl.Date(), "cents": pl.Int64()},
    )
    return lines, cuts


def exact_or_none(claim: Claim, until: date, rates: Rates) -> int | None:
    try:
        return late_interest(claim, until, rates, LAW).cents
    except MissingRate:
        return None


@given(
    ledger=st.lists(claims(), max_size=8),
    until=days,
    day_count=st.sampled_from(DayCount),
    missing=st.sets(st.sampled_from([rate.semester for rate in RATES.rows]), max_size=2),
)
def test_the_frame_agrees_with_the_exact_rule(
    ledger: list[Claim], until: date, day_count: DayCount, missing: set[Semester]
) -> None:
    rates = Rates(tuple(rate for rate in RATES.rows if rate.semester not in missing))
    lines, cuts = frames(ledger)
    found = interest_cents(lines, until, rates, LAW, reductions=cuts, day_count=day_count)
    exact = [exact_or_none(_counting(claim, day_count), until, rates) for claim in ledger]

    assert found.rows() == list(enumerate(exact))
    assert found.schema == {"line_id": pl.Int32(), "interest_cents": pl.Int64()}


def _counting(claim: Claim, day_count: DayCount) -> Claim:
    return Claim(
        claim.amount_cents, claim.due_on, claim.debtor_class, claim.reductions, claim.contract_rate,
        claim.mise_en_demeure_on, claim.insolvency_on, day_count, claim.french_law,
    )  # fmt: skip


BARE: dict[str, Any] = {
    "line_id": ["b", "a"],
    "amount_cents": [1_000_000, 500],
    "due_on": [date(2026, 4, 30), date(2026, 9, 1)],
    "debtor_class": ["business", "business"],
}


def test_vector_1_23_with_the_least_columns_and_text_ids() -> None:
    found = interest_cents(pl.DataFrame(BARE), date(2026, 9, 1), RATES, LAW)

    assert found.rows() == [("b", 41708), ("a", 0)]


@pytest.mark.parametrize(
    ("debtor_class", "french_law", "points", "cents"),
    [
        pytest.param("foreign", None, None, 41708, id="foreign, law unsure: as a business"),
        pytest.param("foreign", True, None, 41708, id="foreign, French law"),
        pytest.param("foreign", False, None, 0, id="foreign, another law"),
        # 10 000 × 8 % × 124/365 = 271,7808
        pytest.param("foreign", False, 80_000, 27178, id="foreign, another law: the contract"),
        pytest.param("business", False, None, 41708, id="the law of a French business is known"),
        pytest.param("business", None, 80_000, 27178, id="business: the contract"),
        pytest.param("public", None, 80_000, 34482, id="public: never the contract"),
        pytest.param("unknown", None, 80_000, 0, id="unknown class: nothing"),
        pytest.param("consumer", None, 80_000, 0, id="consumer without notice: nothing"),
    ],
)
def test_regimes(
    debtor_class: str, french_law: bool | None, points: int | None, cents: int
) -> None:
    lines = (
        pl.DataFrame(BARE)
        .head(1)
        .with_columns(
            debtor_class=pl.lit(debtor_class),
            french_law=pl.lit(french_law, pl.Boolean()),
            contract_points=pl.lit(points, pl.Int64()),
        )
    )

    found = interest_cents(lines, date(2026, 9, 1), RATES, LAW)
    assert found["interest_cents"].to_list() == [cents]


def test_public_interest_takes_the_rate_of_the_day_after_the_due_date() -> None:
    # 10 000 × 10,15 % × 64/365 = 177,9726 ; 10 000 × 10,40 % × 63/365 = 179,5068
    lines = pl.DataFrame(
        {
            "line_id": [1, 2],
            "amount_cents": [1_000_000] * 2,
            "due_on": [date(2026, 6, 29), date(2026, 6, 30)],
            "debtor_class": ["public"] * 2,
        }
    )

    found = interest_cents(lines, date(2026, 9, 1), RATES, LAW)
    assert found["interest_cents"].to_list() == [17797, 17951]


def test_a_missing_semester_gives_null_and_not_zero() -> None:
    found = interest_cents(pl.DataFrame(BARE), date(2027, 1, 1), RATES, LAW)

    assert found["interest_cents"].to_list() == [None, None]


def test_the_last_day_of_the_last_semester_is_known() -> None:
    # 61 days at 12.15 (203.0548) + 184 days at 12.40 (625.0959) = 828.1507
    found = interest_cents(pl.DataFrame(BARE), date(2026, 12, 31), RATES, LAW)

    assert found["interest_cents"].to_list()[0] == 82815


def test_an_empty_ledger_bears_nothing() -> None:
    assert interest_cents(pl.DataFrame(BARE).clear(), date(2026, 9, 1), RATES, LAW).is_empty()


def test_a_rate_with_more_than_four_decimals_is_a_mistake() -> None:
    rate = RATES.rows[-1]
    odd = type(rate)(rate.semester, Fraction(1, 3), Fraction(1), Fraction(1))

    with pytest.raises(AssertionError, match="four decimals"):
        interest_cents(pl.DataFrame(BARE), date(2026, 9, 1), RATES.with_rows([odd]), LAW)
