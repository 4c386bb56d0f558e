"""The invariants of dunning (design.md, part 4), on ledgers of any kind."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace
from datetime import timedelta
from itertools import pairwise
from random import Random

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.dunning.ledgers import FRENCH, NOW, TODAY, fates, moment
from tests.dunning.oracle import Oracle
from tests.dunning.strategies import HOLIDAYS, ledgers, moments, shuffled

from encours.dunning.rules import planner
from encours.dunning.rules.cycles import SPANS, last_clear
from encours.dunning.rules.decision import PLANNED
from encours.dunning.rules.frames import Ledger, Moment
from encours.dunning.rules.simulation import after

often = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
now_and_then = settings(often, max_examples=2)
RANKS = {step.code: step.rank for step in FRENCH.steps}


@often
@given(ledger=ledgers(), moment=moments)
def test_the_plan_is_the_oracle_s(ledger: Ledger, moment: Moment) -> None:
    plan = planner.plan(ledger, FRENCH, moment)
    oracle = Oracle(ledger, FRENCH, moment)

    assert fates(plan) == oracle.fates
    keys = plan.messages.select("customer_id", "currency", "step", "cycle").iter_rows()
    assert {row[:3]: row[3] for row in keys} == oracle.cycles


@often
@given(ledger=ledgers(), moment=moments)
def test_every_line_is_accounted_for_once(ledger: Ledger, moment: Moment) -> None:
    plan = planner.plan(ledger, FRENCH, moment)
    parts = (plan.planned, plan.held, plan.waiting, plan.reserved)
    told = [number for part in parts for number in part["instalment_id"]]

    assert sorted(told) == sorted(ledger.lines["instalment_id"])
    assert plan.held["sentence"].null_count() == 0
    assert not plan.held["sentence"].str.contains("{", literal=True).any()
    assert plan.messages["reason"].null_count() == 0
    assert (plan.waiting["next_on"] > moment.today).all()


@often
@given(ledger=ledgers(), moment=moments)
def test_messages_are_the_sum_of_their_lines(ledger: Ledger, moment: Moment) -> None:
    plan = planner.plan(ledger, FRENCH, moment)
    keys = ["customer_id", "currency", "step"]
    sums = plan.planned.group_by(keys).agg(
        amount_cents=pl.col("open_cents").sum(), line_count=pl.len(), due=pl.col("is_due").any()
    )

    assert plan.messages.select("customer_id", "currency").is_duplicated().sum() == 0
    shown = plan.messages.select(*keys, "amount_cents", "line_count")
    assert shown.sort(keys).equals(sums.drop("due").sort(keys))
    assert sums["due"].all()
    assert plan.messages["channel"].null_count() == 0


@often
@given(ledger=ledgers(), moment=moments, seed=st.integers(0, 99))
def test_the_order_of_rows_is_irrelevant(ledger: Ledger, moment: Moment, seed: int) -> None:
    other = shuffled(ledger, Random(seed))
    one, two = planner.plan(ledger, FRENCH, moment), planner.plan(other, FRENCH, moment)

    for field in fields(one):
        assert getattr(one, field.name).equals(getattr(two, field.name)), field.name


@often
@given(ledger=ledgers(), moment=moments)
def test_asked_twice_the_same_day_nothing_is_new(ledger: Ledger, moment: Moment) -> None:
    first = planner.decide(ledger, FRENCH, moment)
    again = planner.plan(after(ledger, first, moment), FRENCH, moment)

    assert again.messages.is_empty()
    planned = first.lines.filter(pl.col("status") == PLANNED)["instalment_id"]
    assert set(planned) <= set(again.reserved["instalment_id"])


HARD = {
    "death",
    "protection",
    "insolvency",
    "over_indebtedness",
    "handover",
    "assignment",
    "dispute",
    "plan",
    "promise",
    "pause",
}


@often
@given(ledger=ledgers(), moment=moments)
def test_nothing_is_planned_for_what_is_held_back(ledger: Ledger, moment: Moment) -> None:
    planned = planner.plan(ledger, FRENCH, moment).planned.filter(pl.col("open_cents") > 0)
    in_force = ledger.facts.filter(
        pl.col("kind").is_in(list(HARD))
        & (pl.col("starts_on") <= moment.today)
        & (pl.col("ends_on").is_null() | (pl.col("ends_on") >= moment.today))
    )
    whole = in_force.filter(pl.col("instalment_id").is_null())

    assert planned.join(in_force, on="instalment_id", how="semi").is_empty()
    assert planned.join(whole, on="customer_id", how="semi").is_empty()


@often
@given(ledger=ledgers(), moment=moments)
def test_nothing_is_planned_for_an_account_that_is_covered(ledger: Ledger, moment: Moment) -> None:
    plan = planner.plan(ledger, FRENCH, moment)
    keys = ["customer_id", "currency"]
    open_cents = ledger.lines.group_by(keys).agg(pl.col("open_cents").sum())
    covered = ledger.cover.join(open_cents, on=keys).filter(
        pl.col("unallocated_cents") >= pl.col("open_cents")
    )

    assert plan.messages.join(covered, on=keys, how="semi").is_empty()


def _spans(ledger: Ledger, today: Moment) -> pl.DataFrame:
    late = ledger.lines.filter(pl.col("due_source") != "terms_assumed")
    return late.select(
        "customer_id",
        "currency",
        from_on=pl.col("due_on") + pl.duration(days=1),
        until_on=pl.lit(None, pl.Date),
    ).select(SPANS.names())


@now_and_then
@given(ledger=ledgers(history=False), skipped=st.sets(st.integers(0, 34)))
def test_sixty_days_of_reminders(ledger: Ledger, skipped: set[int]) -> None:
    """Nobody pays, some days nobody looks: what leaves in that time keeps every promise."""
    listed: list[tuple[int, int, int]] = []  # day, rank, line
    sent: list[tuple[int, int, str, str, int, int]] = []
    for shift in range(60):
        if shift in skipped:
            continue
        day = replace(moment(holidays=HOLIDAYS), today=TODAY + timedelta(days=shift), now=NOW)
        ledger = replace(ledger, clears=last_clear(_spans(ledger, day), day.today))
        decision = planner.decide(ledger, FRENCH, day)
        lines = decision.lines.filter(pl.col("status") == PLANNED)
        steps = decision.messages.select("account", "rank", "step", "cycle")
        for row in decision.messages.iter_rows(named=True):
            key = (row["customer_id"], row["currency"], row["step"], row["cycle"], row["rank"])
            sent.append((shift, *key))
        for number, rank in lines.join(steps, on="account").select("instalment_id", "rank").rows():
            listed.append((shift, rank, number))
        ledger = after(ledger, decision, day)
    _assert_promises(listed, sent)


def _assert_promises(
    listed: list[tuple[int, int, int]], sent: list[tuple[int, int, str, str, int, int]]
) -> None:
    keys = Counter(row[1:5] for row in sent)
    assert set(keys.values()) <= {1}, "a key left twice"
    spacing = FRENCH.min_spacing_days
    for account in {row[1:3] for row in sent}:
        days = [row[0] for row in sent if row[1:3] == account]
        gaps = [later - sooner for sooner, later in pairwise(days)]
        assert all(gap >= spacing for gap in gaps), "too soon"
    formal = RANKS["mise_en_demeure"]
    for number in {line for _, _, line in listed}:
        climbed = [(day, rank) for day, rank, line in listed if line == number]
        ranks = [rank for _, rank in climbed]
        assert ranks == sorted(set(ranks)), "a step was repeated, or went down"
        for day, rank in climbed:
            if rank == formal:
                before = [other for other, low in climbed if RANKS["prevenance"] < low < formal]
                assert RANKS["relance_3"] in ranks
                assert min(before) <= day - FRENCH.formal_notice_gap_days
