"""A ledger over time: dated rows, and the planner's ledger of any day out of them.

A row knows when it took effect, when it was learned (`known_on`) and, if it was undone, when
(`gone_on`): the ledger of a day is what was in effect and known on that day, no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import polars as pl

from encours.dunning.rules import conduct, cycles, frames
from encours.dunning.rules.frames import ACCOUNT, Ledger, conform
from encours.dunning.rules.shelf import Shelf

THANKED_DAYS: Final = 45
"""How long a settled line is remembered for a thank-you."""

SETS_APART: Final = (
    "dispute",
    "plan",
    "insolvency",
    "over_indebtedness",
    "death",
    "protection",
    "handover",
    "assignment",
    "einvoice",
    "credit_expected",
    "direct_payer",
)
"""Facts from which a line is no longer claimed in its cycle."""

_KNOWN: Final = {"known_on": pl.Date, "gone_on": pl.Date}

LINES: Final = pl.Schema(
    {
        "line_id": pl.Int64,  # this version of the due line
        "instalment_id": pl.Int64,  # its lineage
        "customer_id": pl.Int64,
        "currency": pl.String,
        "document": pl.String,
        "kind": pl.String,
        "issued_on": pl.Date,
        "due_on": pl.Date,
        "due_source": pl.String,
        "amount_cents": pl.Int64,
        "triage": pl.String,  # as decided by now
        **_KNOWN,
    }
)
SHARES: Final = pl.Schema(
    {"line_id": pl.Int64, "amount_cents": pl.Int64, "effective_on": pl.Date, **_KNOWN}
)
"""What was allocated to each due line."""

STATES: Final = pl.Schema({"line_id": pl.Int64, "state": pl.String, "from_on": pl.Date, **_KNOWN})
"""Where a due line stood in the accounts, the last row of a day last."""

MONEY: Final = pl.Schema(
    {
        "customer_id": pl.Int64,
        "currency": pl.String,
        "amount_cents": pl.Int64,  # received: above zero; allocated: below
        "effective_on": pl.Date,
        **_KNOWN,
    }
)
"""What each account paid, and what of it was allocated."""

FACTS: Final = pl.Schema([*frames.FACTS.items(), *_KNOWN.items()])

MESSAGES: Final = pl.Schema(
    [*frames.MESSAGES.items(), ("scenario", pl.String()), ("version", pl.Int64())]
)
"""What was said, by which version of which scenario."""

SCHEMAS: Final[Mapping[str, pl.Schema]] = {
    "lines": LINES,
    "shares": SHARES,
    "states": STATES,
    "money": MONEY,
    "facts": FACTS,
    "customers": frames.CUSTOMERS,
    "messages": MESSAGES,
    "listings": frames.LISTINGS,
    "choices": frames.CHOICES,
    "deeds": frames.BEHAVIOURS,
}


@dataclass(frozen=True, slots=True)
class Chronicle:
    """Everything of one creditor that a replay needs, all dates together.

    Customers and choices are those of now: nobody kept what an address was.
    """

    lines: pl.DataFrame
    shares: pl.DataFrame
    states: pl.DataFrame
    money: pl.DataFrame
    facts: pl.DataFrame
    customers: pl.DataFrame
    messages: pl.DataFrame
    listings: pl.DataFrame
    choices: pl.DataFrame
    deeds: pl.DataFrame

    @classmethod
    def of(cls, **given: pl.DataFrame | None) -> Chronicle:
        """Build a chronicle from the frames that there are; the others are empty."""
        assert set(given) <= set(SCHEMAS), f"unknown frames: {set(given) - set(SCHEMAS)}"
        return cls(**{name: conform(given.get(name), SCHEMAS[name]) for name in SCHEMAS})

    def at(self, today: date, scenarios: Shelf) -> Ledger:
        """Return what the planner reads on that day."""
        lines = self._lines(today)
        facts = _known(self.facts, today).select(frames.FACTS.names())
        reminded = lines.lazy().join(
            self.messages.lazy().select("customer_id").unique(), on="customer_id", how="semi"
        )
        least = scenarios.default.minimum_cents
        left = pl.col("amount_cents") - pl.col("paid_cents")
        return Ledger.of(
            lines=lines.with_columns(open_cents=left).filter(pl.col("open_cents") > 0),
            customers=self.customers,
            facts=facts,
            cover=self._cover(today),
            messages=self.messages,
            listings=self.listings,
            settled=settled(reminded, self.listings, today),
            clears=cycles.last_clear(spans(reminded, facts, least), today),
            choices=self.choices,
            running=self._running() if scenarios.former else None,
            behaviours=self._behaviours(lines, facts, scenarios, today),
        )

    def with_messages(self, messages: pl.DataFrame, listings: pl.DataFrame) -> Chronicle:
        """Return the chronicle once these were sent."""
        return replace(
            self,
            messages=pl.concat([self.messages, conform(messages, MESSAGES)]),
            listings=pl.concat([self.listings, conform(listings, frames.LISTINGS)]),
        )

    def of_customers(self, customer_ids: pl.Series) -> Chronicle:
        """Keep a part of the customers."""
        mine = pl.col("customer_id").is_in(customer_ids.implode())
        kept = {
            name: getattr(self, name).filter(mine)
            for name, schema in SCHEMAS.items()
            if "customer_id" in schema
        }
        of_lines = {
            name: getattr(self, name).join(kept["lines"], on="line_id", how="semi")
            for name in ("shares", "states")
        }
        listings = self.listings.join(kept["messages"], on="message_id", how="semi")
        return Chronicle(**kept, **of_lines, listings=listings)

    def paid_after(self, delays: pl.DataFrame, today: date) -> Chronicle:
        """Return the chronicle where open lines are paid as late as each customer usually does.

        `delays` = customer_id, `delay_days`. What should have been paid already is paid tomorrow;
        a customer without a delay pays nothing.
        """
        late = pl.lit(today + timedelta(days=1))
        usual = pl.col("due_on") + pl.duration(days=pl.col("delay_days"))
        paying = (
            self._lines(date.max, ahead=True)
            .join(delays, on="customer_id")
            .drop_nulls("delay_days")
            .with_columns(
                amount_cents=pl.col("amount_cents") - pl.col("paid_cents"),
                effective_on=pl.max_horizontal(usual, late),
                known_on=pl.max_horizontal(usual, late),
                gone_on=pl.lit(None, pl.Date),
            )
            .filter(pl.col("amount_cents") > 0)
        )
        return replace(self, shares=pl.concat([self.shares, conform(paying, SHARES)]))

    def _lines(self, today: date, *, ahead: bool = False) -> pl.DataFrame:
        """Return the lines of that day with `paid_cents`, `settled_on` and `state`.

        `ahead` takes those that will be issued too.
        """
        issued = pl.lit(value=True) if ahead else pl.col("issued_on") <= today
        paid = (
            _known(self.shares, today)
            .lazy()
            .filter(pl.lit(value=True) if ahead else pl.col("effective_on") <= today)
            .group_by("line_id")
            .agg(paid_cents=pl.col("amount_cents").sum(), settled_on=pl.col("effective_on").max())
        )
        states = (
            _known(self.states, today)
            .lazy()
            .filter(pl.col("from_on") <= today)
            .sort("from_on", maintain_order=True)
            .unique("line_id", keep="last", maintain_order=True)
            .select("line_id", "state")
        )
        return (
            _known(self.lines, today)
            .lazy()
            .filter(issued)
            .join(paid, on="line_id", how="left")
            .join(states, on="line_id", how="left")
            .with_columns(pl.col("paid_cents").fill_null(0), pl.col("state").fill_null("ordinary"))
            .collect()
        )

    def _cover(self, today: date) -> pl.DataFrame:
        return (
            _known(self.money, today)
            .filter(pl.col("effective_on") <= today)
            .group_by(ACCOUNT)
            .agg(unallocated_cents=pl.col("amount_cents").sum())
            .filter(pl.col("unallocated_cents") > 0)
            .with_columns(in_flight_cents=pl.lit(0, pl.Int64))
        )

    def _behaviours(
        self, lines: pl.DataFrame, facts: pl.DataFrame, scenarios: Shelf, today: date
    ) -> pl.DataFrame | None:
        """Return what customers did by that day, where a scenario asks."""
        asked = scenarios.behaviours
        if not asked:
            return None
        told = self.deeds.filter(pl.col("behaviour").is_in(sorted(asked)) & (pl.col("on") <= today))
        return pl.concat([told, conduct.derived(asked, known=lines, facts=facts, today=today)])

    def _running(self) -> pl.DataFrame:
        last = self.messages.sort("planned_on", "message_id").unique(
            ACCOUNT, keep="last", maintain_order=True
        )
        return last.select(*ACCOUNT, "scenario", "version", last_on="planned_on")


def _known(frame: pl.DataFrame, today: date) -> pl.DataFrame:
    gone = (pl.col("gone_on") <= today).fill_null(value=False)
    return frame.filter((pl.col("known_on") <= today) & ~gone)


def settled(reminded: pl.LazyFrame, listings: pl.DataFrame, today: date) -> pl.DataFrame:
    """Return the lines that a message listed and that were settled lately (`frames.SETTLED`).

    Reads `amount_cents`, `paid_cents`, `settled_on` of the lines of reminded customers.
    """
    since = today - timedelta(days=THANKED_DAYS)
    return (
        reminded.filter(
            (pl.col("paid_cents") >= pl.col("amount_cents")) & (pl.col("settled_on") >= since)
        )
        .join(listings.lazy(), on="instalment_id", how="semi")
        .select(frames.SETTLED.names())
        .collect()
    )


def spans(
    reminded: pl.LazyFrame, facts: pl.DataFrame, minimum_cents: Mapping[str, int]
) -> pl.DataFrame:
    """Return when each line was overdue and claimed: until paid, too small, or set apart."""
    apart = (
        facts.lazy()
        .filter(pl.col("kind").is_in(SETS_APART))
        .group_by("instalment_id", "customer_id")
        .agg(apart_on=pl.col("starts_on").min())
    )
    of_line = apart.filter(pl.col("instalment_id").is_not_null()).select(
        "instalment_id", line_apart_on="apart_on"
    )
    of_customer = apart.filter(pl.col("instalment_id").is_null()).select(
        "customer_id", customer_apart_on="apart_on"
    )
    least = pl.col("currency").replace_strict(
        dict(minimum_cents) or {"": 0}, default=0, return_dtype=pl.Int64
    )
    paid = pl.col("paid_cents") >= pl.col("amount_cents")
    small = pl.col("amount_cents") - pl.col("paid_cents") < least
    return (
        reminded.join(of_line, on="instalment_id", how="left")
        .join(of_customer, on="customer_id", how="left")
        .select(
            "customer_id",
            "currency",
            from_on=pl.col("due_on") + pl.duration(days=1),
            until_on=pl.min_horizontal(
                pl.when(paid | (small & pl.col("settled_on").is_not_null())).then("settled_on"),
                "line_apart_on",
                "customer_apart_on",
            ),
        )
        .collect()
    )
