"""Money received and not yet allocated holds back the lines that it pays."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.dunning.ledgers import TODAY, ago, book, fates

from encours.dunning.rules.reasons import french_cents
from encours.kernel.money import french_text


@pytest.mark.parametrize(
    ("received", "coming", "expected"),
    [
        pytest.param(0, 0, ["relance_1", "relance_1", "waiting"], id="nothing received"),
        pytest.param(99_99, 0, ["relance_1", "relance_1", "waiting"], id="a cent is missing"),
        pytest.param(100_00, 0, ["covered", "relance_1", "waiting"], id="the oldest is paid"),
        pytest.param(200_00, 0, ["covered", "covered", "waiting"], id="all that is due is paid"),
        pytest.param(0, 100_00, ["in_flight", "relance_1", "waiting"], id="a debit on its way"),
        pytest.param(100_00, 100_00, ["covered", "in_flight", "waiting"], id="one of each"),
        pytest.param(50_00, 50_00, ["in_flight", "relance_1", "waiting"], id="half of each"),
        pytest.param(-100_00, 100_00, ["in_flight", "relance_1", "waiting"], id="never negative"),
        pytest.param(100_00, -100_00, ["covered", "relance_1", "waiting"], id="in either column"),
    ],
)
def test_cover(received: int, coming: int, expected: list[str]) -> None:
    told = book().line(2, 12).line(1, 13).line(3, -40).money(received, in_flight_cents=coming)

    fate = fates(told.plan())
    assert [fate[number] for number in (1, 2, 3)] == expected


def test_a_line_paid_in_part_is_claimed_with_what_was_received() -> None:
    plan = book().line(1, 12).line(2, 20).money(150_00).plan()

    assert fates(plan) == {1: "relance_1", 2: "covered"}
    assert plan.planned["covered_cents"].to_list() == [50_00]
    assert plan.messages.select("amount_cents", "covered_cents").row(0) == (100_00, 50_00)
    assert plan.held["sentence"].item() == (
        "Déjà couvert par 150,00\u00a0€ reçus et non lettrés, imputés à la plus ancienne échéance"
        " (C. civ. 1342-10)."
    )


def test_cents_of_the_money_received_keep_their_zero() -> None:
    plan = book().line(1, open_cents=12_05).money(1234_05).plan()

    assert "1\u202f234,05\u00a0€" in plan.held["sentence"].item()


def test_what_is_left_to_claim_counts_for_the_minimum() -> None:
    told = book().line(1, open_cents=100_00).money(90_01)

    assert fates(told.plan()) == {1: "below_minimum"}
    assert fates(book().line(1).money(90_00).plan()) == {1: "relance_1"}


def test_money_of_one_currency_covers_no_other() -> None:
    told = book().line(1, currency="USD").line(2).money(500_00)

    assert fates(told.plan()) == {1: "relance_1", 2: "covered"}


def test_a_cent_is_money() -> None:
    told = book().line(1, currency="USD", open_cents=1).money(1, currency="USD")

    assert fates(told.plan()) == {1: "covered"}


def test_money_is_not_spent_on_lines_that_are_held() -> None:
    told = book().line(1, 40).line(2, 12).money(100_00).fact("dispute", instalment_id=1)

    assert fates(told.plan()) == {1: "disputed", 2: "covered"}


def test_money_is_spent_on_old_lines_awaiting_triage() -> None:
    told = book().line(1, 40).line(2, 12).money(100_00)

    assert fates(told.plan(live_on=ago(20))) == {1: "covered", 2: "relance_1"}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param({"issued_on": ago(90)}, {"issued_on": ago(80)}, id="then the older invoice"),
        pytest.param({"document": "A"}, {"document": "B"}, id="then the smaller number"),
        pytest.param({"document": "A"}, {"document": "A"}, id="then the smaller id"),
    ],
)
def test_lines_due_the_same_day(first: dict[str, Any], second: dict[str, Any]) -> None:
    same: dict[str, Any] = {"document": "Z", "issued_on": TODAY}
    told = book().line(2, **{**same, **second}).line(1, **{**same, **first}).money(100_00)

    assert fates(told.plan()) == {1: "covered", 2: "relance_1"}


def test_the_older_number_alone_is_not_the_older_debt() -> None:
    told = book().line(1, 12).line(2, 13).money(100_00)

    assert fates(told.plan()) == {1: "relance_1", 2: "covered"}


def test_a_covered_line_keeps_no_cycle_open() -> None:
    told = book().line(1, 40).line(2, -10).money(100_00).said("relance_3", 10, 1)
    plan = told.said("prevenance", 20, 3).plan()

    assert fates(plan) == {1: "covered", 2: "prevenance"}


def test_a_pre_due_notice_is_not_sent_for_what_is_paid() -> None:
    assert fates(book().line(1, -10).money(100_00).plan()) == {1: "covered"}


@given(st.integers(0, 10**12), st.sampled_from(["EUR", "USD"]))
def test_amounts_read_as_they_do_everywhere_else(cents: int, currency: str) -> None:
    shown = pl.DataFrame({"cents": [cents], "currency": [currency]}).select(
        french_cents(pl.col("cents"))
    )

    assert shown.item() == french_text(cents, currency)
