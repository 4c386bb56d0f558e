"""Messages: one per account and day at most, its due lines in it, and what may hold it whole."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import polars as pl

from encours.dunning.rules import routes
from encours.dunning.rules.accounts import minimum
from encours.dunning.rules.agency import POSTED
from encours.dunning.rules.branches import is_out_of_bounds
from encours.dunning.rules.frames import Mode, Moment
from encours.dunning.rules.reasons import CODES, Reason, coded
from encours.dunning.rules.scenario import Scenario
from encours.kernel.dates import is_working_day, next_working_day

MESSAGE: Final = (
    "account",
    "customer_id",
    "currency",
    "step",
    "step_name",
    "rank",
    "kind",
    "cycle",
    "channel",
    "approval",
    "amount_cents",
    "covered_cents",
    "line_count",
    "said_rung",
    "said_on",
    "is_vip",
)
"""What `messages` returns of each message that leaves."""


def claims(lines: pl.DataFrame, known: pl.DataFrame, scenario: Scenario) -> pl.DataFrame:
    """Mark the lines of today's reminders with `step` and `listed`; `known` = their accounts.

    A message takes the highest step due among the lines of its account and lists every line that
    has begun the ladder; a formal notice lists only the lines that reached it.
    """
    codes = {rung: steps[0].code for rung, steps in scenario.alternatives.items()}
    step = pl.col("top").replace_strict(codes, default=None, return_dtype=pl.String)
    called = lines.lazy().filter("is_due").group_by("account").agg(top=pl.col("rung").max())
    tops = _taken(called.with_columns(step=step).collect(), known)
    formal = pl.col("top") == scenario.formal_rung
    listed = (
        pl.when(formal)
        .then(pl.col("is_due") & (pl.col("rung") == pl.col("top")))
        .otherwise(pl.col("begun") & (pl.col("level") < pl.col("top")))
    )
    return lines.join(tops, on="account", how="left").with_columns(listed=listed)


def _taken(tops: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Put the alternative that each account takes where a place has several."""
    taken = [name for name in known.columns if name.startswith("take_")]
    if not taken:
        return tops
    mine = tops.join(known.select("account", *taken), on="account", how="left")
    chosen = [
        pl.when(pl.col("top") == int(name.removeprefix("take_"))).then(name) for name in taken
    ]
    return mine.with_columns(step=pl.coalesce(*chosen, "step")).drop(taken)


def messages(
    listed: pl.DataFrame, accounts: pl.DataFrame, scenario: Scenario, moment: Moment
) -> pl.DataFrame:
    """Return one message per account of these lines, with `hold` when it may not leave today.

    Reads `account`, `step`, `open_cents`, `covered_cents`, `triage`. Thank-yous and statements
    claim nothing: no minimum, no spacing. Adds `channel` (`routes.channel`) and `next_on` of what
    only waits.
    """
    whole = listed.group_by("account").agg(
        pl.col("step").first(),
        amount_cents=pl.col("open_cents").sum(),
        covered_cents=pl.col("covered_cents").sum(),
        line_count=pl.len(),
        letter_only=(pl.col("triage") == "letter").any(),
    )
    return (
        whole.join(accounts, on="account")
        .join(steps_frame(scenario), on="step")
        .with_columns(
            channel=routes.channel(scenario),
            approval=pl.when("is_vip").then(pl.lit("each")).otherwise("approval"),
        )
        .with_columns(hold=pl.min_horizontal(_holds(scenario, moment)))
        .with_columns(next_on=_next_on(scenario, moment))
    )


def steps_frame(scenario: Scenario) -> pl.DataFrame:
    """Return the steps as a frame: what a message reads of its step."""
    schema = pl.Schema(
        {
            "step": pl.String,
            "step_name": pl.String,
            "rank": pl.Int16,
            "kind": pl.String,
            "approval": pl.String,
        }
    )
    rows = [(step.code, step.name, step.rank, step.kind, step.approval) for step in scenario.steps]
    return pl.DataFrame(rows, schema=schema, orient="row")


def next_contact_on(scenario: Scenario) -> pl.Expr:
    """Return the first day on which the account may be written to again."""
    return pl.col("last_on") + pl.duration(days=scenario.min_spacing_days)


