"""Several scenarios at once: each account follows one, and is planned as if it were alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.dunning.chronicles import chronicle_of
from tests.dunning.ledgers import FRENCH, Book, ago, book, fates, moment, steps
from tests.dunning.strategies import ledgers, moments

from encours.dunning.rules import audience, planner, planning
from encours.dunning.rules.audience import Audience, Rule, read_audience
from encours.dunning.rules.explain import EXPLAINED
from encours.dunning.rules.frames import CHOICES, Ledger, Moment
from encours.dunning.rules.gallery import SHIPPED, Shipped, gallery
from encours.dunning.rules.scenario import Scenario
from encours.dunning.rules.scenario_data import read_scenario
from encours.dunning.rules.shelf import NEVER, Shelf, parts
from encours.dunning.rules.simulation import counted, simulate

BY_CODE = {one.scenario.code: one.scenario for one in gallery()}
GENTLE, HARD = BY_CODE["doux"], BY_CODE["mauvais_payeur"]
OTHERS = tuple(one for code, one in BY_CODE.items() if code != SHIPPED)
SHELF = Shelf(FRENCH, OTHERS)
CODES = [*BY_CODE, NEVER, "disparu"]
often = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])

Account = tuple[int, str]


def chosen(told: Book, scenario: str, line: int | None = None, customer: int = 1) -> Book:
    """Choose a scenario for a customer of the book, or for one of its lines."""
    row = {"customer_id": customer, "instalment_id": line, "scenario": scenario}
    return told._add("choices", row, {})


def said_by(told: Book, scenario: Scenario, days_ago: int) -> Book:
    """Say by which scenario customer 1 had its last message."""
    row = {"customer_id": 1, "currency": "EUR", "scenario": scenario.code}
    row |= {"version": scenario.version, "last_on": ago(days_ago)}
    return told._add("running", row, {})


def wishes(ledger: Ledger, seed: int) -> Ledger:
    """Add choices of some customers and some lines."""
    random = Random(seed)
    rows = [
        (customer, None, random.choice(CODES))
        for customer in ledger.customers["customer_id"]
        if random.random() < 0.5
    ] + [
        (customer, line, random.choice(CODES))
        for customer, line in ledger.lines.select("customer_id", "instalment_id").iter_rows()
        if random.random() < 0.2
    ]
    return replace(ledger, choices=pl.DataFrame(rows, schema=CHOICES, orient="row"))


def followed(ledger: Ledger) -> tuple[dict[Account, str], set[int]]:
    """Return the scenario of each account, and the lines nobody is reminded of, the slow way."""
    whole, own = dict[int, str](), dict[int, str]()
    never_lines, never_customers = set[int](), set[int]()
    for customer, line, code in ledger.choices.iter_rows():
        if code == NEVER and line is None:
            never_customers.add(customer)
        elif code == NEVER:
            never_lines.add(line)
        elif code in BY_CODE and line is None:
            whole[customer] = code
        elif code in BY_CODE:
            own[line] = code
    accounts = dict[Account, str]()
    for line, customer, currency in ledger.lines.select(
        "instalment_id", "customer_id", "currency"
    ).iter_rows():
        code = own.get(line) or whole.get(customer) or SHIPPED
        known = accounts.setdefault((customer, currency), code)
        if (BY_CODE[code].severity, code) < (BY_CODE[known].severity, known):
            accounts[customer, currency] = code
        if customer in never_customers:
            never_lines.add(line)
    return accounts, never_lines


@often
@given(ledger=ledgers(), moment=moments, seed=st.integers(0, 2**20))
def test_each_account_is_planned_by_its_scenario_alone(
    ledger: Ledger, moment: Moment, seed: int
) -> None:
    ledger = wishes(ledger, seed)
    accounts, never = followed(ledger)
    plan = planning.plan(ledger, SHELF, moment)
    found, whose = fates(plan), account_of(ledger)

    expected = dict[int, str]()
    for code in set(accounts.values()):
        alone = fates(planner.plan(ledger, BY_CODE[code], moment))
        expected |= {line: fate for line, fate in alone.items() if accounts[whose[line]] == code}
    assert not never & set(plan.planned["instalment_id"])
    assert {found[line] for line in never} <= ALSO_HELD | {"never", "waiting"}
    touched = {whose[line] for line in never}  # what is set aside frees money for other lines
    for line, fate in expected.items():
        assert whose[line] in touched or found[line] == fate, line
    by_account = {row[:2]: row[2] for row in signed(plan.messages)}
    assert all(accounts.get(account, SHIPPED) == code for account, code in by_account.items())


ALSO_HELD = {
    "deceased", "protected", "insolvent", "over_indebted", "handed_over", "assigned",
    "intra_group", "time_barred", "no_document", "due_date_unconfirmed", "disputed", "plan",
    "promised", "einvoice", "credit_expected", "direct_payer", "in_flight", "paused",
    "answered",
}  # fmt: skip
"""What outweighs a choice of never reminding: the law, then what is being settled."""


def account_of(ledger: Ledger) -> dict[int, Account]:
    """Return the account of each line."""
    rows = ledger.lines.select("instalment_id", "customer_id", "currency").iter_rows()
    return {line: (customer, currency) for line, customer, currency in rows}


def signed(messages: pl.DataFrame) -> list[tuple[int, str, str]]:
    """Return customer, currency and scenario of each message."""
    return list(messages.select("customer_id", "currency", "scenario").iter_rows())


@often
@given(ledger=ledgers(), moment=moments)
def test_nothing_chosen_changes_nothing(ledger: Ledger, moment: Moment) -> None:
    one, several = planner.plan(ledger, FRENCH, moment), planning.plan(ledger, SHELF, moment)

    assert several.messages.drop("scenario", "version").equals(one.messages)
    assert several.held.equals(one.held)
    assert set(several.messages["scenario"]) <= {SHIPPED}


@often
@given(ledger=ledgers(), seed=st.integers(0, 2**20))
def test_every_account_is_in_exactly_one_part(ledger: Ledger, seed: int) -> None:
    ledger = wishes(ledger, seed)
    told = [part for _scenario, part in parts(ledger, SHELF)]
    lines = [line for part in told for line in part.lines["instalment_id"]]

    assert sorted(lines) == sorted(ledger.lines["instalment_id"])
    assert sum(part.cover.height for part in told) <= ledger.cover.height


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(book().line(1, 4), [(1, "EUR", "relance_1", [1])], id="the default: J+3"),
        pytest.param(chosen(book().line(1, 4), "doux"), [], id="gentle: not before J+7"),
        pytest.param(
            chosen(chosen(book().line(1, 4), "mauvais_payeur"), "doux", line=1),
            [],
            id="the line's own choice comes before its customer's",
        ),
        pytest.param(
            chosen(book().line(1, 4).line(2, 4), "doux", line=2),
            [],
            id="lines that disagree: the mildest for all",
        ),
        pytest.param(
            chosen(book().line(1, 4).line(2, 4), "mauvais_payeur", line=2),
            [(1, "EUR", "relance_1", [1, 2])],
            id="one harsher line does not make the others late",
        ),
        pytest.param(
            chosen(book().line(1, 4).line(2, 4), NEVER, line=2),
            [(1, "EUR", "relance_1", [1])],
            id="a line never reminded of is not listed",
        ),
        pytest.param(chosen(book().line(1, 4), NEVER), [], id="a customer never reminded"),
        pytest.param(
            chosen(book().line(1, 4), "disparu"),
            [(1, "EUR", "relance_1", [1])],
            id="a scenario that is gone is no choice",
        ),
        pytest.param(
            chosen(book().line(1, 4).line(2, 4, currency="USD"), "doux", line=2),
            [(1, "EUR", "relance_1", [1])],
            id="another currency is another account",
        ),
    ],
)
def test_who_follows_what(told: Book, expected: list[object]) -> None:
    assert steps(planning.plan(told.ledger(), SHELF, moment())) == expected


def test_never_says_that_it_was_chosen() -> None:
    held = planning.plan(chosen(book().line(1, 4), NEVER).ledger(), SHELF, moment()).held

    assert held["reason"].to_list() == ["never"]
    assert held["sentence"][0].startswith("À ne jamais relancer : choisi")


NEXT = replace(
    FRENCH,
    version=2,
    steps=tuple(
        replace(step, offset_days=5) if step.code == "relance_1" else step for step in FRENCH.steps
    ),
)


@pytest.mark.parametrize(
    ("told", "version"),
    [
        pytest.param(book().line(1, 11), 2, id="whoever begins follows the version of today"),
        pytest.param(
            said_by(book().said("relance_1", 8, 1).line(1, 11), FRENCH, 8),
            1,
            id="in the middle of a cycle: the version it began",
        ),
        pytest.param(
            said_by(book().said("relance_1", 40, 1).line(2, 11).clear(20), FRENCH, 40),
            2,
            id="all was paid since: the next cycle is of today",
        ),
        pytest.param(
            said_by(book().said("relance_1", 8, 1).line(1, 11), GENTLE, 8),
            2,
            id="moved to another scenario: its version of today",
        ),
    ],
)
def test_a_running_account_stays_on_its_version(told: Book, version: int) -> None:
    plan = planning.plan(told.ledger(), Shelf(NEXT, former=(FRENCH,)), moment())

    assert plan.messages["version"].to_list() == [version]


def test_planning_twice_plans_nothing_new() -> None:
    told = chosen(book().line(1, 12), "doux").customer(2).line(2, 12, customer_id=2)
    first = planning.plan(told.ledger(), SHELF, moment())
    for row in first.planned.iter_rows(named=True):
        told.said(row["step"], 0, row["instalment_id"], customer_id=row["customer_id"])

    assert first.messages.height == 2
    assert planning.plan(told.ledger(), SHELF, moment()).messages.is_empty()


def test_the_forecast_and_the_explanation_follow_the_choice() -> None:
    one = chosen(book().line(1, -10), "doux").customer(2).line(2, -10, customer_id=2)
    told = one.ledger()
    days = counted(simulate(chronicle_of(one), SHELF, moment(), days=30))
    first = days.filter(pl.col("step") == "relance_1").select("on", "messages").rows()
    why = planning.explain(told, SHELF, moment(), customer_id=1)

    assert first == [(date(2026, 11, 30), 1), (date(2026, 12, 4), 1)]
    assert why.schema == EXPLAINED
    assert why["next_on"].to_list() == [date(2026, 11, 20)]


@pytest.mark.parametrize("one", gallery(), ids=lambda one: one.scenario.code)
def test_a_shipped_scenario_reads_back_and_says_whom_it_is_for(one: Shipped) -> None:
    assert read_scenario(one.scenario.as_json()) == (one.scenario, ())
    assert one.purpose.endswith(".")


CUSTOMERS = pl.DataFrame(
    [
        (1, "business", "FR", "virement", "Durand", None, None),
        (2, "business", "BE", "", "", "slightly_late", 7),
        (3, "unknown", "FR", "", "", None, None),
    ],
    schema=audience.CUSTOMERS,
    orient="row",
)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        pytest.param((), {}, id="no rule, no choice"),
        pytest.param(
            (Rule(Audience(country=("BE", "DE")), "export"), Rule(Audience(), "doux")),
            {1: "doux", 2: "export", 3: "doux"},
            id="the first that fits",
        ),
        pytest.param(
            (Rule(Audience(debtor_class=("business",), country=("FR",)), "doux"),),
            {1: "doux"},
            id="every condition",
        ),
        pytest.param((Rule(Audience(profile=("late",)), "doux"),), {}, id="not known: no fit"),
        pytest.param((Rule(Audience(segment=(7,)), "doux"),), {2: "doux"}, id="a segment"),
    ],
)
def test_the_first_rule_that_fits(rules: tuple[Rule, ...], expected: dict[int, str]) -> None:
    assert dict(audience.chosen(CUSTOMERS, rules).iter_rows()) == expected


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param({"humeur": ["bonne"]}, "audience_name", id="an unknown condition"),
        pytest.param({"country": "FR"}, "audience_value", id="not a list"),
        pytest.param({"segment": ["x"]}, "audience_value", id="not a number"),
    ],
)
def test_conditions_that_make_no_sense(data: dict[str, object], code: str) -> None:
    found, issues = read_audience(data)

    assert (found, [issue.code for issue in issues]) == (None, [code])


def test_conditions_are_stored_and_read_back() -> None:
    asked = Audience(country=("BE",), segment=(3,))

    assert read_audience(asked.as_json()) == (asked, ())
    assert Audience().is_everybody
    assert not asked.is_everybody
