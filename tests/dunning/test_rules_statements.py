"""Periodic statements of account: all that is open, each month or each so many days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.dunning.ledgers import FRENCH, Book, ago, book, fates, moment, steps
from tests.dunning.strategies import ledgers, moments

from encours.dunning.rules import planner
from encours.dunning.rules.frames import Ledger, Moment
from encours.dunning.rules.gallery import STATEMENT
from encours.dunning.rules.scenario import Scenario
from encours.dunning.rules.scenario_data import read_scenario
from encours.dunning.rules.simulation import after

ALONE = Scenario("releves", 1, "Relevés", (STATEMENT,))
BOTH = replace(FRENCH, steps=(*FRENCH.steps, STATEMENT))
WEEKLY = replace(ALONE, steps=(replace(STATEMENT, anchor="previous", offset_days=7),))
THIRD = date(2026, 12, 3)
often = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def stated(told: Book, scenario: Scenario, today: date) -> list[list[int]]:
    """Return the lines of the statements that leave that day."""
    plan = told.plan(scenario, today=today)
    return [sorted(lines) for _, _, step, lines in steps(plan) if step == "releve"]


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        pytest.param(date(2026, 12, 2), [], id="not yet"),
        pytest.param(THIRD, [[1, 2, 3]], id="three days after the end of the month"),
        pytest.param(date(2026, 12, 10), [[1, 2, 3]], id="the program was off for a week"),
        pytest.param(date(2026, 12, 14), [], id="too late, next month"),
    ],
)
def test_each_month_all_that_is_open(today: date, expected: list[list[int]]) -> None:
    told = book().line(1, 40).line(2, -30, open_cents=1_00).line(3, -200)

    assert stated(told, ALONE, today) == expected


def test_it_leaves_once_a_month_under_a_number_of_its_own() -> None:
    told = book().line(1, 40)
    day = moment(today=THIRD)
    decision = planner.decide(told.ledger(), ALONE, day)
    ledger = after(told.ledger(), decision, day)
    later = [date(2026, 12, 4), date(2026, 12, 11), date(2027, 1, 4)]
    left = [planner.plan(ledger, ALONE, moment(today=on)).messages.height for on in later]

    assert decision.messages["cycle"].to_list() == [-(THIRD - date(1970, 1, 1)).days]
    assert left == [0, 0, 1]


def test_or_each_so_many_days() -> None:
    told = book().line(1, 40).said("releve", 6, 1, cycle=-5)

    assert stated(told, WEEKLY, ago(0)) == []
    assert stated(told, WEEKLY, ago(-1)) == [[1]]


def test_it_is_no_reminder_and_spaces_nothing() -> None:
    told = book().line(1, 10).said("relance_1", 8, 1).said("releve", 1, 1, cycle=-20_000)

    assert [step for _, _, step, _ in steps(told.plan(BOTH))] == ["relance_2"]
    assert told.plan(BOTH).messages["cycle"].to_list() == [1]


def test_a_reminder_goes_first_and_the_statement_the_day_after() -> None:
    told = book().line(1, 4).line(2, -30)
    reminder = told.plan(BOTH, today=date(2026, 12, 3))
    assert [step for _, _, step, _ in steps(reminder)] == ["relance_1"]

    quiet = Book().customer().line(1, 4).line(2, -30).said("relance_1", -16, 1)
    assert stated(quiet, BOTH, date(2026, 12, 4)) == [[1, 2]]


def test_what_a_guard_holds_is_not_on_it() -> None:
    told = book().line(1, 40).line(2, 20).line(3, 5, due_source="terms_assumed")

    assert stated(told.fact("dispute", instalment_id=2), ALONE, THIRD) == [[1]]


def test_the_customer_has_no_address() -> None:
    told = Book().customer(has_email=False).line(1, 40)

    assert stated(told, ALONE, THIRD) == []


def test_its_reason_names_the_lines() -> None:
    plan = book().line(1, 40).line(2, 10).plan(ALONE, today=THIRD)

    assert plan.messages["reason"].item() == "relevé de compte : FA-1 (avec une autre échéance)"
    assert fates(plan) == {1: "releve", 2: "releve"}


def test_a_scenario_of_statements_only_is_one() -> None:
    assert read_scenario(ALONE.as_json()) == (ALONE, ())


@pytest.mark.parametrize(
    ("given", "code"),
    [
        pytest.param({"anchor": "due"}, "scenario_anchor", id="from the due date"),
        pytest.param(
            {"anchor": "previous", "offset_days": 0}, "scenario_offset", id="every day, twice"
        ),
        pytest.param({"unless": ("promised",)}, "scenario_branch", id="by what somebody did"),
    ],
)
def test_refused(given: dict[str, object], code: str) -> None:
    steps = (replace(STATEMENT, **given),)  # type: ignore[arg-type]
    _, issues = read_scenario(replace(ALONE, steps=steps).as_json())

    assert [issue.code for issue in issues] == [code]


@often
@given(ledger=ledgers(), moment=moments, scenario=st.sampled_from([ALONE, BOTH, WEEKLY]))
def test_every_line_is_accounted_for_once(
    ledger: Ledger, moment: Moment, scenario: Scenario
) -> None:
    for today in (moment.today, THIRD):
        day = replace(moment, today=today)
        plan = planner.plan(ledger, scenario, day)
        parts = (plan.planned, plan.held, plan.waiting, plan.reserved)
        told = [number for part in parts for number in part["instalment_id"]]
        again = after(ledger, planner.decide(ledger, scenario, day), day)

        assert sorted(told) == sorted(ledger.lines["instalment_id"])
        assert plan.messages.select("customer_id", "currency").is_duplicated().sum() == 0
        assert planner.plan(again, scenario, day).messages.is_empty()
