"""Statements of account: all that is open, due or not, told each month or each so many days.

They claim nothing and are no reminder: no step is done by one, no spacing counts from one. Their
`cycle` is below zero, a number of their day, so that one leaves once.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import polars as pl

from encours.dunning.rules import grouping
from encours.dunning.rules.frames import Ledger, Moment
from encours.dunning.rules.keys import Keys
from encours.dunning.rules.scenario import Scenario, Step
from encours.kernel.dates import add_working_days

EPOCH: Final = date(1970, 1, 1)


def stated(
    lines: pl.DataFrame,
    known: pl.DataFrame,
    busy: pl.DataFrame,
    scenario: Scenario,
    moment: Moment,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the lines, those of today's statements planned, and the statements that leave.

    Reads `guard`, what holds a line whatever the ladder says, and `statement_on` of the accounts.
    `busy` = accounts to which something else leaves today: their statement waits for tomorrow.
    """
    step = scenario.statement
    if step is None:
        return lines, known.clear()
    number, asks = _asks(step, moment)
    quiet = (pl.col("last_on") < moment.today).fill_null(True)
    due = known.filter(asks & quiet).join(busy, on="account", how="anti")
    free = pl.col("guard").is_null() & ~pl.col("reserved")
    listed = lines.filter(free & pl.col("account").is_in(due["account"].implode()))
    told = grouping.messages(listed.with_columns(step=pl.lit(step.code)), known, scenario, moment)
    leaving = told.filter(pl.col("hold").is_null()).with_columns(cycle=pl.lit(number, pl.Int32))
    mine = free & pl.col("account").is_in(leaving["account"].implode())
    return (
        lines.with_columns(
            planned=mine | pl.col("planned"),
            is_due=mine | pl.col("is_due"),
            hold=pl.when(~mine).then("hold"),
            next_on=pl.when(~mine).then("next_on"),
        ),
        leaving,
    )


def _asks(step: Step, moment: Moment) -> tuple[int, pl.Expr]:
    """Return the number of today's statement, and whether an account is due for it."""
    today, last = moment.today, pl.col("statement_on")
    if step.anchor == "previous":
        ready = pl.lit(today - timedelta(days=step.offset_days))
        return -(today - EPOCH).days, last.is_null() | (last <= ready)
    closed = today.replace(day=1) - timedelta(days=1)
    on = _from(closed, step, moment)
    is_day = on <= today <= on + timedelta(days=step.lapse_days)
    return -(on - EPOCH).days, pl.lit(is_day) & (last.is_null() | (last < on))


def _from(closed: date, step: Step, moment: Moment) -> date:
    if step.days == "working":
        return add_working_days(closed, step.offset_days, moment.holidays)
    return closed + timedelta(days=step.offset_days)


def with_last(known: pl.DataFrame, ledger: Ledger, keys: Keys, scenario: Scenario) -> pl.DataFrame:
    """Add `statement_on`, the day of each account's last statement."""
    told = ledger.messages.filter(pl.col("cycle") < 0).with_columns(key=keys.key)
    last = told.group_by("key").agg(statement_on=pl.col("planned_on").max())
    return known.join(last, on="key", how="left") if scenario.statement else known
