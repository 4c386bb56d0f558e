"""What reminders would do, day after day: the planner itself, run over a chronicle.

Ahead, messages leave as planned and nobody pays, or each customer as late as usual. Behind, each
day is planned with what was known on it, so that one sees who would have been reminded although
they had paid. Nothing is asked of the planner that the night does not ask: a test compares both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import polars as pl

from encours.dunning.rules import planning, shelf
from encours.dunning.rules.chronicle import Chronicle
from encours.dunning.rules.decision import PLANNED, Decision
from encours.dunning.rules.frames import LISTINGS, Ledger, Moment, conform
from encours.dunning.rules.scenario import Scenario
from encours.dunning.rules.shelf import Shelf, key_of
from encours.kernel.dates import is_working_day

DAYS: Final = 30
YEAR_DAYS: Final = 365
WARM_UP_DAYS: Final = 60
"""A replay begins that long before its first day, so that old debts do not all begin on it."""

MESSAGES: Final = pl.Schema(
    {
        "message_id": pl.Int64,
        "on": pl.Date,
        "customer_id": pl.Int64,
        "currency": pl.String,
        "scenario": pl.String,
        "version": pl.Int64,
        "step": pl.String,
        "rank": pl.Int16,
        "kind": pl.String,
        "cycle": pl.Int32,
        "channel": pl.String,
        "approval": pl.String,
        "amount_cents": pl.Int64,
        "line_count": pl.UInt32,
        "paid_cents": pl.Int64,  # of which paid before that day, and not known to be
    }
)
LISTED: Final = pl.Schema([*LISTINGS.items(), ("open_cents", pl.Int64())])

COUNTS: Final = pl.Schema(
    {
        "on": pl.Date,
        "step": pl.String,
        "currency": pl.String,
        "messages": pl.UInt32,
        "lines": pl.UInt32,
        "amount_cents": pl.Int64,
    }
)
"""One row per day, step and currency; days without any message have none."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Simulated:
    """The messages that would leave, and the lines that each lists."""

    messages: pl.DataFrame
    listings: pl.DataFrame

    def since(self, first: date) -> Simulated:
        """Leave out what would have left before that day."""
        messages = self.messages.filter(pl.col("on") >= first)
        return Simulated(messages, self.listings.join(messages, on="message_id", how="semi"))


def simulate(
    chronicle: Chronicle,
    scenarios: Shelf,
    moment: Moment,
    *,
    days: int = DAYS,
    progress: Progress | None = None,
) -> Simulated:
    """Plan each working day from `moment`, its holidays known to the end; data counts as fresh.

    `progress` is told the days done and the days in all.
    """
    told = [pl.DataFrame(schema=MESSAGES)]
    listed = [pl.DataFrame(schema=LISTED)]
    first = _next_id(chronicle)
    for shift in range(days):
        day = replace(moment, today=moment.today + timedelta(days=shift), allow_stale=True)
        if is_working_day(day.today, day.holidays):
            messages, lines = _left(chronicle.at(day.today, scenarios), scenarios, day, first)
            chronicle = chronicle.with_messages(messages, lines)
            first += messages.height
            told.append(messages.with_columns(on="planned_on", paid_cents=pl.lit(0, pl.Int64)))
            listed.append(conform(lines, LISTED))
        if progress:
            progress(shift + 1, days)
    found = pl.concat([conform(one, MESSAGES) for one in told])
    return _with_paid(Simulated(found, pl.concat(listed)), chronicle)


def replayed(
    chronicle: Chronicle,
    scenarios: Shelf,
    moment: Moment,
    *,
    days: int = YEAR_DAYS,
    progress: Progress | None = None,
) -> Simulated:
    """Plan each day of the past up to the day before `moment`, as if nothing had been said."""
    start = moment.today - timedelta(days=days)
    begun = replace(moment, today=start - timedelta(days=WARM_UP_DAYS), live_on=None)
    silent = replace(
        chronicle, messages=chronicle.messages.clear(), listings=chronicle.listings.clear()
    )
    whole = simulate(silent, scenarios, begun, days=days + WARM_UP_DAYS, progress=progress)
    return whole.since(start)


