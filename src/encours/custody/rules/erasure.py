"""What an erasure takes away and what the law keeps: one decision, basis and end for each thing.

GDPR art. 17; accounting 10 years, contract archive 5 years, active customer 3 years (CNIL,
référentiels gestion commerciale and gestion des impayés; Code de commerce). An open debt keeps
what is needed to collect it, no more: never the free notes, never the words of the journal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from encours.kernel.dates import add_months

ACCOUNTING_MONTHS: Final = 120
PROOF_MONTHS: Final = 60
What = Literal[
    "contact", "contacts", "note", "identity", "ledger", "messages", "document", "standing",
    "mandates", "journal",
]  # fmt: skip
Outcome = Literal["erased", "anonymised", "kept"]
CLAIM: Final = "Créance en cours : contrat et intérêt légitime à la recouvrer, jusqu'au règlement."
ACCOUNTS: Final = "Obligation légale : pièces et livres comptables, 10 ans."
PROOF: Final = "Preuve des relances pendant la prescription, 5 ans."
DISPUTE: Final = "Preuve d'un prélèvement qui peut encore être contesté, 13 mois."
RETENTION: Final = "Durée de conservation de cette nature de pièce."
NO_BASIS: Final = "Plus aucune raison de le garder."
KEY: Final = "La clé de la personne est détruite : ces valeurs ne se lisent plus."


@dataclass(frozen=True, slots=True)
class HeldDocument:
    """One kept file and the last day its kind is kept."""

    id: int
    until: date


@dataclass(frozen=True, slots=True)
class Held:
    """What is held of a person, in figures; dates are those of the last use."""

    kind: Literal["contact", "customer"]
    open_cents: int = 0
    contacts: int = 0
    has_note: bool = False
    last_document_on: date | None = None
    messages: int = 0
    last_message_on: date | None = None
    documents: tuple[HeldDocument, ...] = ()
    standing: int = 0
    mandates: int = 0
    mandates_until: date | None = None
    sealed_facts: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one thing, why, and until when it is kept."""

    what: What
    outcome: Outcome
    basis: str
    count: int = 1
    until: date | None = None
    document_id: int | None = None


def decide(held: Held, *, today: date) -> tuple[Decision, ...]:
    """Return a decision for each thing held; nothing held is passed over."""
    if held.kind == "contact":
        return tuple(_of_contact(held, today))
    return tuple(_of_customer(held, today))


def _of_contact(held: Held, today: date) -> Iterator[Decision]:
    yield Decision("contact", "erased", NO_BASIS, max(held.contacts, 1))
    yield from _messages(held, today)
    yield from _journal(held)


def _of_customer(held: Held, today: date) -> Iterator[Decision]:
    is_owing = held.open_cents > 0
    if held.contacts:
        outcome: Outcome = "kept" if is_owing else "erased"
        yield Decision("contacts", outcome, CLAIM if is_owing else NO_BASIS, held.contacts)
    if held.has_note:
        yield Decision("note", "erased", NO_BASIS)
    until = _after(held.last_document_on, ACCOUNTING_MONTHS)
    if is_owing:
        yield Decision("identity", "kept", CLAIM)
    elif until is not None and until >= today:
        yield Decision("identity", "kept", ACCOUNTS, until=until)
    else:
        yield Decision("identity", "anonymised", NO_BASIS)
    if held.last_document_on is not None:
        yield Decision("ledger", "kept", ACCOUNTS, until=until)
    yield from _messages(held, today)
    for one in held.documents:
        if is_owing or one.until >= today:
            basis = CLAIM if is_owing else RETENTION
            end = None if is_owing else one.until
            yield Decision("document", "kept", basis, until=end, document_id=one.id)
        else:
            yield Decision("document", "erased", NO_BASIS, document_id=one.id)
    if held.standing:
        outcome = "kept" if is_owing else "erased"
        yield Decision("standing", outcome, CLAIM if is_owing else NO_BASIS, held.standing)
    if held.mandates:
        yield _mandates(held, today)
    yield from _journal(held)


def _mandates(held: Held, today: date) -> Decision:
    """Keep mandates while money is owed, or a debit made with them may still be disputed."""
    if held.open_cents > 0:
        return Decision("mandates", "kept", CLAIM, held.mandates)
    if held.mandates_until is not None and held.mandates_until >= today:
        return Decision("mandates", "kept", DISPUTE, held.mandates, held.mandates_until)
    return Decision("mandates", "erased", NO_BASIS, held.mandates)


def _messages(held: Held, today: date) -> Iterator[Decision]:
    if not held.messages:
        return
    until = _after(held.last_message_on, PROOF_MONTHS)
    if held.open_cents > 0:
        yield Decision("messages", "kept", CLAIM, held.messages)
    elif until is not None and until >= today:
        yield Decision("messages", "kept", PROOF, held.messages, until)
    else:
        yield Decision("messages", "erased", NO_BASIS, held.messages)


def _journal(held: Held) -> Iterator[Decision]:
    yield Decision("journal", "erased", KEY, held.sealed_facts)


def _after(day: date | None, months: int) -> date | None:
    return None if day is None else add_months(day, months)
