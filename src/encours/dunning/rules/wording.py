"""What a plan says: its frames as they are shown, with the French sentence of each decision."""

from __future__ import annotations

from typing import Final

import polars as pl

from encours.dunning.rules import reasons
from encours.dunning.rules.branches import passed_over
from encours.dunning.rules.cover import OLDEST_FIRST
from encours.dunning.rules.frames import ACCOUNT, Moment
from encours.dunning.rules.reasons import CODES, Reason, french_day
from encours.dunning.rules.scenario import Scenario

MESSAGES: Final = pl.Schema(
    {
        "customer_id": pl.Int64,
        "currency": pl.String,
        "step": pl.String,
        "rank": pl.Int16,
        "kind": pl.String,
        "cycle": pl.Int32,
        "channel": pl.String,  # scenario.JOINED, one or several joined by +
        "approval": pl.String,  # auto, manual, each
        "amount_cents": pl.Int64,  # Σ open of the lines
        "covered_cents": pl.Int64,  # of which money received and not yet allocated
        "line_count": pl.UInt32,
        "reason": pl.String,
    }
)
"""Messages that leave today, by customer and currency."""

PLANNED: Final = pl.Schema(
    {
        "customer_id": pl.Int64,
        "currency": pl.String,
        "step": pl.String,
        "rank": pl.Int16,  # what the line reached by being listed
        "instalment_id": pl.Int64,
        "document": pl.String,
        "due_on": pl.Date,
        "open_cents": pl.Int64,
        "covered_cents": pl.Int64,
        "age": pl.Int64,  # days late; negative before the due date
        "is_due": pl.Boolean,  # this line called for the step; the others go along
    }
)
"""Lines of these messages, each message's own first, the oldest first."""

HELD: Final = pl.Schema(
    {
        "instalment_id": pl.Int64,
        "customer_id": pl.Int64,
        "currency": pl.String,
        "document": pl.String,
        "due_on": pl.Date,
        "open_cents": pl.Int64,
        "reason": pl.String,
        "sentence": pl.String,
        "next_on": pl.Date,  # when it may leave by itself; null: when somebody acts
    }
)
"""Lines that nobody is reminded of today although the scenario has reached them, by id."""

WAITING: Final = pl.Schema(
    {
        "instalment_id": pl.Int64,
        "customer_id": pl.Int64,
        "currency": pl.String,
        "document": pl.String,
        "due_on": pl.Date,
        "open_cents": pl.Int64,
        "next_on": pl.Date,  # the first working day on which a step may be due
    }
)
"""Lines for which no step is due yet, by id."""

RESERVED: Final = ("instalment_id", *ACCOUNT, "document", "due_on", "open_cents")
"""What is told of the lines that a message of today lists already, by id."""


