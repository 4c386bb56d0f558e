"""Why, and why not: every due line of one customer, with all that holds it and what comes next."""

from __future__ import annotations

from typing import Final

import polars as pl

from encours.dunning.rules import planner
from encours.dunning.rules.decision import HELD, PLANNED, RESERVED, WAITING
from encours.dunning.rules.frames import Ledger, Moment
from encours.dunning.rules.reasons import french_day
from encours.dunning.rules.scenario import Scenario

EXPLAINED: Final = pl.Schema(
    {
        "instalment_id": pl.Int64,
        "currency": pl.String,
        "document": pl.String,
        "due_on": pl.Date,
        "open_cents": pl.Int64,
        "status": pl.String,  # planned, reserved, held, waiting
        "step": pl.String,  # of the message, when planned
        "reason": pl.String,  # code, when held
        "sentence": pl.String,
        "next_on": pl.Date,
    }
)
"""One row per open due line of the customer, the oldest first."""


def explain(
    ledger: Ledger, scenario: Scenario, moment: Moment, *, customer_id: int
) -> pl.DataFrame:
    """Answer « pourquoi pas ? » for each open due line of the customer, from the same plan."""
    plan = planner.plan(ledger.of_customers([customer_id]), scenario, moment)
    keys = ["customer_id", "currency", "step"]
    claims = plan.planned.filter(pl.col("open_cents") > 0)
    leaving = claims.join(plan.messages.select(*keys, sentence="reason"), on=keys)
    parts = (
        (PLANNED, leaving),
        (HELD, plan.held),
        (WAITING, plan.waiting.with_columns(sentence=_waiting())),
        (RESERVED, plan.reserved.with_columns(sentence=pl.lit(RESERVED_SENTENCE))),
    )
    told = pl.concat(
        [pl.DataFrame(schema=EXPLAINED)]
        + [_part(lines.with_columns(status=pl.lit(status))) for status, lines in parts]
    )
    return told.sort("due_on", "instalment_id")


RESERVED_SENTENCE: Final = "Dans un message d'aujourd'hui."


def _waiting() -> pl.Expr:
    return pl.format("Aucune étape due avant le {}.", french_day(pl.col("next_on")))


def _part(lines: pl.DataFrame) -> pl.DataFrame:
    absent = [
        pl.lit(None, kind).alias(n) for n, kind in EXPLAINED.items() if n not in lines.columns
    ]
    return lines.with_columns(absent).select(EXPLAINED.names())
