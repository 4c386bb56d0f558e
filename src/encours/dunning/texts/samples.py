"""Situations that a text may meet: one invoice or several, each class of debtor, what is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import product
from typing import Final

from encours.dunning.texts.mandates import Mandate
from encours.dunning.texts.words import Message, Text, compose
from encours.kernel.money import EUR
from encours.messaging.rules import notice as notices
from encours.messaging.rules.notice import Addressee, Language, Notice, Payment, Sender
from encours.messaging.rules.wording import amount_text
from encours.tone.rules.values import DebtorClass as Debtor
from encours.tone.rules.values import Extent, StepKind

__all__ = ["Debtor", "Extent", "Situation", "situations"]

STEPS: Final[Mapping[str, StepKind]] = {
    "prevenance": "pre_due",
    "mise_en_demeure": "formal_notice",
    "remerciement": "thank_you",
    "releve": "statement",
}
CLAIMING: Final = ("relance_3", "mise_en_demeure", "cabinet")
DUE: Final = date(2026, 9, 30)
AGENCY: Final = Sender("Recouvra", ("12 quai des Docks", "76600 Le Havre"), siren="552100554")
MANDATE: Final = Mandate(
    "Maison Lenoir", ("1 rue du Port", "33000 Bordeaux"), date(2026, 1, 5), "R42"
)
"""A collector and what it was asked to do, for texts that are read before anybody is named."""
_ALWAYS: Final[Mapping[str, str | int]] = {
    "amount": 164_702,
    "open": 154_050,
    "overdue": 154_050,
    "count": "2",
    "oldest_due_on": "30/09/2026",
    "as_of": "23/11/2026",
    "reference": "RF18539007547034",
    "creditor": "Maison Lenoir",
    "customer": "Dupain",
}
_ONE: Final[Mapping[str, str | int]] = {"due_on": "30/09/2026", "invoice": "FA-1", "count": "1"}
_KNOWN: Final[tuple[dict[str, str | int], ...]] = (
    {},
    {"phone": "05 56 00 00 00"},
    {"email": "compta@lenoir.example"},
    {
        "phone": "05 56 00 00 00",
        "email": "compta@lenoir.example",
        "reminders": "03/11/2026",
        "contact": "Mme Roy",
    },
    {
        "credits": 5_000,
        "paid": 10_000,
        "paid_on": "02/11/2026",
        "due_soon": 1_000,
        "discount": 4_621,
        "discount_percent": "3 %",
        "discount_before": "20/09/2026",
        "discount_pay": 149_429,
    },
)
_OWED: Final[Mapping[Debtor, tuple[tuple[dict[str, str | int], frozenset[str]], ...]]] = {
    "business": (
        ({}, frozenset()),
        ({"interest": 2_652, "indemnity": 8_000}, frozenset()),
        ({"interest": 2_652}, frozenset({"agreed_rate"})),
        ({"indemnity": 8_000}, frozenset({"interest_missing"})),
    ),
    "public": (
        ({}, frozenset()),
        ({"interest": 2_652, "indemnity": 8_000}, frozenset()),
    ),
    "consumer": (
        ({}, frozenset()),
        ({"interest": 652}, frozenset()),
        ({}, frozenset({"interest_missing"})),
    ),
    "unknown": (({}, frozenset()),),
}


@dataclass(frozen=True, slots=True)
class Situation:
    """What one message knows, and to whom it speaks; amounts in cents."""

    debtor: Debtor
    values: Mapping[str, str | int]
    flags: frozenset[str]


@cache
def situations(name: str) -> tuple[Situation, ...]:
    """Return what a text of this name may meet."""
    return tuple(
        Situation(
            debtor, {**shape, **known, **owed}, flags | lines | _told(debtor) | _offered(known)
        )
        for debtor, claims in _OWED.items()
        if not (debtor == "unknown" and name == "mise_en_demeure")
        for (shape, lines), known, (owed, flags) in product(_shapes(name), _KNOWN, claims)
    )


def by_debtor(name: str) -> dict[Debtor, list[Situation]]:
    """Return them by class of debtor."""
    found: dict[Debtor, list[Situation]] = {}
    for one in situations(name):
        found.setdefault(one.debtor, []).append(one)
    return found


def barest(some: Iterable[Situation]) -> tuple[Situation, ...]:
    """Return those that know least: one by shape of the list of invoices."""
    found: dict[frozenset[str], Situation] = {}
    for one in some:
        shape = one.flags & {"one", "many"}
        if shape not in found or len(one.values) < len(found[shape].values):
            found[shape] = one
    return tuple(found.values())


def spelled(situation: Situation, language: Language) -> dict[str, str]:
    """Return the values as the customer's language writes them."""
    found = {
        name: amount_text(value, EUR, language) if isinstance(value, int) else value
        for name, value in situation.values.items()
    }
    if "days_late" in found:
        found["days_late"] = "54 jours" if language == "fr" else "54 days"
    return found


def invoices(situation: Situation) -> Sequence[Mapping[str, str]]:
    """Return the invoices that a template may go through."""
    each = {"number": "FA-1", "due_on": "30/09/2026", "open": "770,25 €"}
    count = 1 if "one" in situation.flags else 2
    return [each] * (count if situation.flags & {"one", "many"} else 0)


def example(text: Text, name: str, language: Language, shape: str = "one") -> Message:
    """Return the words that a text gives for a business that owes one invoice, or `many`."""
    known = [one for one in situations(name) if one.flags >= {"business", shape}]
    situation = max(known, key=lambda one: len(one.values))
    return compose(
        text,
        values=spelled(situation, language),
        flags=situation.flags,
        language=language,
        invoices=invoices(situation),
    )


def step_of(name: str) -> StepKind:
    """Return what kind of step says this text."""
    return STEPS.get(name, "reminder")


def notice(message: Message, situation: Situation, language: Language) -> Notice:
    """Return a whole message, with the table and the account that every message has."""
    count = len(invoices(situation))
    return Notice(
        kind="relance",
        language=language,
        sender=Sender("Maison Lenoir", ("1 rue du Port", "33000 Bordeaux")),
        addressee=Addressee("Dupain"),
        written_on=date(2026, 11, 23),
        subject=message.subject,
        greeting=message.greeting,
        opening=message.opening,
        lines=tuple(
            notices.Line(f"FA-{one + 1}", None, DUE, 77_025, 77_025) for one in range(count)
        ),
        payment=Payment(
            "MAISON LENOIR", "FR7630006000011234567890189", reference="RF18539007547034"
        ),
        closing=message.closing,
        farewell=message.farewell,
        mentions=message.mentions,
    )


def _told(debtor: Debtor) -> frozenset[str]:
    return frozenset() if debtor == "unknown" else frozenset({debtor})


def _offered(known: Mapping[str, str | int]) -> frozenset[str]:
    return frozenset({"discount_all"}) if "discount_pay" in known else frozenset()


def _shapes(name: str) -> list[tuple[dict[str, str | int], frozenset[str]]]:
    always = dict(_ALWAYS)
    if name not in ("prevenance", "releve"):
        always["days_late"] = "54 jours"
    if name in CLAIMING:
        always["pay_before"] = "01/12/2026"
    shapes = [
        ({**always, **_ONE}, frozenset({"one"})),
        ({**always, **_ONE, "invoice": ""}, frozenset({"one"})),
        (always, frozenset({"many"})),
    ]
    if name == "remerciement":
        nothing = ("amount", "open", "overdue", "count", "days_late")
        paid = {key: value for key, value in always.items() if key not in nothing}
        shapes.append((paid, frozenset()))
    return shapes