def told(
    lines: pl.DataFrame,
    thanked: pl.DataFrame,
    messages: pl.DataFrame,
    known: pl.DataFrame,
    scenario: Scenario,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the messages with their reason, and their lines.

    The reason speaks of the oldest line that called for the step, and of the steps that it comes
    instead of; `known` = the accounts.
    """
    claimed = lines.select(*_ROW, "issued_on", "age", "is_due", "level", "level_on")
    answered = thanked.select(*_ROW, "settled_on", level="said_rung", level_on="said_on")
    rows = (
        pl.concat([claimed, answered], how="diagonal")
        .with_columns(pl.col("is_due").fill_null(True))
        .join(messages.drop("amount_cents", "covered_cents"), on="account")
        .sort("account", pl.col("is_due").not_(), *OLDEST_FIRST)
    )
    first = rows.unique("account", keep="first")
    reasons_told = first.select("account", reason=_reason(scenario))
    shown = messages.join(reasons_told, on="account", maintain_order="left")
    over = [name for name in known.columns if name.startswith("over_")]
    if over:
        shown = shown.join(
            known.select("account", *over), on="account", how="left", maintain_order="left"
        ).with_columns(
            reason=(pl.col("reason") + passed_over(scenario, known)).str.head(REASON_MAX)
        )
    return shown.select(MESSAGES.names()), rows.select(PLANNED.names())


def held(
    lines: pl.DataFrame, known: pl.DataFrame, scenario: Scenario, moment: Moment
) -> pl.DataFrame:
    """Return the held lines with their reason, its sentence, and when it may end by itself."""
    account = known.select("account", "said_rung", "said_on", "unallocated_cents")
    names = scenario.names
    own = pl.col("level") > 0
    rung = pl.when(own).then("level").otherwise("said_rung")
    on = pl.when(own).then("level_on").otherwise("said_on")
    said = pl.format(
        "{} du {}", rung.replace_strict(names, default=None, return_dtype=pl.String), french_day(on)
    )
    lines = lines.join(account, on="account", how="left").with_columns(
        last_said=said,
        money_cents="unallocated_cents",
        next_on=pl.when(pl.col("hold").is_in(_PASSES)).then(working_day(moment)),
    )
    return reasons.with_sentences(lines).select(HELD.names()).sort("instalment_id")


def waiting(lines: pl.DataFrame, moment: Moment) -> pl.DataFrame:
    """Return the waiting lines; a step that falls on a day off moves to the next working day."""
    shown = lines.with_columns(next_on=working_day(moment))
    return shown.select(WAITING.names()).sort("instalment_id")


def working_day(moment: Moment) -> pl.Expr:
    """Move `next_on` to a working day."""
    return pl.col("next_on").dt.add_business_days(
        0, holidays=sorted(moment.holidays), roll="forward"
    )


GUARDED: Final = " ; grand compte, à valider un par un"
REASON_MAX: Final = 300
"""What a reminder keeps of its reason."""

_ROW: Final = ("account", "instalment_id", "document", "due_on", "open_cents", "covered_cents")
_PASSES: Final = [
    CODES[reason]
    for reason in (
        Reason.TOO_SOON,
        Reason.TOO_MANY,
        Reason.SAME_ADDRESS,
        Reason.NON_WORKING_DAY,
        Reason.DEBTOR_HOLIDAY,
    )
]


def _reason(scenario: Scenario) -> pl.Expr:
    names = scenario.names
    own = pl.col("level").replace_strict(names, default=None, return_dtype=pl.String)
    theirs = pl.col("said_rung").replace_strict(names, default=None, return_dtype=pl.String)
    document, step = pl.col("document"), pl.col("step_name")
    before = (
        pl.when(pl.col("level") > 0)
        .then(pl.format("{} envoyée le {}", own, french_day(pl.col("level_on"))))
        .when(pl.col("said_rung") > 0)
        .then(pl.format("{} déjà envoyée au client le {}", theirs, french_day(pl.col("said_on"))))
        .otherwise(pl.lit("jamais relancée"))
    )
    late = pl.format("{} en retard de {}, {} : {}", document, _days("age"), before, step)
    notice = pl.format(
        "{} échoit le {}, dans {} : {}", document, french_day(pl.col("due_on")), _days("age"), step
    )
    paid = pl.format(
        "{} réglée le {} après {} du {} : {}",
        document,
        french_day(pl.col("settled_on")),
        own,
        french_day(pl.col("level_on")),
        step,
    )
    alone = (
        pl.when(pl.col("kind") == "pre_due")
        .then(notice)
        .when(pl.col("kind") == "thank_you")
        .then(paid)
        .when(pl.col("kind") == "statement")
        .then(pl.format("{} : {}", step, document))
        .otherwise(late)
    )
    others = pl.col("line_count") - 1
    guarded = pl.when("is_vip").then(pl.lit(GUARDED)).otherwise(pl.lit(""))
    return (
        alone
        + guarded
        + (
            pl.when(others == 0)
            .then(pl.lit(""))
            .when(others == 1)
            .then(pl.lit(" (avec une autre échéance)"))
            .otherwise(pl.format(" (avec {} autres échéances)", others))
        )
    )


def _days(age: str) -> pl.Expr:
    days = pl.col(age).abs()
    return pl.when(days == 1).then(pl.lit("1 jour")).otherwise(pl.format("{} jours", days))
