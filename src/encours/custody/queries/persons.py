"""What is held of one person: a contact, or a customer who is a natural person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from encours.custody.rules.erasure import Held, HeldDocument
from encours.documents.queries import lists
from encours.documents.queries.lists import Asked, DocumentRow
from encours.documents.rules.kinds import kept_until, retention_on, shipped_retention
from encours.parties import faces
from encours.parties.models import Contact, Customer
from encours.payments import rules as mandates
from encours.payments.models import Mandate
from encours.recovery.models import Call, Task
from encours.replies.queries import senders
from encours.risk.models import CreditLimit
from encours.tenancy.persons import Person

OF_CUSTOMER: Final = """
select
    (select coalesce(sum(l.amount_cents), 0) from receivables_instalment l
        where l.tenant_id = %(tenant_id)s and l.customer_id = any(%(ids)s) and l.undone_at is null)
    - (select coalesce(sum(a.amount_cents), 0) from receivables_allocation a
        join receivables_instalment l on l.tenant_id = a.tenant_id and l.id = a.instalment_id
        where l.tenant_id = %(tenant_id)s and l.customer_id = any(%(ids)s) and l.undone_at is null
            and a.undone_at is null),
    (select count(*) from parties_contact
        where tenant_id = %(tenant_id)s and customer_id = any(%(ids)s)),
    greatest(
        (select max(issued_on) from receivables_invoice
            where tenant_id = %(tenant_id)s and customer_id = any(%(ids)s)),
        (select max(received_on) from receivables_credit
            where tenant_id = %(tenant_id)s and customer_id = any(%(ids)s))),
    (select count(*) from standing_standingfact where tenant_id = %(tenant_id)s
        and customer_id = any(%(ids)s) and (reason <> '' or details <> '{}'))
    + (select count(*) from scoring_chosenprofile where tenant_id = %(tenant_id)s
        and customer_id = any(%(ids)s) and reason <> '')
"""
MESSAGES: Final = """
select m.id, coalesce(m.sent_at, m.created_at)::date from messaging_message m
where m.tenant_id = %(tenant_id)s and m.recipient <> '{}'
    and (m.customer_id = any(%(customers)s) or lower(m.recipient ->> 'email') = lower(%(email)s))
order by m.id
"""
SEALED: Final = """
select count(*) from tenancy_fact
where tenant_id = %(tenant_id)s and subject_type = %(kind)s and subject_id = any(%(ids)s)
    and data ? 'sealed'
