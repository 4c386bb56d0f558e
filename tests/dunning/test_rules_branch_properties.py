"""The invariants of dunning again, over scenarios with branches, bounds and every anchor."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import fields, replace
from datetime import date, timedelta
from itertools import pairwise
from random import Random

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.dunning.branching import EVERY
from tests.dunning.ledgers import FRENCH, NOW, TODAY, moment
from tests.dunning.strategies import HOLIDAYS, ledgers, moments, shuffled
from tests.dunning.test_rules_properties import HARD, _spans

from encours.dunning.rules import planner
from encours.dunning.rules.cycles import last_clear
from encours.dunning.rules.decision import PLANNED
from encours.dunning.rules.frames import Ledger, Moment
from encours.dunning.rules.scenario import Scenario, Step
from encours.dunning.rules.simulation import after

often = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
now_and_then = settings(often, max_examples=2)
scenarios = st.sampled_from(EVERY)
KEYS = ["customer_id", "currency", "step"]


@often
@given(ledger=ledgers(), scenario=scenarios, moment=moments)
def test_every_line_is_accounted_for_once(
    ledger: Ledger, scenario: Scenario, moment: Moment
) -> None:
    plan = planner.plan(ledger, scenario, moment)
    parts = (plan.planned, plan.held, plan.waiting, plan.reserved)
    told = [number for part in parts for number in part["instalment_id"]]

    assert sorted(told) == sorted(ledger.lines["instalment_id"])
    assert plan.held["sentence"].null_count() == 0
    assert plan.messages["reason"].null_count() == 0
    assert plan.messages.select("customer_id", "currency").is_duplicated().sum() == 0


@often
@given(ledger=ledgers(), scenario=scenarios, moment=moments)
def test_nothing_guarded_is_ever_planned(
    ledger: Ledger, scenario: Scenario, moment: Moment
) -> None:
    planned = planner.plan(ledger, scenario, moment).planned.filter(pl.col("open_cents") > 0)
    in_force = ledger.facts.filter(
        pl.col("kind").is_in(list(HARD))
        & (pl.col("starts_on") <= moment.today)
        & (pl.col("ends_on").is_null() | (pl.col("ends_on") >= moment.today))
    )
    whole = in_force.filter(pl.col("instalment_id").is_null())
    mine = planned.join(
        ledger.lines.select("instalment_id", "due_source", "kind"), on="instalment_id"
    )
    group = ledger.customers.filter("intra_group")

    assert planned.join(in_force, on="instalment_id", how="semi").is_empty()
    assert planned.join(whole, on="customer_id", how="semi").is_empty()
    assert planned.join(group, on="customer_id", how="semi").is_empty()
    assert not mine["due_source"].is_in(["terms_assumed"]).any()
    assert not mine["kind"].is_in(["refund"]).any()


@often
@given(ledger=ledgers(), scenario=scenarios, moment=moments, seed=st.integers(0, 99))
def test_twice_and_in_any_order_it_is_the_same_plan(
    ledger: Ledger, scenario: Scenario, moment: Moment, seed: int
) -> None:
    one = planner.plan(ledger, scenario, moment)
    two = planner.plan(shuffled(ledger, Random(seed)), scenario, moment)
    again = planner.plan(
        after(ledger, planner.decide(ledger, scenario, moment), moment), scenario, moment
    )

    for field in fields(one):
        assert getattr(one, field.name).equals(getattr(two, field.name)), field.name
    assert again.messages.is_empty()


@often
@given(ledger=ledgers(), scenario=scenarios, moment=moments)
def test_a_message_fits_its_step(ledger: Ledger, scenario: Scenario, moment: Moment) -> None:
    """Amounts and what the customer did, read one message at a time from the rows themselves."""
    plan = planner.plan(ledger, scenario, moment)
    deeds = ledger.behaviours.filter(pl.col("on") <= moment.today).rows(named=True)
    said = ledger.messages.rows(named=True)
    for row in plan.messages.iter_rows(named=True):
        step = scenario.step(row["step"])
        assert step is not None
        cents, currency = row["amount_cents"], row["currency"]
        if step.kind != "thank_you":
            assert step.minimum_cents.get(currency, 0) <= cents
            assert cents <= step.maximum_cents.get(currency, cents)
        mine = {
            (one["behaviour"], one["on"])
            for one in deeds
            if one["customer_id"] == row["customer_id"] and one["currency"] in {None, currency}
        }
        since, began = _since(said, scenario, row)
        lately = {name for name, on in mine if since is not None and on >= since}
        ever = {name for name, on in mine if began is not None and on >= began}
        assert set(step.when) <= lately
        assert not set(step.unless) & lately
        assert not set(step.stops) & ever


def _since(
    said: list[dict[str, object]], scenario: Scenario, message: dict[str, object]
) -> tuple[date | None, date | None]:
    """Return the day of the last step that was said in the message's cycle, and its first day."""
    cycle = [
        one
        for one in said
        if (one["customer_id"], one["currency"], one["cycle"])
        == (message["customer_id"], message["currency"], message["cycle"])
    ]
    if not cycle:
        return None, None
    claims = [
        (scenario.rungs[str(one["step"])], one["sent_on"] or one["planned_on"])
        for one in cycle
        if one["step"] in scenario.rungs
    ]
    planned: list[date] = [one["planned_on"] for one in cycle]  # type: ignore[misc]
    last = max(claims)[1] if claims else max(planned)
    return last, min(planned)  # type: ignore[return-value]


