"""Cycles: how long an account goes on climbing the same ladder.

A cycle lasts until nothing overdue is open for that customer and currency (design.md, part 4);
what is held for good, or smaller than the scenario's minimum, is not waited for. The unique key
of a message (account, step, cycle) makes every step leave once a cycle.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from encours.dunning.rules.keys import Keys

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
    keys = Keys.of(spans)
    late = _late(spans, keys, today)
    known = late.group_by("key").agg(
        mark=(pl.col("until") * _DAYS + _DAYS - 1 - pl.col("since")).max(),
        first=pl.col("since").min(),
    )
    last = known.with_columns(
        since=_DAYS - 1 - pl.col("mark") % _DAYS, until=pl.col("mark") // _DAYS
    )
    return last.join(_starts(late, last), on="key", how="left").select(
        *keys.account,
        cleared_on=pl.when(pl.col("until") <= _number(today))
        .then(pl.lit(today))
        .otherwise((pl.coalesce("start", "since") - 1).cast(pl.Int32).cast(pl.Date)),
    )


def _late(spans: pl.DataFrame, keys: Keys, today: date) -> pl.DataFrame:
    """Return the spans of at least a day up to `today`: the account's key, days as numbers."""
    tomorrow = _number(today) + 1
    since, until = (pl.col(name).to_physical().cast(pl.Int64) for name in ("from_on", "until_on"))
    until = pl.min_horizontal(until, tomorrow)
    return (
        spans.lazy()
        .select(keys.key.alias("key"), since=since, until=until)
        .filter(pl.col("since") < pl.col("until"))
        .collect()
    )


def _starts(late: pl.DataFrame, last: pl.DataFrame) -> pl.DataFrame:
    """Return where the last stretch starts, of the accounts whose last span did not begin first.

    The span that ends last hides every one that begins with or after it: mostly all of them.
    """
    several = last.filter(pl.col("first") < pl.col("since")).select("key", "since", "until")
    before = late.join(several.select("key", last="since"), on="key")
    before = before.filter(pl.col("since") < pl.col("last")).select(several.columns)
    spans = pl.concat([several, before]).sort("key", "since")
    # the account comes first in the packed number, so that one cum_max() serves all of them
    reached = (pl.col("key") * _DAYS + pl.col("until")).cum_max().shift(1)
    breaks = (reached // _DAYS != pl.col("key")) | (pl.col("since") > reached % _DAYS)
    return spans.filter(breaks.fill_null(True)).group_by("key").agg(start=pl.col("since").max())


def _number(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def is_over() -> pl.Expr:
    """Say whether the account's last cycle is over: clear since its last message, or clear now.

    Reads `keeps` (something overdue is still claimed today), `cleared_on`, `cycle_last_on`.
    """
    since = (pl.col("cleared_on") >= pl.col("cycle_last_on")).fill_null(False)
    return since | ~pl.col("keeps")
