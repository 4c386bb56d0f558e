"""Branches: the steps that do not fit an account today, and which of several alternatives it takes.

A step fits when it reaches the account, when the amount its message would ask is within its bounds,
and when the account did what the step wants and not what it excludes. One that does not fit is
passed over: it is neither done nor waited for, and it fits again the day its conditions hold, as
long as the account was told no later step: nobody goes down.
"""

from __future__ import annotations

from functools import reduce
from operator import and_, or_
from typing import Final

import polars as pl

from encours.dunning.rules import ladder, routes
from encours.dunning.rules.frames import ACCOUNT, Ledger, Moment
from encours.dunning.rules.scenario import EVENTS, Behaviour, Scenario, Step

WHY: Final = {
    "reach": "personne à joindre",
    "amount": "montant hors de ses bornes",
    "conduct": "selon ce qu'a fait le client",
}
"""Why a step was passed over, as a message's reason says it."""


def with_events(
    lines: pl.DataFrame, ledger: Ledger, scenario: Scenario, moment: Moment
) -> pl.DataFrame:
    """Add `<event>_on` for the events that the ladder counts from: the last one of each line.

    A promise or a plan that ended while the line is open was not kept. What ended before the line
    was last listed was already answered.
    """
    for event in EVENTS:
        if all(step.anchor != event for step in scenario.ladder):
            continue
        ended = ledger.facts.filter(
            (pl.col("kind") == _FACTS[event]) & (pl.col("ends_on") < moment.today)
        )
        whole = pl.col("instalment_id").is_null()
        last = pl.col("ends_on").max()
        own = ended.filter(~whole).group_by("instalment_id").agg(own_on=last)
        theirs = ended.filter(whole).group_by("customer_id").agg(their_on=last)
        on = pl.max_horizontal("own_on", "their_on")
        answered = (pl.col("level") > 0) & (pl.col("level_on") > on)
        lines = (
            lines.join(own, on="instalment_id", how="left")
            .join(theirs, on="customer_id", how="left")
            .with_columns(pl.when(~answered).then(on).alias(f"{event}_on"))
            .drop("own_on", "their_on")
        )
    return lines


_FACTS: Final = {"promise": "promise", "plan": "plan", "dispute_closed": "dispute"}


def with_branches(
    known: pl.DataFrame,
    lines: pl.DataFrame,
    ledger: Ledger,
    scenario: Scenario,
    moment: Moment,
) -> pl.DataFrame:
    """Add to the accounts `passed`, a bit per rung that does not fit, and `take_<rung>`.

    `take_<rung>` is the code of the alternative to take, where a rung has several; `over_<code>`
    says why a step does not fit, null when it does.
    """
    rungs = {
        rung: steps
        for rung, steps in scenario.alternatives.items()
        if len(steps) > 1 or any(step.has_conditions for step in steps)
    }
    if not rungs:
        return known
    known = _with_amounts(known, lines, scenario, moment)
    known = _with_conduct(known, ledger, scenario, moment)
    steps = [step for some in rungs.values() for step in some]
    known = known.with_columns(
        _misfit(
            step, scenario.rungs[step.code], several=len(rungs[scenario.rungs[step.code]]) > 1
        ).alias(f"over_{step.code}")
        for step in steps
    )
    passed = [
        pl.when(
            reduce(and_, (pl.col(f"over_{step.code}").is_not_null() for step in some))
            | ((pl.col("said_rung") > rung) & all(step.has_conditions for step in some))
        )
        .then(pl.lit(1 << rung, pl.Int64))
        .otherwise(pl.lit(0, pl.Int64))
        for rung, some in rungs.items()
    ]
    return known.with_columns(pl.sum_horizontal(passed).alias("passed"), *_taken(rungs))


def _taken(rungs: dict[int, tuple[Step, ...]]) -> list[pl.Expr]:
    """Return the first alternative that fits, by rung; where none does, the last."""
    return [
        pl.coalesce(
            *(pl.when(pl.col(f"over_{one.code}").is_null()).then(pl.lit(one.code)) for one in some),
            pl.lit(some[-1].code),
        ).alias(f"take_{rung}")
        for rung, some in rungs.items()
        if len(some) > 1
    ]


