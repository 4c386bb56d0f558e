"""The figures of each customer, from what was known and effective on one day.

A line that money settled is an observation: its delay is the mean of its payments' days after the
due date, weighted by their amounts. What a credit note or a discount settles says nothing; a loss
counts at its own date, and never as on time. **Open lines count too**: past its due date, a
line is not on time; as soon as it is older than the mean of the payer's settled lines, it counts
in the mean at its age, as if it were paid today. Leaving it out would make the slowest payers
look better (science, closed-only bias). A line in dispute waits: it is owed, not late.

Short histories are drawn to those alike: the mean of recent payments (an observation weighs half
after `HALF_LIFE_DAYS`) is completed by `K_LINES` imaginary lines at the mean of the class, itself
completed by `K_CLASS` lines at the mean of the portfolio.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import polars as pl

from encours.kernel.dates import add_months
from encours.scoring.rules.frames import (
    BOUGHT,
    RETURNED,
    RETURNED_STATUSES,
    TRADE,
    History,
)

HALF_LIFE_DAYS: Final = 183
K_LINES: Final = 5
K_CLASS: Final = 20
TREND_LINES: Final = 3
"""Lines needed on both sides of six months before a trend is told."""
RECENT_MONTHS: Final = 6
YEAR_MONTHS: Final = 12
LAST: Final = 3
_UNIT: Final = 1024
_GONE: Final = 40 * HALF_LIFE_DAYS
"""What an observation of now weighs, in whole parts; one of 20 years ago weighs nothing."""

FIGURES: Final = pl.Schema(
    {
        "customer_id": pl.Int64,
        "currency": pl.String,
        "settled_lines": pl.Int64,
        "scored_lines": pl.Int64,  # those, and the open lines that count in the mean
        "mean_tenths": pl.Int64,  # tenths of days, weighted by amounts; null: no observation
        "last_tenths": pl.Int64,  # the last three settled
        "last_delays": pl.String,  # « 9 14 15 », the oldest first
        "expected_tenths": pl.Int64,  # recent mean drawn to those alike: what profiles look at
        "trend_tenths": pl.Int64,  # six months against before; above zero: slower
        "recent_tenths": pl.Int64,
        "spread_tenths": pl.Int64,  # standard deviation of the lines' delays
        "on_time_percent": pl.Int64,  # of lines; null: none due yet
        "on_time_amount_percent": pl.Int64,
        "oldest_overdue_days": pl.Int64,  # 0: nothing overdue
        "late_days": pl.Int64,  # the same, disputed lines left out
        "overdue_lines": pl.Int64,
        "open_cents": pl.Int64,
        "overdue_cents": pl.Int64,
        "disputes": pl.Int64,  # begun in twelve months
        "broken_promises": pl.Int64,  # ended in twelve months, with something still owed
        "returned_debits": pl.Int64,  # in twelve months
        "volume_cents": pl.Int64,  # invoiced in twelve months, less credit notes
        "volume_share": pl.Int64,  # of all that the creditor invoiced in that currency, per mille
        "buyers": pl.Int64,  # customers who bought in that currency
        "tenure_months": pl.Int64,  # since the first document
    }
)
_MEASURES: Final = tuple(name for name in FIGURES if name not in ("customer_id", "currency"))
_EMPTY: Final = frozenset(
    {
        *("mean_tenths", "last_tenths", "expected_tenths", "trend_tenths", "recent_tenths"),
        *("spread_tenths", "on_time_percent", "on_time_amount_percent", "last_delays"),
    }
)
"""Measures that stay null where nothing was observed; the others are 0."""


def figures(history: History, *, today: date) -> pl.DataFrame:
    """Return one row of `FIGURES` for each customer, in the order of ids.

    A customer is told in one currency, that of most of its lines; the others are left out.
    """
    people = _with_currency(history)
    lines = _observed(history, people, today)
    found = people.select("customer_id", "debtor_class", "credited_cents", "currency")
    for part in (
        _delays(lines, today),
        _owed(lines),
        _bought(history.lines, people, today),
        _counted(history, lines, today),
    ):
        found = found.join(part, on="customer_id", how="left")
    found = _shared(_expected(found))
    told = [pl.col(name) for name in _EMPTY]
    zero = [pl.col(name).fill_null(0) for name in _MEASURES if name not in _EMPTY]
    return (
        found.with_columns(*told, *zero)
        .select(pl.col(name).cast(kind) for name, kind in FIGURES.items())
        .sort("customer_id")
    )


def _with_currency(history: History) -> pl.DataFrame:
    """Return the customers with the currency of most of their lines."""
    most = (
        history.lines.group_by("customer_id", "currency")
        .len()
        .sort("len", "currency", descending=[True, False])
        .unique("customer_id", keep="first", maintain_order=True)
        .select("customer_id", main="currency")
    )
    known = history.customers.join(most, on="customer_id", how="left")
    return (
        known.with_columns(currency=pl.col("main").fill_null(""))
        .join(history.credited, on=["customer_id", "currency"], how="left")
        .with_columns(pl.col("credited_cents").fill_null(0))
        .drop("main")
    )


def _observed(history: History, people: pl.DataFrame, today: date) -> pl.DataFrame:
    """Return the lines with their delay, and whether each counts as settled, late or disputed."""
    disputed = history.facts.filter(
        (pl.col("kind") == "dispute")
        & (pl.col("starts_on") <= today)
        & (pl.col("ends_on").is_null() | (pl.col("ends_on") >= today))
    )
    of_line, of_customer = (
        disputed.filter(pl.col("line_id").is_not_null())["line_id"].unique(),
        disputed.filter(pl.col("line_id").is_null())["customer_id"].unique(),
    )
    mine = people.select("customer_id", "currency")
    left = (pl.col("amount_cents") - pl.col("paid_cents")).clip(0)
    age = (pl.lit(today) - pl.col("due_on")).dt.total_days()
    is_trade = pl.col("kind").is_in(TRADE)
    is_late = (pl.col("open_cents") > 0) & (pl.col("age") > 0)
    return (
        history.lines.join(mine, on=["customer_id", "currency"], how="semi")
        .with_columns(open_cents=left, age=age)
        .with_columns(
            is_disputed=pl.col("line_id").is_in(of_line.implode())
            | pl.col("customer_id").is_in(of_customer.implode()),
            is_overdue=is_late,
            is_settled=is_trade & (pl.col("open_cents") == 0) & (pl.col("money_cents") > 0),
        )
        .with_columns(
            is_late=is_trade & is_late & ~pl.col("is_disputed"),
            weight=pl.col("money_cents") + pl.col("open_cents"),
            days=pl.col("money_days") + pl.col("open_cents") * pl.col("age"),
        )
    )


def _tenths(days: pl.Expr, weight: pl.Expr) -> pl.Expr:
    """Return a quotient of whole numbers in tenths, half up; null where nothing weighs."""
    exact, of = days.cast(pl.Int128), weight.cast(pl.Int128)
    return pl.when(of > 0).then((20 * exact + of) // (2 * of)).cast(pl.Int64)


def _delays(lines: pl.DataFrame, today: date) -> pl.DataFrame:
    settled = lines.filter("is_settled")
    means = settled.group_by("customer_id").agg(
        settled_lines=pl.len(), own_days=pl.col("days").sum(), own_weight=pl.col("weight").sum()
    )
    scored = _scored(lines, means, today)
    line_days = _tenths(pl.col("days"), pl.col("weight"))
    recent = pl.col("is_recent")
    told = scored.with_columns(line_tenths=line_days).group_by("customer_id").agg(
        scored_lines=pl.len(),
        mean_tenths=_tenths(pl.col("days").sum(), pl.col("weight").sum()),
        spread_tenths=pl.col("line_tenths").std(ddof=0).round(0).cast(pl.Int64),
        recent_lines=recent.sum(),
        recent_tenths=_tenths(_where("days", recent), _where("weight", recent)),
        before_tenths=_tenths(_where("days", ~recent), _where("weight", ~recent)),
        part_days=(pl.col("days").cast(pl.Int128) * pl.col("part")).sum(),
        part_weight=(pl.col("weight").cast(pl.Int128) * pl.col("part")).sum(),
        parts=pl.col("part").sum(),
    )  # fmt: skip
    is_told = (pl.col("recent_lines") >= TREND_LINES) & (
        pl.col("scored_lines") - pl.col("recent_lines") >= TREND_LINES
    )
    return (
        told.join(means, on="customer_id", how="left")
        .join(_last(settled), on="customer_id", how="left")
        .join(_punctual(lines), on="customer_id", how="full", coalesce=True)
        .with_columns(
            trend_tenths=pl.when(is_told).then(pl.col("recent_tenths") - pl.col("before_tenths"))
        )
    )


def _where(name: str, which: pl.Expr) -> pl.Expr:
    return pl.when(which).then(pl.col(name)).otherwise(0).sum()


def _scored(lines: pl.DataFrame, means: pl.DataFrame, today: date) -> pl.DataFrame:
    """Return settled lines and the open ones older than what is usual, each with its weight."""
    usual = pl.col("own_days") / pl.col("own_weight")
    waiting = (
        lines.filter("is_late")
        .join(means, on="customer_id", how="left")
        .filter(pl.col("own_weight").is_null() | (pl.col("age") > usual))
        .select(lines.columns)
    )
    since = add_months(today, -RECENT_MONTHS)
    seen_on = pl.when("is_settled").then("money_on").otherwise(pl.lit(today))
    ago = (pl.lit(today) - pl.col("seen_on")).dt.total_days().clip(0, _GONE)
    part = (_UNIT * (pl.lit(0.5) ** (ago / HALF_LIFE_DAYS))).round(0).cast(pl.Int64)
    return (
        pl.concat([lines.filter("is_settled"), waiting])
        .with_columns(seen_on=seen_on)
        .with_columns(is_recent=pl.col("seen_on") > since, part=part)
    )


def _last(settled: pl.DataFrame) -> pl.DataFrame:
    """Return the last three settled lines of each customer: their mean, and each one's days."""
    whole = _tenths(pl.col("days"), pl.col("weight"))
    ordered = settled.sort("customer_id", "money_on", "due_on", "line_id").with_columns(
        whole=(whole / 10).round(0).cast(pl.Int64)
    )
    return ordered.group_by("customer_id", maintain_order=True).agg(
        last_tenths=_tenths(pl.col("days").tail(LAST).sum(), pl.col("weight").tail(LAST).sum()),
        last_delays=pl.col("whole").tail(LAST).cast(pl.String).str.join(" "),
    )


