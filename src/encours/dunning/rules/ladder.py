"""Which step a due line is at: the lowest one not yet done that it is old enough for.

Done is what the line was listed in, and what its account already got in this cycle: a line that
joins late never makes a step leave twice (docs/decisions, dunning cycles). A step that does not fit
the account is passed over (`branches`); the next one comes on its own day.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import reduce
from operator import and_

import polars as pl

from encours.dunning.rules.frames import Moment
from encours.dunning.rules.reasons import CODES, Reason, coded
from encours.dunning.rules.scenario import EVENTS, Scenario, Step


def window_days(scenario: Scenario) -> int:
    """Return how long before its due date a line enters the scenario."""
    return -scenario.pre_due.offset_days if scenario.pre_due else 0


def first_on(scenario: Scenario, moment: Moment) -> pl.Expr:
    """Return the day of a line's first step; null when the scenario has no ladder."""
    if not scenario.ladder:
        return pl.lit(None, pl.Date)
    return falls_on(scenario.ladder[0], moment)


def falls_on(step: Step, moment: Moment) -> pl.Expr:
    """Return the day of a step that is counted from the due date, or from an event.

    Reads `due_on`, or `<event>_on`. In working days, a day off counts as the next working day.
    """
    if step.anchor in EVENTS:
        start = pl.col(f"{step.anchor}_on")
    elif step.anchor == "month_end":
        start = pl.col("due_on").dt.month_end()
    else:
        start = pl.col("due_on")
    return _later(start, step, moment)


def _later(start: pl.Expr, step: Step, moment: Moment) -> pl.Expr:
    if step.days == "calendar":
        return start + pl.duration(days=step.offset_days)
    return start.dt.add_business_days(
        step.offset_days, holidays=sorted(moment.holidays), roll="forward"
    )


def with_rung(lines: pl.DataFrame, scenario: Scenario, moment: Moment) -> pl.DataFrame:
    """Add `rung` (the next one, null: none left) and `rung_on` (the day it falls).

    Reads `due_on`, `level` (highest rung that listed the line), `done` (bits of the account), and
    where the scenario has them `passed` (bits passed over), `<event>_on`, `account_said_on`,
    `is_pending`.
    """
    if not scenario.ladder:
        return lines.with_columns(rung=pl.lit(None, pl.Int32), rung_on=pl.lit(None, pl.Date))
    undone = [
        pl.when(_fits(rung, steps) & (pl.col("level") < rung) & (pl.col("done") & (1 << rung) == 0))
        .then(rung)
        .alias(f"rung_{rung}")
        for rung, steps in scenario.alternatives.items()
    ]
    lines = lines.with_columns(rung=pl.min_horizontal(undone))
    if not scenario.is_plain:
        return lines.with_columns(rung_on=_rung_on(scenario, moment))
    offsets = {scenario.rungs[step.code]: step.offset_days for step in scenario.ladder}
    days = pl.col("rung").replace_strict(offsets, default=None, return_dtype=pl.Int64)
    return lines.with_columns(rung_on=pl.col("due_on") + pl.duration(days=days))


def _fits(rung: int, steps: tuple[Step, ...]) -> pl.Expr:
    """Say whether the line may come to that place: not passed over, its event happened."""
    asked = []
    if all(step.has_conditions for step in steps):
        asked.append(pl.col("passed") & (1 << rung) == 0)
    asked += [pl.col(f"{step.anchor}_on").is_not_null() for step in steps if step.anchor in EVENTS]
    return reduce(and_, asked, pl.lit(True))


