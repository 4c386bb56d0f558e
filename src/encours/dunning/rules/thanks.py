"""Thank-yous: a payment that followed a reminder and left nothing overdue is worth a word."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import polars as pl

from encours.dunning.rules import history
from encours.dunning.rules.frames import ACCOUNT, Ledger, Moment
from encours.dunning.rules.scenario import Scenario

SCHEMA: Final = pl.Schema(
    {
        "account": pl.UInt32,
        "instalment_id": pl.Int64,
        "document": pl.String,
        "due_on": pl.Date,
        "settled_on": pl.Date,
        "said_rung": pl.Int64,
        "said_on": pl.Date,
        "cycle": pl.Int32,
        "step": pl.String,
        "open_cents": pl.Int64,
        "covered_cents": pl.Int64,
        "triage": pl.String,
    }
)
"""Settled lines to thank for, shaped as lines that claim nothing more.

`cycle` is the one whose reminder the payment answered.
"""


def thanked_lines(
    ledger: Ledger, accounts: pl.DataFrame, scenario: Scenario, moment: Moment
) -> pl.DataFrame:
    """Return the settled lines that call for a thank-you today.

    The payment came on the day of a reminder that was sent or after it, nothing overdue is still
    claimed, no fact holds the customer, the account got no message today, the cycle no thank-you.
    """
    step = scenario.thank_you
    if step is None or ledger.settled.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    since = moment.today - timedelta(days=step.lapse_days)
    ready_on = moment.today - timedelta(days=step.offset_days)
    said = history.with_rungs(ledger.messages, scenario)
    thanked = said.filter("is_thanks").select(*ACCOUNT, "cycle")
    claimed = said.filter((pl.col("rung") > 0) & pl.col("sent_on").is_not_null())
    quiet = accounts.filter(
        ~pl.col("keeps") & pl.col("account_hold").is_null() & (pl.col("last_on") < moment.today)
    )
    return (
        ledger.settled.filter(pl.col("settled_on").is_between(since, ready_on))
        .join(ledger.listings, on="instalment_id")
        .join(claimed.select("message_id", "cycle", "rung", "sent_on", "mark"), on="message_id")
        .filter(pl.col("settled_on") >= pl.col("sent_on"))
        .sort("cycle", "mark")
        .unique("instalment_id", keep="last")
        .join(thanked, on=[*ACCOUNT, "cycle"], how="anti")
        .join(quiet.select("account", *ACCOUNT), on=ACCOUNT)
        .filter(pl.col("cycle") == pl.col("cycle").max().over("account"))
        .select(
            "account",
            "instalment_id",
            "document",
            "due_on",
            "settled_on",
            said_rung="rung",
            said_on="sent_on",
            cycle="cycle",
            step=pl.lit(step.code),
            open_cents=pl.lit(0, pl.Int64),
            covered_cents=pl.lit(0, pl.Int64),
            triage=pl.lit(None, pl.String),
        )
    )
