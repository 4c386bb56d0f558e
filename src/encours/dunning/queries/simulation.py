"""What a creditor's reminders would do: the days to come, or the past replayed, as the night plans.

A draft of a scenario may stand in for the version in force. Nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

import polars as pl

from encours.dunning.queries import chronicle, scenarios
from encours.dunning.queries.moment import Setting, setting
from encours.dunning.rules import simulation as rules
from encours.dunning.rules.chronicle import Chronicle
from encours.dunning.rules.frames import Mode, Moment
from encours.dunning.rules.scenario import Scenario
from encours.dunning.rules.shelf import Shelf
from encours.dunning.rules.simulation import DAYS, WARM_UP_DAYS, YEAR_DAYS, Progress, Simulated
from encours.tenancy import calendars

MOST_LINES: Final = 100_000
"""Due lines that a replay reads at most: above, it takes some of the customers, whole."""


@dataclass(frozen=True, slots=True)
class Replay:
    """A replay and whom it was run for: `customers` of the `of_customers` that there are."""

    simulated: Simulated
    customers: int
    of_customers: int

    @property
    def is_sample(self) -> bool:
        """Say whether some customers were left out."""
        return self.customers < self.of_customers


def ahead(
    *,
    tenant_id: int,
    creditor_id: int,
    on: date,
    now: datetime,
    days: int = DAYS,
    is_paid: bool = False,
    draft: Scenario | None = None,
    moves_running: bool = False,
) -> Simulated:
    """Return what leaves from `on` if nobody pays, or (`is_paid`) each as late as usual."""
    asked = _asked(tenant_id, creditor_id, on, now, days)
    shelf = _with_draft(asked, draft, moves_running=moves_running)
    known = chronicle.chronicle_of(
        tenant_id=tenant_id,
        creditor_id=creditor_id,
        today=on,
        rehearsal=asked.is_rehearsal,
        shelf=shelf,
    )
    if is_paid:
        delays = chronicle.usual_delays(tenant_id=tenant_id, creditor_id=creditor_id)
        known = known.paid_after(delays, on)
    return rules.simulate(known, shelf, asked.moment, days=days)


@dataclass(frozen=True, slots=True)
class Past:
    """Everything a replay needs, read; running it asks the database nothing."""

    chronicle: Chronicle
    shelf: Shelf
    moment: Moment
    days: int
    customers: int
    of_customers: int

    def run(self, progress: Progress | None = None) -> Replay:
        """Replay the days, told one by one to `progress`."""
        found = rules.replayed(
            self.chronicle, self.shelf, self.moment, days=self.days, progress=progress
        )
        return Replay(found, self.customers, self.of_customers)


def behind(
    *,
    tenant_id: int,
    creditor_id: int,
    on: date,
    now: datetime,
    days: int = YEAR_DAYS,
    lag_days: int = 0,
    draft: Scenario | None = None,
    most_lines: int = MOST_LINES,
) -> Past:
    """Read the days before `on`, to replay them with what was known on each, nothing said yet.

    What was set up is taken as known on its day, payments `lag_days` later.
    """
    first = on - timedelta(days=days + WARM_UP_DAYS)
    asked = _asked(tenant_id, creditor_id, first, now, days + WARM_UP_DAYS)
    sizes = chronicle.sizes(tenant_id=tenant_id, creditor_id=creditor_id)
    chosen = sample(sizes, most_lines)
    shelf = _with_draft(asked, draft, moves_running=True)
    known = chronicle.chronicle_of(
        tenant_id=tenant_id,
        creditor_id=creditor_id,
        today=on,
        rehearsal=asked.is_rehearsal,
        shelf=shelf,
        lag_days=lag_days,
        customer_ids=None if chosen.len() == sizes.height else chosen.to_list(),
    )
    return Past(
        chronicle=known,
        shelf=replace(shelf, former=()),
        moment=replace(asked.moment, today=on, mode=Mode.LIVE),
        days=days,
        customers=chosen.len(),
        of_customers=sizes.height,
    )


def sample(sizes: pl.DataFrame, most_lines: int) -> pl.Series:
    """Return customers, drawn always alike, whose due lines are not more than that, one at least.

    Reads `customer_id`, `lines`.
    """
    drawn = sizes.sort(pl.col("customer_id").hash(0), "customer_id")
    whole = drawn["lines"].cum_sum() <= most_lines
    kept = drawn.filter(whole)["customer_id"]
    return kept if kept.len() else drawn["customer_id"].head(1)


def _asked(tenant_id: int, creditor_id: int, first: date, now: datetime, days: int) -> Setting:
    """Return the setting, with the holidays of every year that is gone through."""
    asked = setting(
        tenant_id=tenant_id, creditor_id=creditor_id, on=first, now=now, allow_stale=True
    )
    years = range(first.year, (first + timedelta(days=days)).year + 2)
    holidays = calendars.french_holidays(years, asked.creditor.in_force("calendar"))
    return replace(asked, moment=replace(asked.moment, holidays=holidays))


def _with_draft(asked: Setting, draft: Scenario | None, *, moves_running: bool) -> Shelf:
    if draft is None:
        return asked.shelf
    limited = scenarios.of_creditor(draft, asked.creditor)
    return rules.with_scenario(asked.shelf, limited, moves_running=moves_running)