def with_scenario(scenarios: Shelf, scenario: Scenario, *, moves_running: bool = False) -> Shelf:
    """Return the shelf where this version is in force, as saving it would do."""
    before = scenarios.in_force.get(scenario.code)
    former = scenarios.former
    if moves_running:
        former = tuple(one for one in former if one.code != scenario.code)
    elif before is not None and key_of(before) != key_of(scenario):
        former = (*former, before)
    if scenarios.default.code == scenario.code:
        return replace(scenarios, default=scenario, former=former)
    others = tuple(one for one in scenarios.others if one.code != scenario.code)
    return replace(scenarios, others=(*others, scenario), former=former)


def counted(simulated: Simulated) -> pl.DataFrame:
    """Return how many messages leave, by day, step and currency (`COUNTS`)."""
    counts = (
        simulated.messages.group_by("on", "step", "currency")
        .agg(
            messages=pl.len(),
            lines=pl.col("line_count").sum(),
            amount_cents=pl.col("amount_cents").sum(),
            rank=pl.col("rank").min(),
        )
        .sort("on", "rank", "currency", "step")
    )
    return conform(counts, COUNTS)


def after(ledger: Ledger, decision: Decision, moment: Moment) -> Ledger:
    """Return the ledger once the messages of the decision have left that day."""
    known = ledger.messages["message_id"].max()
    first = known + 1 if isinstance(known, int) else 1
    messages, listings = _leaving(decision, moment.today, first)
    return replace(
        ledger,
        messages=pl.concat([ledger.messages, conform(messages, ledger.messages.schema)]),
        listings=pl.concat([ledger.listings, conform(listings, LISTINGS)]),
    )


def _left(
    ledger: Ledger, scenarios: Shelf, day: Moment, first: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the messages of a day, numbered from `first`, and their lines."""
    messages, listings = list[pl.DataFrame](), list[pl.DataFrame]()
    parts = list(_parts(ledger, scenarios))
    decided = planning.decide(parts, ledger, day)
    for (scenario, _part), decision in zip(parts, decided, strict=True):
        left, lines = _leaving(decision, day.today, first)
        signed = left.with_columns(
            scenario=pl.lit(scenario.code), version=pl.lit(scenario.version, pl.Int64)
        )
        messages.append(signed.drop("account"))
        listings.append(lines)
        first += left.height
    return pl.concat(messages), pl.concat(listings)


def _parts(ledger: Ledger, scenarios: Shelf) -> Iterator[tuple[Scenario, Ledger]]:
    parts = list(shelf.parts(ledger, scenarios))
    yield from parts or [(scenarios.default, Ledger.of())]


def _leaving(decision: Decision, today: date, first: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    messages = decision.messages.with_columns(
        message_id=pl.int_range(pl.len(), dtype=pl.Int64) + first,
        planned_on=pl.lit(today),
        sent_on=pl.lit(today),
    )
    claimed = decision.lines.filter(pl.col("status") == PLANNED)
    lines = pl.concat(
        [
            one.select("account", "instalment_id", "open_cents")
            for one in (claimed, decision.thanked)
        ]
    )
    return messages, lines.join(messages.select("account", "message_id"), on="account")


def _with_paid(simulated: Simulated, chronicle: Chronicle) -> Simulated:
    """Say of each message how much of what it claims had been paid before, unknown to anybody."""
    days = simulated.messages.select("message_id", "on")
    learned_late = chronicle.shares.filter(pl.col("known_on") > pl.col("effective_on"))
    hidden = (
        simulated.listings.join(days, on="message_id")
        .join(chronicle.lines.select("line_id", "instalment_id"), on="instalment_id")
        .join(learned_late, on="line_id")
        .filter(
            (pl.col("effective_on") < pl.col("on"))
            & (pl.col("known_on") > pl.col("on"))
            & (pl.col("gone_on") > pl.col("on")).fill_null(value=True)
        )
        .group_by("message_id", "instalment_id")
        .agg(
            paid_cents=pl.min_horizontal(pl.col("amount_cents").sum(), pl.col("open_cents").first())
        )
        .group_by("message_id")
        .agg(pl.col("paid_cents").sum())
    )
    messages = simulated.messages.drop("paid_cents").join(
        hidden, on="message_id", how="left", maintain_order="left"
    )
    return Simulated(
        conform(messages.with_columns(pl.col("paid_cents").fill_null(0)), MESSAGES),
        simulated.listings,
    )


def _next_id(chronicle: Chronicle) -> int:
    known = chronicle.messages["message_id"].max()
    return known + 1 if isinstance(known, int) else 1
