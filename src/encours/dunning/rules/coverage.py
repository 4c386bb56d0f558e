"""Who is followed: which overdue customers a scenario will write to, and why not the others.

A due line that is late is followed when a message lists it today or will by itself: nothing is
asked of anybody. Otherwise it has one reason, the one that the plan gives. A customer is followed
as soon as one of its late lines is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from encours.dunning.rules import planner, shelf
from encours.dunning.rules.decision import HELD, Decision
from encours.dunning.rules.frames import ACCOUNT, Ledger, Mode, Moment
from encours.dunning.rules.reasons import CODES, Reason, coded
from encours.dunning.rules.scenario import Scenario
from encours.dunning.rules.shelf import Shelf

PASSES: Final = (
    Reason.TOO_SOON,
    Reason.TOO_MANY,
    Reason.SAME_ADDRESS,
    Reason.NON_WORKING_DAY,
    Reason.DEBTOR_HOLIDAY,
)
"""What only waits for its day: the line is followed."""

WHOLE: Final = "whole"
PART: Final = "part"
NONE: Final = "none"

ROWS: Final = pl.Schema(
    {
        "customer_id": pl.Int64,
        "currency": pl.String,
        "scenario": pl.String,  # the code of the one it follows
        "lines": pl.UInt32,
        "oldest_on": pl.Date,  # due date of the oldest late line
        "overdue_cents": pl.Int64,
        "followed_cents": pl.Int64,
        "left_cents": pl.Int64,
        "state": pl.String,  # of the customer: whole, part, none
        "reason": pl.String,  # what holds most of what is left; null: nothing is left
    }
)
"""One row per customer and currency with something late."""


@dataclass(frozen=True, slots=True)
class Amount:
    """What is late in one currency, and how much of it is followed."""

    currency: str
    overdue_cents: int
    followed_cents: int

    @property
    def percent(self) -> int:
        """Return the share that is followed, rounded down: 100 means all of it."""
        return self.followed_cents * 100 // self.overdue_cents


@dataclass(frozen=True, slots=True)
class Figure:
    """How many customers are late, how many of them are followed, and the amounts."""

    customers: int
    followed: int
    amounts: tuple[Amount, ...]

    @property
    def percent(self) -> int:
        """Return the share that is followed, rounded down; nobody late is nobody forgotten."""
        return self.followed * 100 // self.customers if self.customers else 100


@dataclass(frozen=True, slots=True)
class Group:
    """Customers who have a reason in common; `state` is `none`, or `part` for a part of theirs."""

    state: str
    reason: str
    customers: int
    amounts: tuple[tuple[str, int], ...]


def coverage(ledger: Ledger, scenarios: Shelf, moment: Moment) -> pl.DataFrame:
    """Return who is late and who is followed (`ROWS`), by customer."""
    parts = [
        _lines(planner.decide(part, scenario, moment), scenario, moment)
        for scenario, part in shelf.parts(ledger, scenarios)
    ]
    if not parts:
        return pl.DataFrame(schema=ROWS)
    lines = pl.concat(parts)
    mine = pl.col("reason").is_null()
    rows = lines.group_by(ACCOUNT).agg(
        pl.col("scenario").first(),
        lines=pl.len(),
        oldest_on=pl.col("due_on").min(),
        overdue_cents=pl.col("open_cents").sum(),
        followed_cents=pl.col("open_cents").filter(mine).sum(),
        left_cents=pl.col("open_cents").filter(~mine).sum(),
    )
    return (
        rows.join(_main_reasons(lines), on="customer_id", how="left")
        .with_columns(state=_state())
        .select(ROWS.names())
        .sort("overdue_cents", "customer_id", "currency", descending=[True, False, False])
    )


def figure(rows: pl.DataFrame) -> Figure:
    """Return the figures of these rows."""
    followed = rows.filter(pl.col("state") != NONE)
    sums = rows.group_by("currency").agg(pl.col("overdue_cents", "followed_cents").sum())
    return Figure(
        customers=rows["customer_id"].n_unique(),
        followed=followed["customer_id"].n_unique(),
        amounts=tuple(
            Amount(*row) for row in sums.sort("overdue_cents", descending=True).iter_rows()
        ),
    )


def groups(rows: pl.DataFrame) -> list[Group]:
    """Return the reasons, each with its customers: of those not followed, then of parts left.

    Customers not followed and followed add up to all: each one has one reason.
    """
    found = []
    for state in (NONE, PART):
        left = rows.filter((pl.col("state") == state) & (pl.col("left_cents") > 0))
        counted = left.group_by("reason").agg(customers=pl.col("customer_id").n_unique())
        sums = left.group_by("reason", "currency").agg(pl.col("left_cents").sum())
        sums = sums.sort("left_cents", "currency", descending=[True, False])
        for reason, customers in counted.sort(
            "customers", "reason", descending=[True, False]
        ).iter_rows():
            mine = sums.filter(pl.col("reason") == reason).select("currency", "left_cents")
            found.append(Group(state, reason, customers, tuple(mine.iter_rows())))
    return found


def _lines(decision: Decision, scenario: Scenario, moment: Moment) -> pl.DataFrame:
    """Return the late lines with their reason; null: followed."""
    names = {code: reason.value for reason, code in CODES.items()}
    passing = pl.col("hold").is_in([CODES[reason] for reason in PASSES])
    held = pl.when((pl.col("status") == HELD) & ~passing).then("hold")
    ways = [one for one in decision.accounts.columns if one.startswith("has_")]
    unreachable = coded(~pl.any_horizontal(ways), Reason.NO_CONTACT)
    nothing_leaves = [
        coded(pl.lit(moment.mode is Mode.STOPPED), Reason.NOT_LIVE),
        coded(pl.lit(moment.is_stale(scenario.stale_after_hours)), Reason.STALE),
    ]
    reach = decision.accounts.select("account", *ways)
    return (
        decision.lines.filter(pl.col("due_on") < moment.today)
        .join(reach, on="account", how="left")
        .with_columns(hold=pl.coalesce(held, unreachable, *nothing_leaves))
        .select(
            *ACCOUNT,
            "due_on",
            "open_cents",
            scenario=pl.lit(scenario.code),
            reason=pl.col("hold").replace_strict(names, default=None, return_dtype=pl.String),
        )
    )


def _main_reasons(lines: pl.DataFrame) -> pl.DataFrame:
    """Return, by customer, the reason that holds most of its money, and whether a line is free."""
    places = {reason.value: place for reason, place in CODES.items()}
    place = pl.col("reason").replace_strict(places, default=None, return_dtype=pl.UInt8)
    main = (
        lines.drop_nulls("reason")
        .group_by("customer_id", "currency", "reason")
        .agg(cents=pl.col("open_cents").sum())
        .sort("cents", place, descending=[True, False])
        .unique("customer_id", keep="first", maintain_order=True)
        .select("customer_id", "reason")
    )
    free = lines.group_by("customer_id").agg(is_free=pl.col("reason").is_null().any())
    return free.join(main, on="customer_id", how="left")


def _state() -> pl.Expr:
    return (
        pl.when(pl.col("reason").is_null())
        .then(pl.lit(WHOLE))
        .when("is_free")
        .then(pl.lit(PART))
        .otherwise(pl.lit(NONE))
    )
