"""What the planner reads: one Ledger of frames for one creditor, and the Moment it is asked.

One creditor at a time: scenario, holidays, freshness and go-live belong to the creditor, so
no frame names it. An **account** is a customer in a currency: a message, its cycle and the spacing
between two messages belong to an account. Amounts are cents; every frame may be in any order.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import polars as pl

ACCOUNT: Final = ("customer_id", "currency")

LINES: Final = pl.Schema(
    {
        "instalment_id": pl.Int64,
        "customer_id": pl.Int64,
        "currency": pl.String,
        "document": pl.String,  # the invoice's number, "" when it has none
        "kind": pl.String,  # receivables: invoice, debit_note, opening, returned_payment, refund…
        "issued_on": pl.Date,
        "due_on": pl.Date,
        "due_source": pl.String,  # read, terms_confirmed, terms_assumed
        "open_cents": pl.Int64,  # above zero: a settled line is not in the frame
        "state": pl.String,  # ordinary, bill (413), doubtful (416)
        "triage": pl.String,  # remind, letter, leave; null: nobody decided
    }
)
"""Open due lines, the unit of everything: one row each."""

CUSTOMERS: Final = pl.Schema(
    {
        "customer_id": pl.Int64,
        "debtor_class": pl.String,  # business, consumer, public, foreign, unknown
        "class_confirmed": pl.Boolean,  # a person said so; a guess counts as unknown
        "has_email": pl.Boolean,  # a usable address: present, not bounced, right role
        "has_postal": pl.Boolean,
        "intra_group": pl.Boolean,
        "has_phone": pl.Boolean,
        "has_sms": pl.Boolean,  # a mobile number in E.164 that did not opt out of text messages
        "has_whatsapp": pl.Boolean,
        "has_consent": pl.Boolean,  # to registered mail by electronic means (CPCE L100)
        "country": pl.String,  # ISO 3166, of its address
        "is_vip": pl.Boolean,  # a key account: each of its messages is approved by a person
    }
)
"""One row per customer; a customer that is missing here is unknown and cannot be reached.

What is not given of the ways to reach it by telephone, or by registered e-mail, is no.
"""

FACTS: Final = pl.Schema(
    {
        "customer_id": pl.Int64,
        "instalment_id": pl.Int64,  # null: the fact is about the whole customer
        "kind": pl.String,  # standing.StandingKind
        "starts_on": pl.Date,
        "ends_on": pl.Date,  # last day in force; null: until it is ended
    }
)
"""Standing facts, in force or not: a kind that nobody knows here holds nothing.

An `einvoice` row is a rejected invoice only; another status is the kind that it acts as, and an
approved one is not a fact of dunning.
A `limitation` row restarts the limitation: from its last day, else from its first.
"""

COVER: Final = pl.Schema(
    {
        "customer_id": pl.Int64,
        "currency": pl.String,
        "unallocated_cents": pl.Int64,  # money and credit notes received, not yet allocated
        "in_flight_cents": pl.Int64,  # debits and links on their way, not yet received
    }
)
"""Money of an account that no due line has got yet: at most one row per account."""

MESSAGES: Final = pl.Schema(
    {
        "message_id": pl.Int64,
        "customer_id": pl.Int64,
        "currency": pl.String,
        "step": pl.String,  # a code of the scenario; another one counts for spacing only
        "cycle": pl.Int32,
        "planned_on": pl.Date,
        "sent_on": pl.Date,  # null: reserved, approved, uncertain… but not cancelled
        "is_pending": pl.Boolean,  # planned or approved: it has not left, and may still
    }
)
"""Every message of every account with open or just settled lines, cancelled ones left out.

Rehearsal messages are left out once the creditor is live; recorded reminders (sent by another
tool) are in, with the step that the person chose.
"""

LISTINGS: Final = pl.Schema({"message_id": pl.Int64, "instalment_id": pl.Int64})
"""Which due lines a message listed; of the lines, those open or in `settled` are enough."""

SETTLED: Final = pl.Schema(
    {
        "instalment_id": pl.Int64,
        "customer_id": pl.Int64,
        "currency": pl.String,
        "document": pl.String,
        "due_on": pl.Date,
        "settled_on": pl.Date,  # when the last cent took effect
    }
)
"""Lines that a message listed and that are 0 open now: what a thank-you answers."""

CLEARS: Final = pl.Schema({"customer_id": pl.Int64, "currency": pl.String, "cleared_on": pl.Date})
"""Last day up to today on which nothing overdue was open (`cycles.last_clear`), or on which a
person restarted the cycle: one row per account at most."""


CHOICES: Final = pl.Schema(
    {
        "customer_id": pl.Int64,
        "instalment_id": pl.Int64,  # null: the choice is for the whole customer
        "scenario": pl.String,  # a code, or `shelf.NEVER`
    }
)
"""Who follows another scenario than the default: one row per customer and one per due line at most.

A code that is no longer in force is no choice.
"""

RUNNING: Final = pl.Schema(
    {
        "customer_id": pl.Int64,
        "currency": pl.String,
        "scenario": pl.String,
        "version": pl.Int64,
        "last_on": pl.Date,
    }
)
"""The scenario of each account's last message; only needed where several versions are in use."""


