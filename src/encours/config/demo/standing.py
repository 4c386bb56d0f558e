"""Disputes, promises and other standing facts of the demo, recorded through actions like a user's.

They are values: the demo command gives each one to the action of the package `standing`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from typing import Final, Literal

from encours.config.demo.model import Customer
from encours.config.demo.truth import TrueLine, Truth

Kind = Literal["dispute", "promise", "plan", "pause", "insolvency", "direct_debit"]
DISPUTES: Final = (
    "Plantes abîmées à la livraison, avoir demandé",
    "Prix différent du bon de commande",
    "Quantité livrée inférieure à la facture",
    "Livraison contestée : bon non signé",
    "Terreau non conforme à la référence commandée",
)
PROMISES: Final = (3, 5, 8, -4)
IN_FLIGHT_DAYS: Final = 5
IN_FLIGHT_MAX: Final = 6


@dataclass(frozen=True, slots=True)
class DemoStanding:
    """One fact to record; without a document it speaks of the whole customer."""

    kind: Kind
    customer: str
    document: str
    reason: str
    starts_on: date
    ends_on: date | None = None
    amount_cents: int | None = None
    due_on: date | None = None


def standing_facts(
    customers: Sequence[Customer], truth: Truth, *, judgment_on: date
) -> tuple[DemoStanding, ...]:
    """Choose, among what is overdue today, what people already deal with."""
    today = truth.today
    late = _oldest_late(customers, truth)
    disputed, promised = late[0::5][: len(DISPUTES)], late[3::5][: len(PROMISES)]
    planned, paused = late[4:5], late[11:12]
    return tuple(
        chain(
            (_dispute(line, why, today) for line, why in zip(disputed, DISPUTES, strict=False)),
            (_promise(line, days, today) for line, days in zip(promised, PROMISES, strict=False)),
            (_plan(line, today) for line in planned),
            (_pause(line, today) for line in paused),
            _insolvency(customers, judgment_on),
            _in_flight(customers, truth),
        )
    )


def _oldest_late(customers: Sequence[Customer], truth: Truth) -> list[TrueLine]:
    """Return the oldest overdue due line of each customer in arrears, lightest arrears first."""
    arrears = sorted((c for c in customers if c.arrears_days), key=lambda c: c.arrears_days)
    since = {c.code: truth.today - timedelta(days=c.arrears_days) for c in arrears}
    oldest: dict[str, TrueLine] = {}
    for line in sorted(truth.lines, key=lambda one: one.due_on):
        started = since.get(line.customer, truth.today)
        if line.open_cents and started <= line.due_on < truth.today:
            oldest.setdefault(line.customer, line)
    return [oldest[one.code] for one in arrears if one.code in oldest]


def _dispute(line: TrueLine, reason: str, today: date) -> DemoStanding:
    starts_on = min(today, line.due_on + timedelta(days=2))
    cents = line.open_cents if line.open_cents % 2 else line.open_cents // 3
    return DemoStanding(
        "dispute",
        line.customer,
        line.number,
        reason,
        starts_on,
        amount_cents=cents,
        due_on=line.due_on,
    )


def _promise(line: TrueLine, days: int, today: date) -> DemoStanding:
    said_on = today - timedelta(days=2 if days > 0 else 12)
    kept = "Promesse au téléphone" if days > 0 else "Promesse non tenue"
    return DemoStanding(
        "promise",
        line.customer,
        line.number,
        kept,
        max(said_on, line.issued_on),
        ends_on=today + timedelta(days=days),
        amount_cents=line.open_cents,
        due_on=line.due_on,
    )


def _plan(line: TrueLine, today: date) -> DemoStanding:
    return DemoStanding(
        "plan",
        line.customer,
        line.number,
        "Échéancier accordé en trois fois",
        today - timedelta(days=1),
        ends_on=today + timedelta(days=90),
        amount_cents=line.open_cents,
        due_on=line.due_on,
    )


def _pause(line: TrueLine, today: date) -> DemoStanding:
    return DemoStanding(
        "pause",
        line.customer,
        "",
        "Rendez-vous commercial prévu, relances suspendues",
        today - timedelta(days=3),
        ends_on=today + timedelta(days=11),
    )


def _insolvency(customers: Sequence[Customer], judgment_on: date) -> Iterator[DemoStanding]:
    for one in customers:
        if one.fate == "insolvent":
            yield DemoStanding(
                "insolvency", one.code, "", "Redressement judiciaire (BODACC)", judgment_on
            )


def _in_flight(customers: Sequence[Customer], truth: Truth) -> Iterator[DemoStanding]:
    """Yield the direct debits already handed to the bank, due in the next days."""
    debited = {one.code for one in customers if one.habit.method == "direct_debit"}
    last = truth.today + timedelta(days=IN_FLIGHT_DAYS)
    soon = [
        line
        for line in truth.lines
        if line.customer in debited and line.open_cents and truth.today <= line.due_on <= last
    ]
    for line in soon[:IN_FLIGHT_MAX]:
        yield DemoStanding(
            "direct_debit",
            line.customer,
            line.number,
            "Prélèvement remis à la banque",
            truth.today - timedelta(days=1),
            ends_on=line.due_on + timedelta(days=8),
            amount_cents=line.open_cents,
            due_on=line.due_on,
        )