@now_and_then
@given(
    ledger=ledgers(history=False, size=20),
    scenario=scenarios,
    skipped=st.sets(st.integers(0, 34)),
)
def test_ninety_days_of_reminders(ledger: Ledger, scenario: Scenario, skipped: set[int]) -> None:
    """Nobody pays, some days nobody looks: what leaves in that time keeps every promise."""
    listed: dict[int, list[tuple[int, Step]]] = defaultdict(list)
    sent = list[tuple[int, tuple[int, str], str, int]]()
    for shift in range(0, 90, 2):
        if shift in skipped:
            continue
        day = replace(moment(holidays=HOLIDAYS), today=TODAY + timedelta(days=shift), now=NOW)
        ledger = replace(ledger, clears=last_clear(_spans(ledger, day), day.today))
        decision = planner.decide(ledger, scenario, day)
        for row in decision.messages.iter_rows(named=True):
            sent.append((shift, (row["customer_id"], row["currency"]), row["step"], row["cycle"]))
        planned = decision.lines.filter(pl.col("status") == PLANNED)
        steps = decision.messages.select("account", "step")
        for line, code in planned.join(steps, on="account").select("instalment_id", "step").rows():
            step = scenario.step(code)
            assert step is not None
            listed[line].append((shift, step))
        ledger = after(ledger, decision, day)
    _assert_kept(scenario, listed, sent)


def _assert_kept(
    scenario: Scenario,
    listed: dict[int, list[tuple[int, Step]]],
    sent: list[tuple[int, tuple[int, str], str, int]],
) -> None:
    assert set(Counter(row[1:] for row in sent).values()) <= {1}, "a key left twice"
    for account in {row[1] for row in sent}:
        days = [row[0] for row in sent if row[1] == account]
        assert all(two - one >= scenario.min_spacing_days for one, two in pairwise(days))
        places = [
            (row[3], scenario.rungs[row[2]])
            for row in sent
            if row[1] == account and row[2] in scenario.rungs
        ]
        assert set(Counter(places).values()) <= {1}, "two alternatives of one place left"
    for said in listed.values():
        rungs = [scenario.rungs[step.code] for _, step in said if step.code in scenario.rungs]
        assert rungs == sorted(set(rungs)), "a step was repeated, or went down"
        for day, step in said:
            if step.kind == "formal_notice":
                written = [on for on, one in said if one.kind == "reminder" and one.is_written]
                assert min(written) <= day - scenario.formal_notice_gap_days


@now_and_then
@given(ledger=ledgers(history=False, size=20), scenario=st.sampled_from([FRENCH, *EVERY]))
def test_ten_days_without_the_program(ledger: Ledger, scenario: Scenario) -> None:
    """What was missed is caught up: one message by account, at the step that comes next."""
    said = dict[tuple[int, str], int]()
    for shift in (*range(8), *range(18, 20)):
        day = replace(moment(holidays=HOLIDAYS), today=TODAY + timedelta(days=shift), now=NOW)
        ledger = replace(ledger, clears=last_clear(_spans(ledger, day), day.today))
        decision = planner.decide(ledger, scenario, day)
        plan = planner.plan(ledger, scenario, day)
        assert plan.messages.select("customer_id", "currency").is_duplicated().sum() == 0
        for customer, currency, code in plan.messages.select(KEYS).iter_rows():
            rung, highest = scenario.rungs.get(code, 0), said.get((customer, currency), 0)
            if scenario is FRENCH:
                assert rung <= highest + 1, "a step was left out"
            said[customer, currency] = max(rung, highest)
        ledger = after(ledger, decision, day)
        assert planner.plan(ledger, scenario, day).messages.is_empty()
