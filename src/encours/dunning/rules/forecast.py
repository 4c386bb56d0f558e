"""The days to come: what would leave if messages left as planned and nobody paid."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

import polars as pl

from encours.dunning.rules import planner
from encours.dunning.rules.frames import LISTINGS, MESSAGES, Ledger, Moment, conform
from encours.dunning.rules.planner import PLANNED, Decision
from encours.dunning.rules.scenario import Scenario
from encours.kernel.dates import is_working_day

DAYS: Final = 30

FORECAST: Final = pl.Schema(
    {
        "on": pl.Date,
        "step": pl.String,
        "currency": pl.String,
        "messages": pl.UInt32,
        "lines": pl.UInt32,
        "amount_cents": pl.Int64,
    }
)
"""One row per day, step and currency; days without any message have none."""


def forecast(
    ledger: Ledger, scenario: Scenario, moment: Moment, *, days: int = DAYS
) -> pl.DataFrame:
    """Count, day by day from today, what the planner would let leave; data counts as fresh."""
    told = [pl.DataFrame(schema=FORECAST)]
    for shift in range(days):
        day = replace(moment, today=moment.today + timedelta(days=shift), allow_stale=True)
        if not is_working_day(day.today, day.holidays):
            continue
        decision = planner.decide(ledger, scenario, day)
        told.append(_counted(decision, day))
        ledger = after(ledger, decision, day)
    return pl.concat(told)


def after(ledger: Ledger, decision: Decision, moment: Moment) -> Ledger:
    """Return the ledger once the messages of the decision have left that day."""
    known = ledger.messages["message_id"].max()
    first = known + 1 if isinstance(known, int) else 1
    left = decision.messages.with_columns(
        message_id=pl.int_range(pl.len()) + first,
        planned_on=pl.lit(moment.today),
        sent_on=pl.lit(moment.today),
    )
    listed = pl.concat(
        [
            decision.lines.filter(pl.col("status") == PLANNED).select("account", "instalment_id"),
            decision.thanked.select("account", "instalment_id"),
        ]
    )
    listings = listed.join(left.select("account", "message_id"), on="account")
    return replace(
        ledger,
        messages=pl.concat([ledger.messages, conform(left, MESSAGES)]),
        listings=pl.concat([ledger.listings, conform(listings, LISTINGS)]),
    )


def _counted(decision: Decision, moment: Moment) -> pl.DataFrame:
    counts = (
        decision.messages.group_by("rank", "step", "currency")
        .agg(
            messages=pl.len(),
            lines=pl.col("line_count").sum(),
            amount_cents=pl.col("amount_cents").sum(),
        )
        .sort("rank", "currency")
        .with_columns(on=pl.lit(moment.today))
    )
    return conform(counts, FORECAST)