def _punctual(lines: pl.DataFrame) -> pl.DataFrame:
    """Return the shares paid on time, of the lines settled and of those now late."""
    counted = lines.filter(pl.col("is_settled") | pl.col("is_late"))
    punctual = pl.col("is_settled") & ~pl.col("is_lost") & (pl.col("money_on") <= pl.col("due_on"))
    return counted.group_by("customer_id").agg(
        on_time_percent=_percent(punctual.sum(), pl.len()),
        on_time_amount_percent=_percent(
            pl.when(punctual).then("weight").otherwise(0).sum(), pl.col("weight").sum()
        ),
    )


def _percent(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    exact, of = part.cast(pl.Int128) * 100, whole.cast(pl.Int128)
    return pl.when(of > 0).then((2 * exact + of) // (2 * of)).cast(pl.Int64)


def _owed(lines: pl.DataFrame) -> pl.DataFrame:
    late = pl.col("is_overdue")
    return lines.filter(pl.col("open_cents") > 0).group_by("customer_id").agg(
        open_cents=pl.col("open_cents").sum(),
        overdue_cents=_where("open_cents", late),
        overdue_lines=late.sum(),
        oldest_overdue_days=pl.when(late).then("age").max(),
        late_days=pl.when("is_late").then("age").max(),
    )  # fmt: skip


def _bought(lines: pl.DataFrame, people: pl.DataFrame, today: date) -> pl.DataFrame:
    since = add_months(today, -YEAR_MONTHS)
    mine = lines.join(
        people.select("customer_id", "currency"), on=["customer_id", "currency"], how="semi"
    )
    is_bought = pl.col("kind").is_in(BOUGHT) & (pl.col("issued_on") > since)
    first = pl.col("issued_on").min()
    months = (today.year - first.dt.year()) * 12 + today.month - first.dt.month()
    return mine.group_by("customer_id").agg(
        bought_cents=_where("amount_cents", is_bought),
        tenure_months=months - (first.dt.day() > today.day).cast(pl.Int64),
    )


def _counted(history: History, lines: pl.DataFrame, today: date) -> pl.DataFrame:
    """Return disputes, promises not kept and debits returned, in the last twelve months."""
    since = add_months(today, -YEAR_MONTHS)
    facts = history.facts.filter(pl.col("starts_on") <= today)
    disputes = facts.filter((pl.col("kind") == "dispute") & (pl.col("starts_on") > since))
    debits = facts.filter(
        (pl.col("kind") == "direct_debit")
        & pl.col("status").is_in(RETURNED_STATUSES)
        & (pl.col("starts_on") > since)
    )
    returned = history.lines.filter(
        (pl.col("kind") == RETURNED) & (pl.col("issued_on") > since)
    ).select("customer_id")
    counts: dict[str, pl.DataFrame] = {
        "disputes": disputes.select("customer_id"),
        "broken_promises": _broken(facts, lines, today, since),
        "returned_debits": pl.concat([debits.select("customer_id"), returned]),
    }
    found = history.customers.select("customer_id")
    for name, rows in counts.items():
        counted = rows.group_by("customer_id").agg(pl.len().alias(name))
        found = found.join(counted, on="customer_id", how="left")
    return found


def _broken(facts: pl.DataFrame, lines: pl.DataFrame, today: date, since: date) -> pl.DataFrame:
    """Return the promises whose day is past while what they were about was not settled by then.

    One about the whole customer is about every line due when it was made.
    """
    promises = (
        facts.filter(
            (pl.col("kind") == "promise")
            & (pl.col("ends_on") < today)
            & (pl.col("ends_on") > since)
        )
        .with_row_index("promise")
        .rename({"line_id": "said_of"})
    )
    due = lines.select("customer_id", "line_id", "due_on", "open_cents", "settled_on")
    is_about = (pl.col("said_of") == pl.col("line_id")) | (
        pl.col("said_of").is_null() & (pl.col("due_on") <= pl.col("starts_on"))
    )
    is_open = (pl.col("open_cents") > 0) | (pl.col("settled_on") > pl.col("ends_on"))
    return (
        promises.join(due, on="customer_id")
        .filter(is_about & is_open)
        .unique("promise")
        .select("customer_id")
    )


def _expected(found: pl.DataFrame) -> pl.DataFrame:
    """Draw each recent mean to that of the class, and that one to the portfolio's."""
    lines = pl.col("parts") / _UNIT
    own = pl.col("part_days").cast(pl.Float64) / pl.col("part_weight").cast(pl.Float64)
    told = found.sort("customer_id").with_columns(
        heard=pl.when(pl.col("part_weight") > 0).then(lines).otherwise(0.0).fill_null(0.0),
        own=pl.when(pl.col("part_weight") > 0).then(own).otherwise(0.0).fill_null(0.0),
    )
    heard = float(told["heard"].sum())
    said = pl.col("own") * pl.col("heard")
    whole = float(told.select(said.sum()).item()) / heard if heard else None
    classes = told.group_by("debtor_class", maintain_order=True).agg(
        prior=(said.sum() + K_CLASS * (whole or 0.0)) / (pl.col("heard").sum() + K_CLASS)
    )
    drawn = (said + K_LINES * pl.col("prior")) / (pl.col("heard") + K_LINES)
    told = told.join(classes, on="debtor_class", how="left", maintain_order="left")
    value = (drawn * 10).round(0).cast(pl.Int64) if heard else pl.lit(None, dtype=pl.Int64)
    return told.with_columns(expected_tenths=value)


def _shared(found: pl.DataFrame) -> pl.DataFrame:
    """Say what part of the creditor's sales each customer buys, and among how many."""
    net = (pl.col("bought_cents").fill_null(0) - pl.col("credited_cents")).clip(0)
    bought = pl.col("volume_cents").sum().over("currency")
    thousandths = (1000 * pl.col("volume_cents").cast(pl.Int128)) // bought.cast(pl.Int128)
    return found.with_columns(volume_cents=net).with_columns(
        volume_share=pl.when(bought > 0).then(thousandths).otherwise(0),
        buyers=(pl.col("volume_cents") > 0).sum().over("currency"),
    )


def as_numbers(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with its tenths as days (12.3) and its last delays as a list."""
    told = {
        name.removesuffix("_tenths") + "_days" if name.endswith("_tenths") else name: value
        if not name.endswith("_tenths") or value is None
        else value / 10
        for name, value in row.items()
    }
    told["last_delays"] = [int(one) for one in (told["last_delays"] or "").split()]
    return told
