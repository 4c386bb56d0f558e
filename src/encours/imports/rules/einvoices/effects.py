"""What the statuses of an e-invoice change: the standing facts they amount to, together.

The latest by its own date decides, whatever the order in which statuses arrive: a decision of the
buyer or the platform stands until a later one of the same matter. A refusal is for a person to
settle; a rejection, until the invoice is issued again (law-fr 10.3, 10.5).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from encours.imports.rules.einvoices.status import Status

DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Effect:
    """A standing fact that a status amounts to; `amount_cents` None speaks of the whole line.

    `message` and `status` name the status behind it, so that it is known again.
    """

    kind: str
    status: str
    message: str
    starts_on: date
    ends_on: date | None = None
    amount_cents: int | None = None
    reason: str = ""


ISSUED: Final = frozenset({"200", "201", "202", "203"})
"""Statuses of an invoice that was validly issued: after a rejection, it was issued again."""
ENDS: Final[Mapping[str, frozenset[str]]] = {
    "213": ISSUED,
    "208": frozenset({"205", "206", "207", "209", "210", "211", "220"}),
    "207": frozenset({"205", "210", "211", "220"}),
    "224": frozenset({"228"}),
    "225": frozenset({"228"}),
    "226": frozenset({"228"}),
    "211": frozenset({"207", "208", "210", "211", "213", "220"}),
}
"""What ends the effect of a status: 210, 220 and 227 wait for a person, or for a credit note."""
KINDS: Final[Mapping[str, str]] = {
    "207": "dispute",
    "208": "dispute",
    "210": "dispute",
    "211": "promise",
    "225": "assignment",
    "226": "assignment",
}
"""The kind of fact that stands for a status; `einvoice` for those that only it can tell."""
KEPT: Final = frozenset(
    {"205", "206", "207", "208", "210", "211", "213", "220", "224", "225", "226", "227"}
)
"""Statuses that stand as facts: they hold, or prove; the others are only told by the journal."""


def effects(statuses: Iterable[Status]) -> tuple[Effect, ...]:
    """Return every fact that the statuses of one invoice amount to, ended ones with their end.

    One that a later status of the same day undoes never held.
    """
    order = sorted(set(statuses), key=lambda one: (one.at, one.code, one.message))
    found = []
    for place, status in enumerate(order):
        if status.code not in KEPT:
            continue
        ends = ENDS.get(status.code, frozenset())
        later = next((one for one in order[place + 1 :] if one.code in ends), None)
        effect = _effect(status)
        if later is not None:
            last = later.at.date() - DAY
            if last < effect.starts_on:
                continue
            if effect.ends_on is None or last < effect.ends_on:
                effect = replace(effect, ends_on=last)
        found.append(effect)
    return tuple(found)


def current(statuses: Iterable[Status]) -> Status | None:
    """Return the status that decides: the latest by its own date."""
    return max(statuses, key=lambda one: (one.at, one.code), default=None)


def _effect(status: Status) -> Effect:
    if status.code == "211":
        return _payment(status)
    return Effect(
        kind=KINDS.get(status.code, "einvoice"),
        status=status.code,
        message=status.message,
        starts_on=status.at.date(),
        reason=reason_of(status),
    )


def _payment(status: Status) -> Effect:
    """Return the payment announced: how much, and the day until which it is waited for."""
    paid = [one for one in status.amounts if one.kind == "MPA"]
    days = [one.on for one in paid if one.on is not None]
    starts_on = status.at.date()
    return Effect(
        kind="promise",
        status=status.code,
        message=status.message,
        starts_on=starts_on,
        ends_on=max([starts_on, *days]),
        amount_cents=sum(one.cents for one in paid) or None,
        reason=reason_of(status),
    )


def reason_of(status: Status) -> str:
    """Return what a fact says of its status: code, label, why."""
    head = f"Facture électronique {status.code} {status.label}"
    return f"{head} ({status.reason})" if status.reason else head
