"""Cycles: how long an account goes on climbing the same ladder.

A cycle lasts until nothing overdue is open for that customer and currency (design.md, part 4);
what is held for good, or smaller than the scenario's minimum, is not waited for. The unique key
of a message (account, step, cycle) makes every step leave once a cycle.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import polars as pl

from encours.dunning.rules.frames import ACCOUNT

_DAYS: Final = 1_000_000  # two days packed in one number, so that one max() finds both

SPANS: Final = pl.Schema(
    {
        "customer_id": pl.Int64,
        "currency": pl.String,
        "from_on": pl.Date,  # first day late: the day after the due date
        "until_on": pl.Date,  # first day on which it no longer was; null: still open
    }
)
"""When something overdue was open: one row per due line that can be claimed (a number, a sure due
date, a class of document that is a claim).

A span ends when the line is settled (or falls under the minimum), or when the standing fact that
sets it apart **today** begins; of accounts without any message, none is needed.
"""


def last_clear(spans: pl.DataFrame, today: date) -> pl.DataFrame:
    """Return, by account, the last day up to `today` on which nothing overdue was open.

    Spans are merged into unbroken stretches; the day before the last stretch is the answer, or
    today when that stretch is over.
    """
    ends = (
        pl.col("until_on")
        .fill_null(today + timedelta(days=1))
        .clip(upper_bound=today + timedelta(days=1))
    )
    late = spans.with_columns(until_on=ends).filter(pl.col("from_on") < pl.col("until_on"))
    late = (
        _last_and_before(late)
        .sort(*ACCOUNT, "from_on")
        .with_columns(reached=pl.col("until_on").cum_max().over(ACCOUNT))
    )
    before = pl.col("reached").shift(1).over(ACCOUNT)
    breaks = late.filter(before.is_null() | (pl.col("from_on") > before))
    over = pl.col("reached") <= today
    return (
        breaks.group_by(ACCOUNT)
        .agg(start=pl.col("from_on").max())
        .join(late.group_by(ACCOUNT).agg(pl.col("reached").max()), on=ACCOUNT)
        .select(
            *ACCOUNT,
            cleared_on=pl.when(over)
            .then(pl.lit(today))
            .otherwise(pl.col("start") - pl.duration(days=1)),
        )
    )


def _last_and_before(late: pl.DataFrame) -> pl.DataFrame:
    """Return one span for those that the last one covers, and those that began before it.

    The span that ends last hides every one that begins with or after it: mostly all of them.
    """
    until, since = (pl.col(name).cast(pl.Int32).cast(pl.Int64) for name in ("until_on", "from_on"))
    packed = late.group_by(ACCOUNT).agg(mark=(until * _DAYS + _DAYS - 1 - since).max())
    last = packed.select(
        *ACCOUNT,
        from_on=(_DAYS - 1 - pl.col("mark") % _DAYS).cast(pl.Int32).cast(pl.Date),
        until_on=(pl.col("mark") // _DAYS).cast(pl.Int32).cast(pl.Date),
    )
    starts = last.select(*ACCOUNT, last_from_on="from_on")
    before = late.join(starts, on=ACCOUNT).filter(pl.col("from_on") < pl.col("last_from_on"))
    return pl.concat([last, before.select(last.columns)])


def is_over() -> pl.Expr:
    """Say whether the account's last cycle is over: clear since its last message, or clear now.

    Reads `keeps` (something overdue is still claimed today), `cleared_on`, `cycle_last_on`.
    """
    since = (pl.col("cleared_on") >= pl.col("cycle_last_on")).fill_null(False)
    return since | ~pl.col("keeps")