BEHAVIOURS: Final = pl.Schema(
    {
        "customer_id": pl.Int64,
        "currency": pl.String,  # null: whatever the currency
        "instalment_id": pl.Int64,  # null: the customer as a whole
        "behaviour": pl.String,  # scenario.Behaviour
        "on": pl.Date,
    }
)
"""What customers did, one row each time: read by the branches of scenarios only."""


ADDRESSES: Final = pl.Schema({"customer_id": pl.Int64, "address": pl.Int64})
"""Customers that share an e-mail address, which a number stands for: one row for each."""

CONTACTED: Final = pl.Schema(
    {
        "message_id": pl.Int64,
        "customer_id": pl.Int64,
        "on": pl.Date,
        "is_sent": pl.Boolean,
    }
)
"""Messages of the last week to those who share an address with customers of the ledger and are not
in it: other creditors' customers, or the others when a few were asked for."""


class Mode(StrEnum):
    """How far the creditor is: reminders leave, are only rehearsed, or are stopped."""

    LIVE = "live"
    REHEARSAL = "rehearsal"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Moment:
    """When and for whom the plan is asked; `now` and `last_import_at` measure freshness only.

    `is_source_late`: a source of the creditor's data is past its own limit, whatever came besides.
    `abroad` = days off by country of debtors. `contacts_a_week` = how many messages a person gets
    in seven days at most. `is_leaving`: asked just before sending, when what is reserved and has
    not left does not count against another message.
    """

    today: date
    now: datetime
    holidays: frozenset[date] = frozenset()
    last_import_at: datetime | None = None
    mode: Mode = Mode.LIVE
    live_on: date | None = None
    allow_stale: bool = False
    is_source_late: bool = False
    abroad: Mapping[str, frozenset[date]] = field(default_factory=dict, hash=False)
    contacts_a_week: int | None = None
    is_leaving: bool = False
    has_agency: bool = False

    def is_stale(self, hours: int) -> bool:
        """Say whether the last import is too old to claim money on it."""
        if self.allow_stale:
            return False
        if self.is_source_late or self.last_import_at is None:
            return self.is_source_late
        return self.now - self.last_import_at > timedelta(hours=hours)


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything the planner reads of one creditor."""

    lines: pl.DataFrame
    customers: pl.DataFrame
    facts: pl.DataFrame
    cover: pl.DataFrame
    messages: pl.DataFrame
    listings: pl.DataFrame
    settled: pl.DataFrame
    clears: pl.DataFrame
    choices: pl.DataFrame
    running: pl.DataFrame
    behaviours: pl.DataFrame
    addresses: pl.DataFrame
    contacted: pl.DataFrame

    @classmethod
    def of(cls, **frames: pl.DataFrame | None) -> Ledger:
        """Build a ledger from the frames that there are; the others are empty."""
        assert set(frames) <= set(SCHEMAS), f"unknown frames: {set(frames) - set(SCHEMAS)}"
        return cls(**{name: conform(frames.get(name), SCHEMAS[name]) for name in SCHEMAS})

    def of_customers(self, customer_ids: Collection[int]) -> Ledger:
        """Keep a few customers: the same decisions, for a screen or a look before sending."""
        mine = pl.col("customer_id").is_in(list(customer_ids))
        kept = {
            one.name: getattr(self, one.name).filter(mine)
            for one in fields(self)
            if one.name not in ("listings", *BETWEEN)
        }
        kept |= {name: getattr(self, name) for name in BETWEEN}
        listings = self.listings.join(kept["messages"], on="message_id", how="semi")
        return Ledger(**kept, listings=listings)

    def without_messages(self, message_ids: Collection[int]) -> Ledger:
        """Forget a few messages: what the planner would say had they not been reserved."""
        other = ~pl.col("message_id").is_in(list(message_ids))
        kept = {one.name: getattr(self, one.name) for one in fields(self)}
        for name in ("messages", "listings"):
            kept[name] = kept[name].filter(other)
        return Ledger(**kept)


BETWEEN: Final = ("addresses", "contacted")
"""Frames that tie customers together: a part of a ledger keeps them whole."""

SCHEMAS: Final[Mapping[str, pl.Schema]] = {
    "lines": LINES,
    "customers": CUSTOMERS,
    "facts": FACTS,
    "cover": COVER,
    "messages": MESSAGES,
    "listings": LISTINGS,
    "settled": SETTLED,
    "clears": CLEARS,
    "choices": CHOICES,
    "running": RUNNING,
    "behaviours": BEHAVIOURS,
    "addresses": ADDRESSES,
    "contacted": CONTACTED,
}


USUAL: Final[Mapping[str, Any]] = {
    "has_phone": False,
    "has_sms": False,
    "has_whatsapp": False,
    "has_consent": False,
    "country": "FR",
    "is_vip": False,
    "is_pending": False,
}
"""What a column is where it is not given."""


def conform(frame: pl.DataFrame | None, schema: pl.Schema) -> pl.DataFrame:
    """Return the frame with exactly these columns and types; a missing one is a mistake of ours."""
    if frame is None:
        return pl.DataFrame(schema=schema)
    missing = set(schema) - set(frame.columns)
    assert missing <= set(USUAL), f"missing columns: {sorted(missing - set(USUAL))}"
    return frame.select(
        pl.lit(USUAL[name], kind).alias(name) if name in missing else pl.col(name).cast(kind)
        for name, kind in schema.items()
    )
