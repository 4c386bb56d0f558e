"""Decide the day for a million open due lines, beside one bare group-by of the same rows.

Run: python -m bench.plan_rules [LINES] [RUNS]. Nothing is read from a database: this is the rule
alone; `bench/plan.py` measures the whole night.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from statistics import median
from time import process_time

import polars as pl

from bench import scenarios
from encours.dunning.rules import planner, planning
from encours.dunning.rules.frames import Ledger, Moment
from encours.dunning.rules.scenario import french_scenario
from encours.dunning.rules.shelf import Shelf
from encours.tenancy.calendars import french_holidays

TODAY = date(2026, 11, 17)
PER_CUSTOMER = 10


def drawn(seed: int, below: int) -> pl.Expr:
    """Return a number below the limit that depends on the row's own number only."""
    return (pl.col("number").hash(seed) % below).cast(pl.Int64)


def among(seed: int, *words: str) -> pl.Expr:
    """Return one of the words."""
    return drawn(seed, len(words)).replace_strict(dict(enumerate(words)), return_dtype=pl.String)


def ledger(count: int) -> Ledger:
    """Make `count` open due lines, ten a customer, two in five overdue, half of these reminded."""
    customers = count // PER_CUSTOMER
    day = pl.lit(TODAY)
    lines = (
        pl.select(number=pl.int_range(1, count + 1))
        .with_columns(
            instalment_id="number",
            customer_id=drawn(1, customers) + 1,
            due_on=day - pl.duration(days=drawn(2, 150) - 90),
            open_cents=drawn(3, 500_000) + 500,
            document=pl.format("FA-{}", "number"),
            due_source=among(4, "terms_assumed", *["read"] * 19),
            state=among(5, "bill", *["ordinary"] * 49),
            kind=pl.lit("invoice"),
            triage=pl.lit(None, pl.String),
        )
        .with_columns(
            issued_on=pl.col("due_on") - pl.duration(days=30),
            currency=pl.when(pl.col("customer_id") % 50 == 0)
            .then(pl.lit("USD"))
            .otherwise(pl.lit("EUR")),
        )
    )
    who = pl.col("number")
    people = pl.select(number=pl.int_range(1, customers + 1)).select(
        customer_id="number",
        debtor_class=among(6, "business", "business", "business", "public", "consumer", "unknown"),
        class_confirmed=who % 7 > 0,
        has_email=who % 9 > 0,
        has_postal=who % 2 > 0,
        has_phone=who % 3 > 0,
        has_sms=who % 4 > 0,
        intra_group=who % 500 == 0,
    )
    return Ledger.of(lines=lines, customers=people, **_around(lines, customers))


def _around(lines: pl.DataFrame, customers: int) -> dict[str, pl.DataFrame]:
    late = (pl.lit(TODAY) - pl.col("due_on")).dt.total_days()
    keys = ["customer_id", "currency"]
    reminded = lines.filter((late > 8) & (pl.col("customer_id") % 2 == 0))
    messages = (
        reminded.select(keys)
        .unique(maintain_order=True)
        .with_row_index("message_id")
        .with_columns(
            step=pl.lit("relance_1"),
            cycle=1,
            planned_on=pl.lit(TODAY) - pl.duration(days=pl.col("customer_id") % 12 + 1),
        )
        .with_columns(sent_on="planned_on")
    )
    facts = lines.filter(drawn(7, 50) == 0).select(
        "customer_id",
        "instalment_id",
        kind=among(8, "dispute", "promise", "plan", "pause", "insolvency", "direct_debit"),
        starts_on=pl.lit(TODAY - timedelta(days=5)),
        ends_on=pl.lit(None, pl.Date),
    )
    money = pl.select(customer_id=pl.int_range(1, customers + 1, 8)).with_columns(
        currency=pl.lit("EUR"), unallocated_cents=250_000, in_flight_cents=0
    )
    listings = reminded.join(messages, on=keys).select("message_id", "instalment_id")
    return {"messages": messages, "listings": listings, "facts": facts, "cover": money}


def seconds(work: Callable[[], object], runs: int) -> float:
    """Return the median time of computing of a few runs: on a shared machine the clock says less.

    All threads count: on an idle machine of two cores about half of it passes.
    """
    times = []
    for _ in range(runs):
        start = process_time()
        work()
        times.append(process_time() - start)
    return median(times)


def _shelf() -> Shelf:
    default, *others = scenarios.twelve()
    return Shelf(default, tuple(others))


def _crowd(book: Ledger, count: int) -> Ledger:
    """Return the ledger with customers who follow twelve scenarios, did things, share addresses."""
    customers = count // PER_CUSTOMER
    return replace(
        book,
        choices=scenarios.choices(customers),
        behaviours=scenarios.behaviours(customers, pl.lit(TODAY)),
        addresses=scenarios.addresses(customers),
    )


def _limited(moment: Moment) -> Moment:
    return replace(moment, contacts_a_week=3)


def main() -> None:
    """Print the decision's time, the bare group-by's, and what came out."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    book, scenario = ledger(count), french_scenario()
    moment = Moment(
        today=TODAY,
        now=datetime(2026, 11, 17, 6, tzinfo=UTC),
        holidays=french_holidays(range(2026, 2028)),
    )
    keys = ["customer_id", "currency"]
    bare = seconds(lambda: book.lines.group_by(keys).agg(pl.col("open_cents").sum()), runs)
    decided = seconds(lambda: planner.decide(book, scenario, moment), runs)
    told = seconds(lambda: planner.plan(book, scenario, moment), runs)
    plan = planner.plan(book, scenario, moment)
    print(f"{count:,} open due lines, {plan.messages.height:,} messages planned")
    print(f"bare Polars group-by          {bare * 1000:8.0f} ms")
    print(f"decided (codes)               {decided * 1000:8.0f} ms   {decided / bare:6.1f} x")
    print(f"decided, with every sentence  {told * 1000:8.0f} ms   {told / bare:6.1f} x")
    twelve = seconds(lambda: planning.plan(_crowd(book, count), _shelf(), _limited(moment)), runs)
    print(f"twelve scenarios with branches{twelve * 1000:8.0f} ms   {twelve / bare:6.1f} x")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"peak memory                   {peak / 1024:8.0f} MB")
    print(plan.messages.group_by("step").len().sort("step"))
    print(plan.held.group_by("reason").len().sort("reason"))
    print(f"planned lines {plan.planned.height:,}, waiting {plan.waiting.height:,}")


if __name__ == "__main__":
    main()