"""


@dataclass(frozen=True, slots=True)
class PersonCard:
    """Who it is, as the house knows them today.

    A merged customer is one person with whoever it was merged with: `family` is all of them, `ids`
    every row of the person's kind (of a contact: the same address in the family).
    """

    person: Person
    ids: tuple[int, ...]
    family: tuple[int, ...]
    customer_id: int
    creditor_id: int
    name: str
    email: str
    debtor_class: str
    is_class_confirmed: bool
    has_note: bool


def person_card(*, tenant_id: int, person: Person) -> PersonCard | None:
    """Return the person, or None when there is nobody of that number."""
    kind, number = person
    if kind == "contact":
        row = Contact.objects.of(tenant_id).select_related("customer").filter(pk=number).first()
        if row is None:
            return None
        customer, name, email = row.customer, row.name or row.email, row.email
    else:
        found = Customer.objects.of(tenant_id).filter(pk=number).first()
        if found is None:
            return None
        customer, name, email = found, found.name, ""
    family = _family(tenant_id, customer.pk)
    everyone = Customer.objects.of(tenant_id).filter(pk__in=family)
    return PersonCard(
        person,
        family if kind == "customer" else _same_address(tenant_id, number, email, family),
        family,
        customer.pk,
        customer.creditor_id,
        name,
        email,
        customer.debtor_class,
        customer.class_confirmed_at is not None,
        everyone.exclude(note="").exists(),
    )


def _family(tenant_id: int, customer_id: int) -> tuple[int, ...]:
    """Return a customer and those it is one with since a merge, itself first."""
    face = faces.face_of(tenant_id=tenant_id, customer_id=customer_id)
    found = faces.family_of(tenant_id=tenant_id, customer_id=face)
    return (customer_id, *(one for one in found if one != customer_id))


def _same_address(
    tenant_id: int, contact_id: int, email: str, family: tuple[int, ...]
) -> tuple[int, ...]:
    if not email:
        return (contact_id,)
    rows = Contact.objects.of(tenant_id).filter(customer_id__in=family, email__iexact=email)
    others = rows.exclude(pk=contact_id).order_by("pk").values_list("pk", flat=True)
    return (contact_id, *others)


def messages_of(*, tenant_id: int, card: PersonCard) -> list[tuple[int, date]]:
    """Return the messages sent to a person: number and day."""
    is_customer = card.person[0] == "customer"
    params = {
        "tenant_id": tenant_id,
        "customers": list(card.family) if is_customer else [],
        "email": card.email or None,
    }
    return _rows(MESSAGES, params)


def replies_of(*, tenant_id: int, card: PersonCard) -> list[tuple[int, date]]:
    """Return what a person answered: number and day."""
    is_customer = card.person[0] == "customer"
    return senders.replies_of(
        tenant_id=tenant_id, customer_ids=card.family if is_customer else (), email=card.email
    )


def held(*, tenant_id: int, card: PersonCard, today: date) -> Held:
    """Return what is held of a person, for the rule of erasure."""
    kind, _number = card.person
    sent = messages_of(tenant_id=tenant_id, card=card)
    sent += replies_of(tenant_id=tenant_id, card=card)
    params = {"tenant_id": tenant_id, "kind": kind, "ids": list(card.ids)}
    sealed = int(_rows(SEALED, params)[0][0])
    last_message = max((day for _, day in sent), default=None)
    opened, contacts, last_on, standing = _rows(
        OF_CUSTOMER, {"tenant_id": tenant_id, "ids": list(card.family)}
    )[0]
    if kind == "contact":
        return Held(
            "contact",
            contacts=len(card.ids),
            messages=len(sent),
            last_message_on=last_message,
            sealed_facts=sealed,
        )
    signed = [
        one.as_signed()
        for one in Mandate.objects.of(tenant_id)
        .filter(customer_id__in=card.family)
        .exclude(iban="", holder_name="", reference__startswith="EFFACE-")
    ]
    return Held(
        "customer",
        open_cents=int(opened),
        contacts=contacts,
        has_note=card.has_note or _has_reasons(tenant_id, card.family),
        last_document_on=last_on,
        messages=len(sent),
        last_message_on=last_message,
        documents=tuple(_documents(tenant_id, card, last_on, today)),
        standing=standing,
        mandates=len(signed),
        mandates_until=max(filter(None, map(mandates.kept_until, signed)), default=None),
        sealed_facts=sealed,
    )


def _has_reasons(tenant_id: int, customer_ids: tuple[int, ...]) -> bool:
    """Say whether somebody wrote of a limit, a call or an action: free words, like the note."""
    mine = {"customer_id__in": customer_ids}
    return (
        CreditLimit.objects.of(tenant_id).filter(**mine).exclude(reason="").exists()
        or Call.objects.of(tenant_id).filter(**mine).exclude(note="").exists()
        or Task.objects.of(tenant_id).filter(**mine).exclude(text="").exists()
    )


def documents_of(*, tenant_id: int, card: PersonCard) -> Iterator[DocumentRow]:
    """Yield each file of a customer and of whoever it is one with, once."""
    seen = set[int]()
    for customer_id in card.family:
        for row in lists.documents(tenant_id=tenant_id, asked=Asked(customer_id=customer_id)):
            if row.id not in seen:
                seen.add(row.id)
                yield row


def _documents(
    tenant_id: int, card: PersonCard, last_on: date | None, today: date
) -> list[HeldDocument]:
    kept = []
    for row in documents_of(tenant_id=tenant_id, card=card):
        used = max(filter(None, (row.dated_on, row.created_at.date(), last_on)))
        period = retention_on(shipped_retention(), row.kind, today)
        kept.append(HeldDocument(row.id, kept_until(period, used)))
    return kept


def _rows(query: str, params: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return list(cursor.fetchall())
