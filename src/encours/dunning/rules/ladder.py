"""Which step a due line is at: the lowest one not yet done that it is old enough for.

Done is what the line was listed in, and what its account already got in this cycle: a line that
joins late never makes a step leave twice (docs/decisions, dunning cycles).
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from encours.dunning.rules.frames import Moment
from encours.dunning.rules.reasons import CODES, Reason, coded
from encours.dunning.rules.scenario import Scenario


def window_days(scenario: Scenario) -> int:
    """Return how long before its due date a line enters the scenario."""
    return -scenario.pre_due.offset_days if scenario.pre_due else 0


def with_rung(lines: pl.DataFrame, scenario: Scenario) -> pl.DataFrame:
    """Add `rung` (the next one, null: none left) and `rung_on` (the day it falls).

    Reads `due_on`, `level` (highest rung that listed the line), `done` (bits of the account).
    """
    offsets = {scenario.rungs[step.code]: step.offset_days for step in scenario.ladder}
    undone = [
        pl.when((pl.col("level") < rung) & (pl.col("done") & (1 << rung) == 0)).then(rung)
        for rung in offsets
    ]
    days = pl.col("rung").replace_strict(offsets, default=None, return_dtype=pl.Int64)
    return lines.with_columns(rung=pl.min_horizontal(undone)).with_columns(
        rung_on=pl.col("due_on") + pl.duration(days=days)
    )


def with_dues(lines: pl.DataFrame, scenario: Scenario, moment: Moment) -> pl.DataFrame:
    """Add `begun` (on the ladder today), `is_due`, the line's own `hold` and its `next_on`.

    A formal notice takes only lines that its last reminder listed, of a debtor whose class is
    known, once the first reminder has had time to be read (C. civ. 1344; design.md, part 4).
    """
    today, formal = moment.today, scenario.formal_rung
    first = scenario.ladder[0].offset_days
    begun = pl.col("hold").is_null() & (pl.col("age") >= first) & ~pl.col("reserved")
    is_formal = (pl.col("rung") == formal).fill_null(False)
    missed = is_formal & (pl.col("level") < scenario.last_reminder_rung)
    old = pl.col("rung_on") <= today
    read_on = pl.col("first_reminder_on") + pl.duration(days=scenario.formal_notice_gap_days)
    reached = is_formal & old & ~missed
    unread = reached & ~(read_on <= today).fill_null(False)
    unknown = reached & (pl.col("known_class") == "unknown")
    stuck = pl.min_horizontal(
        coded(pl.col("rung").is_null() | missed, Reason.LADDER_DONE),
        coded(unknown, Reason.UNKNOWN_CLASS),
        coded(unread, Reason.TOO_SOON),
    )
    first_on = pl.col("due_on") + pl.duration(days=first)
    return (
        lines.with_columns(begun=begun, hold=pl.when(begun).then(stuck).otherwise("hold"))
        .with_columns(is_due=pl.col("begun") & pl.col("hold").is_null() & old)
        .with_columns(
            next_on=pl.when(~pl.col("begun"))
            .then(first_on)
            .when(pl.col("hold").is_null())
            .then("rung_on")
            .when(pl.col("hold") == CODES[Reason.TOO_SOON])
            .then(read_on)
        )
    )


def pre_due_lines(scenario: Scenario, today: date) -> pl.Expr:
    """Say which lines call for a notice before their due date; it lapses on that day.

    Reads `hold`, `due_on`, `noticed`, `reserved`, and `pre_due_done` of the account's cycle.
    """
    opens_on = pl.lit(today + timedelta(days=window_days(scenario)))
    near = (pl.col("due_on") > today) & (pl.col("due_on") <= opens_on)
    fresh = ~pl.col("noticed") & ~pl.col("reserved") & ~pl.col("pre_due_done")
    return near & fresh & pl.col("hold").is_null()
