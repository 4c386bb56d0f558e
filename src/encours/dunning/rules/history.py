"""What was already said: to each due line, and to each account in its current cycle."""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from encours.dunning.rules.frames import Ledger
from encours.dunning.rules.keys import Keys
from encours.dunning.rules.scenario import Scenario

_DAYS: Final = 1_000_000  # a rung and a day packed in one number, so that one max() finds both


def with_rungs(messages: pl.DataFrame, scenario: Scenario) -> pl.DataFrame:
    """Add what each message was: `rung` (0: not a claim), `is_pre_due`, `is_thanks`, `mark`.

    `mark` packs the rung with the day on which it was said, sent or at least planned.
    """
    codes = {
        kind: [step.code for step in scenario.steps if step.kind == kind] for kind in _COURTESY
    }
    rung = pl.col("step").replace_strict(scenario.rungs, default=0, return_dtype=pl.Int64)
    said_on = pl.coalesce("sent_on", "planned_on").cast(pl.Int32).cast(pl.Int64)
    return messages.with_columns(
        rung=rung,
        is_pre_due=pl.col("step").is_in(codes["pre_due"]),
        is_thanks=pl.col("step").is_in(codes["thank_you"]),
    ).with_columns(mark=pl.when(pl.col("rung") > 0).then(pl.col("rung") * _DAYS + said_on))


_COURTESY: Final = ("pre_due", "thank_you")


def line_history(ledger: Ledger, scenario: Scenario, today: date) -> pl.DataFrame:
    """Return what was said about each due line: one row per listed line.

    `level` = highest rung that listed it, `level_on` = when, `first_reminder_on` = first reminder
    (not a formal notice, of an active step or not) really sent, `noticed` = a pre-due notice
    listed it, `reserved` = a message of today lists it.
    """
    reminder = pl.col("step").is_in(scenario.reminder_codes)
    said = with_rungs(ledger.messages, scenario).select(
        "message_id",
        "mark",
        "is_pre_due",
        reminded_on=pl.when(reminder).then("sent_on"),
        is_today=pl.col("planned_on") == today,
    )
    return (
        ledger.listings.join(said, on="message_id", how="inner")
        .group_by("instalment_id")
        .agg(
            mark=pl.col("mark").max(),
            first_reminder_on=pl.col("reminded_on").min(),
            noticed=pl.col("is_pre_due").max(),
            reserved=pl.col("is_today").max(),
        )
        .select(
            "instalment_id",
            *unpacked("mark", "level", "level_on"),
            "first_reminder_on",
            "noticed",
            "reserved",
        )
    )


def account_history(ledger: Ledger, scenario: Scenario, keys: Keys) -> pl.DataFrame:
    """Return what was said to each account: one row per `key` of an account with a message.

    `last_on` = its last message of any kind; and of its last cycle only: `cycle`, `cycle_last_on`,
    `cycle_first_on`, `done` (a bit per rung that left, the lowest for what claimed nothing),
    `pre_due_done`, `said_rung`, `said_on` (highest rung), `is_pending` (a claim has not left yet).
    """
    bit = pl.lit(2, pl.Int64).pow(pl.col("rung")).cast(pl.Int64)
    claims = ledger.messages.filter(pl.col("cycle") > 0)  # below: statements, of no cycle
    said = with_rungs(claims, scenario).with_columns(bit=bit, key=keys.key)
    last = said.group_by("key").agg(cycle=pl.col("cycle").max(), last_on=pl.col("planned_on").max())
    now = said.join(last.select("key", now="cycle"), on="key").filter(
        pl.col("cycle") == pl.col("now")
    )
    cycle = (
        now.group_by("key")
        .agg(
            cycle_last_on=pl.col("planned_on").max(),
            cycle_first_on=pl.col("planned_on").min(),
            is_pending=(pl.col("is_pending") & (pl.col("rung") > 0)).any(),
            done=pl.col("bit").bitwise_or(),
            pre_due_done=pl.col("is_pre_due").max(),
            mark=pl.col("mark").max(),
        )
        .with_columns(unpacked("mark", "said_rung", "said_on"))
        .drop("mark")
    )
    return last.join(cycle, on="key", how="left")


def unpacked(mark: str, rung: str, day: str) -> list[pl.Expr]:
    """Take a rung and its day apart again."""
    return [
        (pl.col(mark) // _DAYS).fill_null(0).alias(rung),
        (pl.col(mark) % _DAYS).cast(pl.Int32).cast(pl.Date).alias(day),
    ]