def _with_amounts(
    known: pl.DataFrame, lines: pl.DataFrame, scenario: Scenario, moment: Moment
) -> pl.DataFrame:
    """Add `amount_<rung>`: what a message of that rung would ask, all its lines together."""
    rungs = {
        scenario.rungs[step.code]
        for step in scenario.ladder
        if (step.minimum_cents or step.maximum_cents) and step.kind == "reminder"
    }
    if not rungs:
        return known
    listed = (
        lines.lazy()
        .filter(ladder.begins(moment.today))
        .group_by("account")
        .agg(
            pl.col("open_cents").filter(pl.col("level") < rung).sum().alias(f"amount_{rung}")
            for rung in rungs
        )
        .collect()
    )
    return known.join(listed, on="account", how="left").with_columns(
        pl.col(f"amount_{rung}").fill_null(0) for rung in rungs
    )


def _with_conduct(
    known: pl.DataFrame, ledger: Ledger, scenario: Scenario, moment: Moment
) -> pl.DataFrame:
    """Add `lately_<behaviour>` (since the last step) and `ever_<behaviour>` (in the cycle)."""
    asked = sorted(scenario.behaviours)
    if not asked:
        return known
    told = ledger.behaviours.filter(
        pl.col("behaviour").is_in(asked) & (pl.col("on") <= moment.today)
    ).select("customer_id", "behaviour", "on", of="currency")
    last = (
        known.select("key", *ACCOUNT)
        .join(told, on="customer_id")
        .filter(pl.col("of").is_null() | (pl.col("of") == pl.col("currency")))
        .group_by("key")
        .agg(pl.col("on").filter(pl.col("behaviour") == one).max().alias(one) for one in asked)
    )
    since = pl.coalesce(pl.when(pl.col("said_rung") > 0).then("said_on"), "cycle_last_on")
    since = pl.when(pl.col("is_running")).then(since)
    began = pl.when(pl.col("is_running")).then("cycle_first_on")
    return (
        known.join(last, on="key", how="left")
        .with_columns(
            *((pl.col(one) >= since).fill_null(False).alias(f"lately_{one}") for one in asked),
            *((pl.col(one) >= began).fill_null(False).alias(f"ever_{one}") for one in asked),
        )
        .drop(asked)
    )


def _misfit(step: Step, rung: int, *, several: bool) -> pl.Expr:
    """Return why the step does not fit, null when it does."""
    reasons = []
    if several or not step.is_written:
        ways = (routes.reached_by(one) for one in dict.fromkeys((*step.channels, *step.fallback)))
        reasons.append(pl.when(~reduce(or_, ways)).then(pl.lit(WHY["reach"])))
    if step.kind == "reminder" and (step.minimum_cents or step.maximum_cents):
        out = is_out_of_bounds(step, pl.col(f"amount_{rung}"))
        reasons.append(pl.when(out).then(pl.lit(WHY["amount"])))
    against = _against(step)
    if against:
        reasons.append(pl.when(reduce(or_, against)).then(pl.lit(WHY["conduct"])))
    return pl.coalesce(*reasons, pl.lit(None, pl.String))


def is_out_of_bounds(step: Step, amount: pl.Expr) -> pl.Expr:
    """Say whether an amount is under the step's minimum or over its maximum in its `currency`."""
    least = _by_currency(step.minimum_cents)
    most = _by_currency(step.maximum_cents)
    return (amount < least).fill_null(False) | (amount > most).fill_null(False)


def _by_currency(cents: object) -> pl.Expr:
    known = dict(cents) if isinstance(cents, dict) else {}
    return pl.col("currency").replace_strict(known or {"": 0}, default=None, return_dtype=pl.Int64)


def _against(step: Step) -> list[pl.Expr]:
    def lately(one: Behaviour) -> pl.Expr:
        return pl.col(f"lately_{one}")

    return [
        *(~lately(one) for one in step.when),
        *(lately(one) for one in step.unless),
        *(pl.col(f"ever_{one}") for one in step.stops),
    ]


def passed_over(scenario: Scenario, known: pl.DataFrame) -> pl.Expr:
    """Return, in French, the steps that a message passed over; "" for none.

    Reads `over_<code>`, `said_rung` of the account, and the message's own `step`.
    """
    rung = pl.col("step").replace_strict(scenario.rungs, default=0, return_dtype=pl.Int64)
    parts = [
        pl.when(
            pl.col(f"over_{step.code}").is_not_null()
            & (pl.col("step") != step.code)
            & (scenario.rungs[step.code] > pl.col("said_rung"))
            & (scenario.rungs[step.code] <= rung)
        ).then(pl.format("{} ({})", pl.lit(step.name), pl.col(f"over_{step.code}")))
        for step in scenario.ladder
        if f"over_{step.code}" in known.columns
    ]
    if not parts:
        return pl.lit("")
    told = pl.concat_str(parts, separator=", ", ignore_nulls=True)
    return pl.when(told == "").then(pl.lit("")).otherwise(pl.format(" ; sans {}", told))