def _rung_on(scenario: Scenario, moment: Moment) -> pl.Expr:
    """Return the day of the next step, each counted as it says.

    « After the step before » counts from what the line was last listed in, else from what its
    account was last told, else, when nothing was ever said, from the day of the step before. What
    was reserved and has not left is waited for.
    """
    said_on = pl.coalesce(pl.when(pl.col("level") > 0).then("level_on"), "account_said_on")
    tomorrow = pl.lit(moment.today + timedelta(days=1))
    days = dict[int, pl.Expr]()
    before = falls_on(scenario.ladder[0], moment)
    for rung, (step, *_others) in scenario.alternatives.items():
        if step.anchor == "previous":
            counted = _later(pl.coalesce(said_on, before), step, moment)
            before = pl.when("is_pending").then(pl.max_horizontal(counted, tomorrow))
            before = before.otherwise(counted)
        elif step.anchor in EVENTS:
            days[rung] = falls_on(step, moment)
            continue
        else:
            before = falls_on(step, moment)
        days[rung] = before
    return pl.coalesce(pl.when(pl.col("rung") == rung).then(on) for rung, on in days.items())


def with_dues(lines: pl.DataFrame, scenario: Scenario, moment: Moment) -> pl.DataFrame:
    """Add `begun` (on the ladder today), `is_due`, the line's own `hold` and its `next_on`.

    A formal notice takes only lines that its last reminder listed, of a debtor whose class is
    known, once the first reminder has had time to be read (C. civ. 1344; design.md, part 4).
    """
    today, formal = moment.today, scenario.formal_rung
    begun = begins(today)
    is_formal = (pl.col("rung") == formal).fill_null(False)
    missed = is_formal & (pl.col("level") < _needed(scenario))
    old = (pl.col("rung_on") <= today).fill_null(False)
    read_on = pl.col("first_reminder_on") + pl.duration(days=scenario.formal_notice_gap_days)
    reached = is_formal & old & ~missed
    unread = reached & ~(read_on <= today).fill_null(False)
    unknown = reached & (pl.col("known_class") == "unknown")
    stuck = pl.min_horizontal(
        coded(pl.col("rung").is_null() | missed, Reason.LADDER_DONE),
        coded(unknown, Reason.UNKNOWN_CLASS),
        coded(unread, Reason.TOO_SOON),
    )
    return (
        lines.with_columns(begun=begun, hold=pl.when(begun).then(stuck).otherwise("hold"))
        .with_columns(is_due=pl.col("begun") & pl.col("hold").is_null() & old)
        .with_columns(
            next_on=pl.when(~pl.col("begun"))
            .then("first_on")
            .when(pl.col("hold").is_null())
            .then("rung_on")
            .when(pl.col("hold") == CODES[Reason.TOO_SOON])
            .then(read_on)
        )
    )


def begins(today: date) -> pl.Expr:
    """Say whether a line is on the ladder: free, old enough for the first step, not in a message.

    Reads `hold`, `first_on`, `reserved`.
    """
    old = (pl.col("first_on") <= today).fill_null(False)
    return pl.col("hold").is_null() & old & ~pl.col("reserved")


def _needed(scenario: Scenario) -> pl.Expr:
    """Return the last reminder that the line had to be listed in: passed-over ones are not."""
    rungs = {
        rung: _fits(rung, steps)
        for rung, steps in scenario.alternatives.items()
        if steps[0].kind == "reminder"
    }
    if not any(_may_pass(scenario.alternatives[rung]) for rung in rungs):
        return pl.lit(scenario.last_reminder_rung)
    return pl.max_horizontal([pl.when(fits).then(rung) for rung, fits in rungs.items()])


def _may_pass(steps: tuple[Step, ...]) -> bool:
    return all(step.has_conditions for step in steps)


def pre_due_lines(scenario: Scenario, today: date) -> pl.Expr:
    """Say which lines call for a notice before their due date; it lapses on that day.

    Reads `hold`, `due_on`, `noticed`, `reserved`, and `pre_due_done` of the account's cycle.
    """
    opens_on = pl.lit(today + timedelta(days=window_days(scenario)))
    near = (pl.col("due_on") > today) & (pl.col("due_on") <= opens_on)
    fresh = ~pl.col("noticed") & ~pl.col("reserved") & ~pl.col("pre_due_done")
    return near & fresh & pl.col("hold").is_null()
