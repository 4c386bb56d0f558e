"""Erases a person: what the law lets go is gone, what it keeps is said with its reason and end."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.db import transaction

from encours.custody.queries import persons as queries
from encours.custody.queries.persons import PersonCard
from encours.custody.rules.erasure import Decision, What, decide
from encours.discounts import erasing as discounts
from encours.documents import actions as documents
from encours.dunning.actions import choices
from encours.kernel.refusal import Refusal
from encours.messaging import erasing as messages
from encours.parties.actions import contacts, erasing
from encours.payments.actions import mandates
from encours.postal.actions import consents
from encours.recovery import erasing as recovery
from encours.replies.actions import sealing as replies
from encours.risk.actions import limits
from encours.scoring import erasing as scoring
from encours.standing import erasing as standing
from encours.tenancy import persons
from encours.tenancy.journal import record
from encours.tenancy.persons import Person

NATURAL: Final = frozenset({"consumer", "unknown", "foreign"})


class NoSuchPerson(Refusal):
    """Erased already, or never known."""

    message = "Cette personne n'existe pas, ou plus."


class NotAPerson(Refusal):
    """The right to erasure is that of natural persons."""

    message = (
        "L'effacement est un droit des personnes physiques : dites que ce client est un "
        "entrepreneur individuel, ou effacez ses interlocuteurs un par un."
    )


def decisions(*, tenant_id: int, person: Person, today: date) -> tuple[Decision, ...]:
    """Return what an erasure would do, without doing it."""
    card = _card(tenant_id, person)
    return decide(queries.held(tenant_id=tenant_id, card=card, today=today), today=today)


@transaction.atomic
def erase_person(
    *,
    tenant_id: int,
    person: Person,
    is_natural: bool = False,
    actor_id: int | None = None,
    today: date,
) -> tuple[Decision, ...]:
    """Erase what may be; return each decision as it was carried out.

    Merged customers are one person: every account of theirs is reached, so that separating them
    afterwards brings nothing back.
    `is_natural`: somebody says that a business is a natural person's own.
    """
    card = _card(tenant_id, person)
    if person[0] == "customer" and card.debtor_class not in NATURAL and not is_natural:
        raise NotAPerson
    made = decide(queries.held(tenant_id=tenant_id, card=card, today=today), today=today)
    for one in made:
        if one.outcome != "kept":
            _carry_out(one, card, tenant_id=tenant_id, actor_id=actor_id, today=today)
    record(
        "person.erased",
        tenant_id=tenant_id,
        subject=person,
        effective_on=today,
        actor_id=actor_id,
        creditor_id=card.creditor_id,
        data={
            "erased": sum(one.outcome != "kept" for one in made),
            "kept": sum(one.outcome == "kept" for one in made),
            "rows": list(card.ids),
        },
    )
    return made


def _carry_out(
    one: Decision, card: PersonCard, *, tenant_id: int, actor_id: int | None, today: date
) -> None:
    """Do what one decision says."""
    told: dict[str, Any] = {"tenant_id": tenant_id, "actor_id": actor_id, "today": today}
    match one.what:
        case "contact":
            for contact_id in card.ids:
                contacts.remove_contact(**told, contact_id=contact_id)
        case "contacts" | "note" | "identity" | "mandates" | "standing":
            for customer_id in card.family:
                _of_account(one.what, told, customer_id)
        case "messages":
            ids = [number for number, _ in queries.messages_of(tenant_id=tenant_id, card=card)]
            messages.erase_messages(tenant_id=tenant_id, message_ids=ids)
            told_us = [number for number, _ in queries.replies_of(tenant_id=tenant_id, card=card)]
            replies.erase_replies(tenant_id=tenant_id, reply_ids=told_us)
        case "document":
            assert one.document_id is not None
            documents.remove(
                tenant_id=tenant_id,
                document_id=one.document_id,
                reason="erasure",
                actor_id=actor_id,
                today=today,
            )
        case "journal":
            persons.destroy_keys(tenant_id=tenant_id, kind=card.person[0], ids=card.ids)


def _of_account(what: What, told: dict[str, Any], customer_id: int) -> None:
    """Do it to one account of the person."""
    match what:
        case "contacts":
            erasing.erase_contacts(**told, customer_id=customer_id)
            consents.erase_consents(tenant_id=told["tenant_id"], customer_id=customer_id)
        case "note":
            erasing.erase_note(**told, customer_id=customer_id)
            limits.erase_reasons(tenant_id=told["tenant_id"], customer_id=customer_id)
            choices.erase_reasons(tenant_id=told["tenant_id"], customer_id=customer_id)
            recovery.erase_words(tenant_id=told["tenant_id"], customer_id=customer_id)
        case "identity":
            erasing.anonymise_customer(**told, customer_id=customer_id)
        case "mandates":
            mandates.erase_mandates(tenant_id=told["tenant_id"], customer_id=customer_id)
        case "standing":
            standing.erase_reasons(tenant_id=told["tenant_id"], customer_id=customer_id)
            scoring.erase_reasons(tenant_id=told["tenant_id"], customer_id=customer_id)
            discounts.erase_reasons(tenant_id=told["tenant_id"], customer_id=customer_id)


def _card(tenant_id: int, person: Person) -> PersonCard:
    card = queries.person_card(tenant_id=tenant_id, person=person)
    if card is None:
        raise NoSuchPerson
    return card
