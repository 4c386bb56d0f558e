"""Small ledgers written by hand: one call per row, everything else filled with the plain case."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self

import polars as pl

from encours.dunning.rules import planner
from encours.dunning.rules.frames import SCHEMAS, Ledger, Moment
from encours.dunning.rules.planner import Plan
from encours.dunning.rules.scenario import Scenario, french_scenario

TODAY = date(2026, 11, 17)  # a Tuesday
NOW = datetime(2026, 11, 17, 6, 0, tzinfo=UTC)
FRENCH = french_scenario()


def ago(days: int) -> date:
    """Return the day that many days before the tests' today."""
    return TODAY - timedelta(days=days)


def moment(today: date = TODAY, **given: Any) -> Moment:
    """Return a live creditor with fresh data, on a working Tuesday."""
    return Moment(today=today, now=NOW, **given)


@dataclass
class Book:
    """A ledger under construction; every method returns the book."""

    rows: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {name: [] for name in SCHEMAS}
    )

    def line(self, number: int, late: int = 12, **given: Any) -> Self:
        """Add due line FA-<number>, `late` days late today, of customer 1 unless said."""
        row = {
            "instalment_id": number,
            "customer_id": 1,
            "currency": "EUR",
            "document": f"FA-{number}",
            "kind": "invoice",
            "issued_on": ago(late + 30),
            "due_on": ago(late),
            "due_source": "read",
            "open_cents": 100_00,
            "state": "ordinary",
            "triage": None,
        }
        return self._add("lines", row, given)

    def customer(self, number: int = 1, **given: Any) -> Self:
        """Add a confirmed business that has an e-mail address."""
        row = {
            "customer_id": number,
            "debtor_class": "business",
            "class_confirmed": True,
            "has_email": True,
            "has_postal": False,
            "intra_group": False,
            "has_phone": False,
            "has_sms": False,
            "has_whatsapp": False,
            "has_consent": False,
            "country": "FR",
            "is_vip": False,
        }
        return self._add("customers", row, given)

    def fact(self, kind: str, **given: Any) -> Self:
        """Add a standing fact on customer 1, in force for ten days, without end."""
        row = {
            "customer_id": 1,
            "instalment_id": None,
            "kind": kind,
            "starts_on": ago(10),
            "ends_on": None,
        }
        return self._add("facts", row, given)

    def money(self, cents: int, **given: Any) -> Self:
        """Add unallocated money on customer 1."""
        row = {"customer_id": 1, "currency": "EUR", "unallocated_cents": cents}
        return self._add("cover", {**row, "in_flight_cents": 0}, given)

    def said(self, step: str, days_ago: int, *numbers: int, **given: Any) -> Self:
        """Add a message to customer 1, sent that many days ago, listing these lines."""
        message = len(self.rows["messages"]) + 1
        row = {
            "message_id": message,
            "customer_id": 1,
            "currency": "EUR",
            "step": step,
            "cycle": 1,
            "planned_on": ago(days_ago),
            "sent_on": ago(days_ago),
            "is_pending": False,
        }
        self._add("messages", row, given)
        for number in numbers:
            self._add("listings", {"message_id": message, "instalment_id": number}, {})
        return self

    def did(self, behaviour: str, days_ago: int, **given: Any) -> Self:
        """Say what customer 1 did that many days ago."""
        row = {"customer_id": 1, "currency": None, "instalment_id": None}
        return self._add("behaviours", {**row, "behaviour": behaviour, "on": ago(days_ago)}, given)

    def settled(self, number: int, days_ago: int, **given: Any) -> Self:
        """Add a reminded line of customer 1 that was settled that many days ago."""
        row = {
            "instalment_id": number,
            "customer_id": 1,
            "currency": "EUR",
            "document": f"FA-{number}",
            "due_on": ago(20),
            "settled_on": ago(days_ago),
        }
        return self._add("settled", row, given)

    def clear(self, days_ago: int, **given: Any) -> Self:
        """Say that nothing overdue was open that many days ago."""
        row = {"customer_id": 1, "currency": "EUR", "cleared_on": ago(days_ago)}
        return self._add("clears", row, given)

    def ledger(self) -> Ledger:
        """Return the frames."""
        return Ledger.of(
            **{name: pl.DataFrame(rows, schema=SCHEMAS[name]) for name, rows in self.rows.items()}
        )

    def plan(self, scenario: Scenario = FRENCH, **given: Any) -> Plan:
        """Plan the day."""
        return planner.plan(self.ledger(), scenario, moment(**given))

    def _add(self, name: str, row: dict[str, Any], given: dict[str, Any]) -> Self:
        assert set(given) <= set(row)
        self.rows[name].append({**row, **given})
        return self


def book() -> Book:
    """Return a book with customer 1 in it."""
    return Book().customer()


def steps(plan: Plan) -> list[tuple[int, str, str, list[int]]]:
    """Return customer, currency, step and lines of each message."""
    lines = plan.planned.group_by("customer_id", "currency", "step").agg("instalment_id")
    rows = plan.messages.join(lines, on=["customer_id", "currency", "step"], maintain_order="left")
    return [
        (row["customer_id"], row["currency"], row["step"], row["instalment_id"])
        for row in rows.iter_rows(named=True)
    ]


def fates(plan: Plan) -> dict[int, str]:
    """Return, by line: a step, `reserved`, `waiting`, or the reason why it is held."""
    told = {"waiting": plan.waiting, "reserved": plan.reserved}
    fate = {number: name for name, lines in told.items() for number in lines["instalment_id"]}
    fate |= dict(plan.held.select("instalment_id", "reason").iter_rows())
    return fate | dict(plan.planned.select("instalment_id", "step").iter_rows())


def with_limits(**given: Any) -> Scenario:
    """Return the French scenario with other limits."""
    return replace(FRENCH, **given)
