"""The day's plan: every open due line is planned, held with a reason, or waiting for its day.

Asked twice the same day it plans nothing new, since what was reserved is in the history; on a day
that nobody works it plans nothing and says when (design.md, parts 4 and 5).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import polars as pl

from encours.dunning.rules import (
    accounts,
    branches,
    cover,
    grouping,
    guards,
    history,
    ladder,
    persons,
    statements,
    thanks,
    wording,
)
from encours.dunning.rules.decision import HELD, PLANNED, RESERVED, WAITING, Decision
from encours.dunning.rules.frames import ACCOUNT, Ledger, Moment
from encours.dunning.rules.keys import Keys
from encours.dunning.rules.scenario import Scenario

NO_CODE: Final = pl.lit(None, pl.UInt8)
NO_DAY: Final = pl.lit(None, pl.Date)

DECIDED: Final = (
    "instalment_id",
    "account",
    *ACCOUNT,
    "document",
    "issued_on",
    "due_on",
    "open_cents",
    "covered_cents",
    "triage",
    "age",
    "level",
    "level_on",
    "limit_on",
    "fact_from",
    "fact_until",
    "is_due",
    "planned",
    "reserved",
    "hold",
    "next_on",
)
"""What is kept of each line once it is decided."""

ASKED: Final = (
    *(name for name in DECIDED if name != "planned"),
    "begun",
    "rung",
    "noticed",
    "pre_due_done",
)
"""What is read of each line to put it in a message."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of a day, ready to be shown or reserved; `wording` documents the columns.

    `messages` and `planned` (their lines) are new; `reserved` lines are in a message of today
    already; `held` lines say why; `waiting` lines say from when something may be due (`next_on`).
    """

    messages: pl.DataFrame
    planned: pl.DataFrame
    held: pl.DataFrame
    waiting: pl.DataFrame
    reserved: pl.DataFrame


def plan(ledger: Ledger, scenario: Scenario, moment: Moment) -> Plan:
    """Decide the day for every open due line, and say why."""
    return tell(decide(ledger, scenario, moment), scenario, moment)


def tell(decision: Decision, scenario: Scenario, moment: Moment) -> Plan:
    """Say why in words what was decided in codes."""
    lines = decision.lines
    parts = pl.collect_all(
        [
            lines.lazy().filter(pl.col("status") == PLANNED),
            lines.lazy().filter(pl.col("status") == WAITING).select(decision.far.columns),
            lines.lazy().filter(pl.col("status") == HELD),
            lines.lazy().filter(pl.col("status") == RESERVED).select(wording.RESERVED),
        ]
    )
    # in one piece: where a piece is empty, Polars 1 panics as it puts words together
    leaving, waiting, held, reserved = (part.rechunk() for part in parts)
    messages, planned = wording.told(
        leaving, decision.thanked, decision.messages, decision.accounts, scenario
    )
    return Plan(
        messages=messages,
        planned=planned,
        held=wording.held(held, decision.accounts, scenario, moment),
        waiting=wording.waiting(pl.concat([waiting, decision.far]), moment),
        reserved=reserved.sort("instalment_id"),
    )


def decide(ledger: Ledger, scenario: Scenario, moment: Moment) -> Decision:
    """Decide the day without a word: the same decisions, for a simulation."""
    return persons.spaced([_decided(ledger, scenario, moment)], ledger, moment)[0]


def _decided(ledger: Ledger, scenario: Scenario, moment: Moment) -> Decision:
    horizon = moment.today + timedelta(days=ladder.window_days(scenario))
    near = pl.lit(True) if scenario.statement else pl.col("due_on") <= horizon
    lines, known = _prepared(ledger, ledger.lines.filter(near), scenario, moment)
    upcoming = pl.col("due_on") > moment.today
    late, early = pl.collect_all(
        [lines.lazy().filter(which).select(_asked(scenario)) for which in (~upcoming, upcoming)]
    )
    late, claimed = _claims(late, known, scenario, moment)
    free = known.join(claimed, on="account", how="anti")
    thanked, thanking = _thanks(ledger, free, scenario, moment)
    busy = pl.concat([_fate(claimed), _fate(thanking), _about_to_claim(late, scenario, moment)])
    early, noticed = _notices(early, known, busy, scenario, moment)
    decided = pl.concat([late.select(_decided_of(scenario)), early.select(_decided_of(scenario))])
    decided = _not_reached(decided, horizon, scenario, moment)
    told = pl.concat([_fate(one) for one in (claimed, thanking, noticed)])
    decided, stated = statements.stated(decided, known, told, scenario, moment)
    leaving = [claimed, thanking, noticed, *([stated] if stated.height else [])]
    return Decision(
        lines=decided.select(DECIDED).with_columns(status=_status()),
        far=_far(ledger.lines.filter(~near), scenario, moment),
        messages=pl.concat([one.select(grouping.MESSAGE) for one in leaving]).sort("account"),
        thanked=thanked,
        accounts=known,
    )


def _asked(scenario: Scenario) -> list[str]:
    return [*ASKED, *(["guard"] if scenario.statement else [])]


def _decided_of(scenario: Scenario) -> list[str]:
    return [*DECIDED, *(["guard"] if scenario.statement else [])]


def _prepared(
    ledger: Ledger, near: pl.DataFrame, scenario: Scenario, moment: Moment
) -> tuple[pl.DataFrame, pl.DataFrame]:
    keys = Keys.of(near, ledger.settled)
    near = near.with_columns(key=keys.key)
    asked = pl.concat([near["key"], ledger.settled.select(key=keys.key)["key"]])
    known = accounts.accounts(ledger, asked, keys, scenario, moment)
    lines = cover.with_cover(_guarded(near, known, ledger, scenario, moment))
    lines = lines.with_columns(age=(pl.lit(moment.today) - pl.col("due_on")).dt.total_days())
    known = accounts.in_cycle(known, lines, scenario)
    known = statements.with_last(known, ledger, keys, scenario)
    lines = lines.with_columns(first_on=ladder.first_on(scenario, moment), guard="hold")
    known = branches.with_branches(known, lines, ledger, scenario, moment)
    lines = lines.join(known.select(*_asked_of(known, scenario)), on="account", how="left")
    lines = branches.with_events(lines, ledger, scenario, moment)
    return ladder.with_dues(ladder.with_rung(lines, scenario, moment), scenario, moment), known


def _asked_of(known: pl.DataFrame, scenario: Scenario) -> list[str | pl.Expr]:
    """Return what the ladder reads of each account."""
    asked: list[str | pl.Expr] = ["account", "done", "pre_due_done"]
    if "passed" in known.columns:
        asked.append("passed")
    if any(step.anchor == "previous" for step in scenario.ladder):
        said = pl.when(pl.col("said_rung") > 0).then("said_on")
        asked += [said.alias("account_said_on"), pl.col("is_pending") & pl.col("is_running")]
    return asked


def _guarded(
    near: pl.DataFrame, known: pl.DataFrame, ledger: Ledger, scenario: Scenario, moment: Moment
) -> pl.DataFrame:
    facts = guards.facts_by(ledger.facts, "instalment_id", moment.today)
    restarts = guards.limitation_by(ledger.facts, "instalment_id", moment.today)
    said = history.line_history(ledger, scenario, moment.today)
    return (
        near.join(known.select(accounts.ON_LINES), on="key", how="left")
        .join(said, on="instalment_id", how="left")
        .join(facts, on="instalment_id", how="left")
        .join(restarts, on="instalment_id", how="left")
        .with_columns(
            pl.col("level").fill_null(0),
            pl.col("noticed", "reserved").fill_null(False),
            limit_on=guards.limit_on(),
        )
        .with_columns(guards.weightiest_fact())
        .with_columns(hold=pl.min_horizontal(guards.holds(moment)))
    )


def _claims(
    late: pl.DataFrame, known: pl.DataFrame, scenario: Scenario, moment: Moment
) -> tuple[pl.DataFrame, pl.DataFrame]:
    late = grouping.claims(late, known, scenario)
    messages = grouping.messages(late.filter("listed"), known, scenario, moment)
    leaving = messages.filter(pl.col("hold").is_null())
    return grouping.settle(late, _fate(messages), scenario, moment), leaving


def _thanks(
    ledger: Ledger, free: pl.DataFrame, scenario: Scenario, moment: Moment
) -> tuple[pl.DataFrame, pl.DataFrame]:
    lines = thanks.thanked_lines(ledger, free, scenario, moment)
    cycles = lines.select("account", answered="cycle").unique()
    messages = grouping.messages(lines, free, scenario, moment).filter(pl.col("hold").is_null())
    messages = messages.join(cycles, on="account").with_columns(cycle="answered")
    return lines.join(messages, on="account", how="semi"), messages


def _notices(
    early: pl.DataFrame,
    known: pl.DataFrame,
    busy: pl.DataFrame,
    scenario: Scenario,
    moment: Moment,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    code = scenario.pre_due.code if scenario.pre_due else None
    calls = ladder.pre_due_lines(scenario, moment.today)
    early = early.with_columns(
        is_due=calls,
        listed=calls & ~pl.col("account").is_in(busy["account"].implode()),
        step=pl.lit(code, pl.String),
    )
    messages = grouping.messages(early.filter("listed"), known, scenario, moment)
    leaving = messages.filter(pl.col("hold").is_null())
    fate = pl.concat([_fate(messages), busy.unique("account")])
    return grouping.settle(early, fate, scenario, moment), leaving


def _about_to_claim(late: pl.DataFrame, scenario: Scenario, moment: Moment) -> pl.DataFrame:
    """Return the accounts whose next reminder a mere notice would put off by the spacing."""
    soon = pl.col("next_on") < moment.today + timedelta(days=scenario.min_spacing_days)
    waits = pl.col("hold").is_null() & ~pl.col("reserved") & ~pl.col("planned")
    return (
        late.lazy()
        .filter((pl.col("age") > 0) & waits & soon)
        .select(pl.col("account").unique())
        .with_columns(hold=NO_CODE, next_on=NO_DAY)
        .collect()
    )


def _fate(messages: pl.DataFrame) -> pl.DataFrame:
    return messages.select("account", "hold", "next_on")


def _status() -> pl.Expr:
    return (
        pl.when("planned")
        .then(pl.lit(PLANNED))
        .when(pl.col("hold").is_not_null())
        .then(pl.lit(HELD))
        .when("reserved")
        .then(pl.lit(RESERVED))
        .otherwise(pl.lit(WAITING))
    )


def _not_reached(
    lines: pl.DataFrame, horizon: date, scenario: Scenario, moment: Moment
) -> pl.DataFrame:
    """Let the lines wait that are looked at for a statement only."""
    if not scenario.statement:
        return lines
    far = pl.col("due_on") > horizon
    return lines.with_columns(
        hold=pl.when(~far).then("hold"),
        next_on=pl.when(far).then(_begins_on(scenario, moment)).otherwise("next_on"),
    )


def _begins_on(scenario: Scenario, moment: Moment) -> pl.Expr:
    """Return the day on which a line to come enters the scenario."""
    notice = scenario.pre_due
    return ladder.falls_on(notice, moment) if notice else ladder.first_on(scenario, moment)


def _far(lines: pl.DataFrame, scenario: Scenario, moment: Moment) -> pl.DataFrame:
    return lines.select(
        "instalment_id",
        *ACCOUNT,
        "document",
        "due_on",
        "open_cents",
        next_on=_begins_on(scenario, moment),
    )
