"""What each kind of standing fact needs, and what a due line's status is under several of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from encours.kernel.money import french_text


@dataclass(frozen=True, slots=True)
class Needs:
    """What a kind of fact must say; `about` is where it applies: line, customer or either."""

    about: str = "either"
    end: bool = False
    amount: bool = False
    reason: bool = False


NEEDS: Final = {
    "dispute": Needs(reason=True),
    "promise": Needs(end=True, amount=True),
    "plan": Needs(end=True),
    "pause": Needs(end=True, reason=True),
    "insolvency": Needs(about="customer"),
    "over_indebtedness": Needs(about="customer"),
    "protection": Needs(about="customer"),
    "death": Needs(about="customer"),
    "limitation": Needs(reason=True),
    "assignment": Needs(),
    "handover": Needs(),
    "einvoice": Needs(about="line"),
    "direct_debit": Needs(about="line", end=True, amount=True),
    "reply": Needs(about="customer", end=True),
    "orders_held": Needs(about="customer", reason=True),
}
"""Kinds as the table knows them."""

STATUSES: Final = {
    "insolvency": "insolvent",
    "over_indebtedness": "insolvent",
    "death": "deceased",
    "protection": "protected",
    "handover": "handed_over",
    "assignment": "assigned",
    "rejected": "rejected",
    "credit_expected": "credit_expected",
    "direct_payer": "direct_payer",
    "dispute": "disputed",
    "plan": "plan",
    "promise": "promised",
    "direct_debit": "direct_debit",
    "pause": "paused",
    "reply": "answered",
}
"""The status that a fact gives to an open line, the strongest first."""

EINVOICE_EFFECTS: Final = {
    "207": "dispute",
    "208": "dispute",
    "210": "dispute",
    "213": "rejected",
    "220": "credit_expected",
    "224": "direct_payer",
    "225": "assignment",
    "226": "assignment",
}
"""Life-cycle codes of e-invoices that stand in the way (XP Z12-012; law-fr 10.3, 10.5).

A refusal (210) is a dispute: due date, interest and limitation stand until a person decides; a
rejection (213) means that nothing was validly issued.
"""


@dataclass(frozen=True, slots=True)
class Said:
    """A fact as somebody says it, before it is recorded."""

    kind: str
    starts_on: date
    ends_on: date | None = None
    amount_cents: int | None = None
    reason: str = ""
    is_on_line: bool = False
    status: str = ""


def faults(said: Said, *, open_cents: int, currency: str) -> Iterator[str]:
    """Yield, in French, what keeps a fact from being recorded.

    `open_cents` is what is open on what the fact is about, on the day it starts.
    """
    needs = NEEDS[said.kind]
    if needs.about == "line" and not said.is_on_line:
        yield "Choisissez l'échéance concernée."
    if needs.about == "customer" and said.is_on_line:
        yield "Ce fait concerne le client entier, pas une échéance."
    if needs.reason and not said.reason.strip():
        yield "Indiquez le motif."
    if needs.end and said.ends_on is None:
        yield "Indiquez la date de fin."
    if said.ends_on is not None and said.ends_on < said.starts_on:
        yield "La date de fin précède la date de début."
    if needs.amount and said.amount_cents is None:
        yield "Indiquez le montant."
    if said.amount_cents is not None:
        yield from _amount_faults(said.amount_cents, open_cents, currency)
    if said.kind == "einvoice" and not said.status.isdigit():
        yield "Indiquez le code de statut de la facture électronique (207, 210…)."


def _amount_faults(amount_cents: int, open_cents: int, currency: str) -> Iterator[str]:
    if amount_cents <= 0:
        yield "Le montant doit être supérieur à zéro."
    elif amount_cents > open_cents:
        yield f"Le montant dépasse ce qui reste dû : {french_text(open_cents, currency)}."


def effect_of(kind: str, status: str = "") -> str:
    """Return the kind that a fact acts as; an e-invoice status may reject, dispute or do nothing.

    Empty when the fact is only kept, such as an act that interrupts limitation.
    """
    if kind == "einvoice":
        return EINVOICE_EFFECTS.get(status, "")
    return kind if kind in STATUSES else ""


def status_of(effects: Iterable[str]) -> str | None:
    """Return the status of an open line under these effects: the strongest one's."""
    present = set(effects)
    return next((status for kind, status in STATUSES.items() if kind in present), None)
