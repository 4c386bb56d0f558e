"""Money received and not yet allocated: which due lines it already pays.

Spread as the law would: the oldest due line first (C. civ. 1342-10, the debtor's interest taken as
equal in all), over the lines that could be claimed. A line that is paid whole is held; one that
is paid in part is claimed, and the message says what was received (`covered_cents`).
"""

from __future__ import annotations

import polars as pl

from encours.dunning.rules.reasons import CODES, Reason

OLDEST_FIRST = ("due_on", "issued_on", "document", "instalment_id")


def with_cover(lines: pl.DataFrame) -> pl.DataFrame:
    """Add `covered_cents`, and `hold` where the whole line is covered or in flight.

    Reads `account`, `hold`, `open_cents`, `unallocated_cents`, `in_flight_cents`, and the order.
    Money received comes before money on its way.
    """
    received = pl.col("unallocated_cents").clip(lower_bound=0)
    coming = pl.col("in_flight_cents").clip(lower_bound=0)
    free = pl.col("hold").is_null() | (pl.col("hold") == CODES[Reason.TRIAGE])
    before = pl.col("open_cents").cum_sum().over("account") - pl.col("open_cents")
    covered = (received - before).clip(0, pl.col("open_cents"))
    whole = (
        pl.when(received - before >= pl.col("open_cents"))
        .then(pl.lit(CODES[Reason.COVERED], pl.UInt8))
        .when(received + coming - before >= pl.col("open_cents"))
        .then(pl.lit(CODES[Reason.IN_FLIGHT], pl.UInt8))
    )
    shares = (
        lines.filter(free & (received + coming > 0))
        .select("account", *OLDEST_FIRST, "open_cents", "unallocated_cents", "in_flight_cents")
        .sort("account", *OLDEST_FIRST)
        .select("instalment_id", covered_cents=covered, cover_hold=whole)
    )
    return (
        lines.join(shares, on="instalment_id", how="left")
        .with_columns(
            hold=pl.min_horizontal("hold", "cover_hold"),
            covered_cents=pl.col("covered_cents").fill_null(0),
        )
        .drop("cover_hold")
    )
