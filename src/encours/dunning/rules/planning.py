"""The plan of a creditor with several scenarios: each account is planned by the one it follows.

The same questions as `planner`, `explain` and `recheck`, asked of a shelf.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

import polars as pl

from encours.dunning.rules import explain as one_explained
from encours.dunning.rules import persons, planner, shelf
from encours.dunning.rules import recheck as one_rechecked
from encours.dunning.rules.decision import Decision
from encours.dunning.rules.frames import Ledger, Moment
from encours.dunning.rules.planner import Plan
from encours.dunning.rules.recheck import Prepared, Verdict
from encours.dunning.rules.scenario import Scenario
from encours.dunning.rules.shelf import Shelf


def plan(ledger: Ledger, scenarios: Shelf, moment: Moment) -> Plan:
    """Decide the day for every open due line; a message says its `scenario` and `version`."""
    parts = list(shelf.parts(ledger, scenarios))
    if not parts:
        return _signed(planner.plan(Ledger.of(), scenarios.default, moment), scenarios.default)
    decided = decide(parts, ledger, moment)
    plans = [
        _signed(planner.tell(one, scenario, moment), scenario)
        for (scenario, _part), one in zip(parts, decided, strict=True)
    ]
    if len(plans) == 1:
        return plans[0]
    frames = {
        field.name: pl.concat([getattr(one, field.name) for one in plans]) for field in fields(Plan)
    }
    return Plan(**frames)


def decide(
    parts: Sequence[tuple[Scenario, Ledger]], ledger: Ledger, moment: Moment
) -> list[Decision]:
    """Decide each part by its scenario, then look at the persons that several parts write to."""
    decided = [planner.decide(part, scenario, moment) for scenario, part in parts]
    return decided if len(decided) == 1 else persons.spaced(decided, ledger, moment)


def explain(ledger: Ledger, scenarios: Shelf, moment: Moment, *, customer_id: int) -> pl.DataFrame:
    """Answer « pourquoi pas ? » for each open due line of the customer (`explain.EXPLAINED`)."""
    told = [
        one_explained.explain(part, scenario, moment, customer_id=customer_id)
        for scenario, part in shelf.parts(ledger.of_customers([customer_id]), scenarios)
    ]
    whole = pl.concat([pl.DataFrame(schema=one_explained.EXPLAINED), *told])
    return whole.sort("due_on", "instalment_id")


def recheck(
    prepared: Sequence[Prepared], ledger: Ledger, scenarios: Shelf, moment: Moment
) -> dict[int, Verdict]:
    """Decide again for messages about to leave: who follows another scenario since, by that one."""
    leaving = replace(moment, is_leaving=True)
    return one_rechecked.recheck(prepared, ledger, lambda mine: plan(mine, scenarios, leaving))


def _signed(decided: Plan, scenario: Scenario) -> Plan:
    messages = decided.messages.with_columns(
        scenario=pl.lit(scenario.code), version=pl.lit(scenario.version, pl.Int64)
    )
    return Plan(messages, decided.planned, decided.held, decided.waiting, decided.reserved)