def _holds(scenario: Scenario, moment: Moment) -> list[pl.Expr]:
    claims_money = ~pl.col("kind").is_in(["thank_you", "statement"])
    left = pl.col("amount_cents") - pl.col("covered_cents")
    soon = next_contact_on(scenario) > moment.today
    working = is_working_day(moment.today, moment.holidays)
    return [
        coded(_without_agency(scenario, moment), Reason.NO_AGENCY),
        coded(pl.col("channel").is_null() | _unposted(scenario), Reason.NO_CONTACT),
        coded(claims_money & (left < minimum(scenario)), Reason.BELOW_MINIMUM),
        coded(_out_of_bounds(scenario), Reason.OUT_OF_BOUNDS),
        coded(claims_money & soon, Reason.TOO_SOON),
        coded(pl.lit(moment.is_stale(scenario.stale_after_hours)), Reason.STALE),
        coded(pl.lit(moment.mode is Mode.STOPPED), Reason.NOT_LIVE),
        coded(pl.lit(not working), Reason.NON_WORKING_DAY),
        coded(pl.col("country").is_in(list(_closed(moment))), Reason.DEBTOR_HOLIDAY),
    ]


def _without_agency(scenario: Scenario, moment: Moment) -> pl.Expr:
    """Say whether a collector would write the step, and none may (law-fr 4.2 to 4.4)."""
    asked = [step.code for step in scenario.steps if step.sender == "agency"]
    if moment.has_agency or not asked:
        return pl.lit(False)
    return pl.col("step").is_in(asked)


def _unposted(scenario: Scenario) -> pl.Expr:
    """Say whether a letter that a collector has to post would leave by e-mail alone (R124-4)."""
    asked = [
        step.code
        for step in scenario.steps
        if step.sender == "agency" and POSTED & set(step.channels)
    ]
    if not asked:
        return pl.lit(False)
    return pl.col("step").is_in(asked) & ~pl.col("channel").str.contains("letter|registered")


def _out_of_bounds(scenario: Scenario) -> pl.Expr:
    """Say whether the amount is out of the bounds of a step that nothing else comes after."""
    bounded = [step for step in scenario.steps if step.minimum_cents or step.maximum_cents]
    out = [
        (pl.col("step") == step.code) & is_out_of_bounds(step, pl.col("amount_cents"))
        for step in bounded
    ]
    return pl.any_horizontal(pl.lit(False), *out)


def _next_on(scenario: Scenario, moment: Moment) -> pl.Expr:
    tomorrow = moment.today + timedelta(days=1)
    return (
        pl.when(pl.col("hold") == CODES[Reason.TOO_SOON])
        .then(next_contact_on(scenario))
        .when(pl.col("hold") == CODES[Reason.NON_WORKING_DAY])
        .then(pl.lit(next_working_day(tomorrow, moment.holidays)))
        .when(pl.col("hold") == CODES[Reason.DEBTOR_HOLIDAY])
        .then(
            pl.col("country").replace_strict(
                _closed(moment) or {"": None}, default=None, return_dtype=pl.Date
            )
        )
    )


def _closed(moment: Moment) -> dict[str, date]:
    """Return the countries where today is a day off, and when people are back at work there."""
    tomorrow = moment.today + timedelta(days=1)
    return {
        country: next_working_day(tomorrow, days | moment.holidays)
        for country, days in moment.abroad.items()
        if moment.today in days
    }


def settle(
    lines: pl.DataFrame, messages: pl.DataFrame, scenario: Scenario, moment: Moment
) -> pl.DataFrame:
    """Give each line of `messages` its fate: `planned`, or the message's own hold.

    `messages` has `account`, `hold`, `next_on`. A line that is due while another step of its
    account leaves today waits for the next contact.
    """
    fate = messages.select(
        "account", message_hold="hold", message_on="next_on", has_message=pl.lit(True)
    )
    again_on = moment.today + timedelta(days=scenario.min_spacing_days)
    touched = pl.col("listed") | pl.col("is_due")
    leaves = pl.col("has_message").fill_null(False) & pl.col("message_hold").is_null()
    stays = touched & pl.col("message_hold").is_not_null()
    put_off = pl.col("is_due") & ~pl.col("listed") & leaves
    too_soon = pl.lit(CODES[Reason.TOO_SOON], pl.UInt8)
    return (
        lines.join(fate, on="account", how="left")
        .with_columns(
            planned=pl.col("listed") & leaves,
            hold=pl.when(stays).then("message_hold").when(put_off).then(too_soon).otherwise("hold"),
            next_on=pl.when(stays)
            .then("message_on")
            .when(put_off)
            .then(pl.lit(again_on))
            .otherwise("next_on"),
        )
        .drop("message_hold", "message_on", "has_message")
    )
