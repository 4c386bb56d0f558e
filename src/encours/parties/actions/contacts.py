"""Contacts: typed by hand, or brought by a file (template, paste) and matched to customers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db import transaction

from encours.kernel.issue import Issue, has_errors
from encours.kernel.refusal import Refusal
from encours.parties import rules
from encours.parties.actions import customers
from encours.parties.models import Batch, Contact, Customer
from encours.parties.rules import ContactLine
from encours.tenancy import persons
from encours.tenancy.journal import record

FIELDS: Final = frozenset({"name", "role", "email", "phone", "language", "channel"})
PERSONAL: Final = ("name", "email", "phone")
CHANNELS: Final = ("email", "letter", "phone")
OF_CUSTOMER: Final = (
    "address_line1", "address_line2", "postcode", "city", "country", "language", "siren",
    "vat_number",
)  # fmt: skip
ONCE: Final = frozenset({"siren", "vat_number"})
"""Identifiers: a file fills them in, it does not change them."""


class InvalidContact(Refusal):
    """Say what is wrong in what was typed."""


@dataclass(slots=True)
class ContactsImport:
    """What a contacts file did, or would do."""

    file: str
    applied: bool = False
    rows: int = 0
    customers: int = 0
    contacts_created: int = 0
    contacts_updated: int = 0
    issues: list[Issue] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        """Say whether the whole file was refused."""
        return has_errors(self.issues)

    def as_json(self) -> dict[str, Any]:
        """Return the shape that `import contacts --json` promises."""
        return {
            "file": self.file,
            "applied": self.applied,
            "counts": {
                "rows": self.rows,
                "customers": self.customers,
                "contacts_created": self.contacts_created,
                "contacts_updated": self.contacts_updated,
            },
            "issues": [issue.as_json() for issue in self.issues],
        }


@transaction.atomic
def save_contact(
    *,
    tenant_id: int,
    customer_id: int,
    contact_id: int | None = None,
    actor_id: int | None = None,
    today: date,
    **values: str,
) -> int:
    """Add a contact, or change one; a new address is tried again even if the old one bounced."""
    assert values.keys() <= FIELDS, values.keys() - FIELDS
    customer = customers.locked(tenant_id=tenant_id, customer_id=customer_id)
    values = {name: " ".join(value.split()) for name, value in values.items()}
    _refuse(values)
    if contact_id is None:
        contact = Contact(tenant_id=tenant_id, customer=customer)
    else:
        mine = Contact.objects.of(tenant_id).filter(customer_id=customer_id, pk=contact_id)
        found = mine.first()
        if found is None:
            raise InvalidContact("Cet interlocuteur n'existe plus.")
        contact = found
    changed = _changes(contact, values)
    if contact_id is None or changed:
        contact.save()
        verb = "contact.created" if contact_id is None else "contact.updated"
        _tell(verb, contact, actor_id, today, changed)
    return contact.pk


@transaction.atomic
def remove_contact(
    *, tenant_id: int, contact_id: int, actor_id: int | None = None, today: date
) -> None:
    """Forget a contact: a person's data is not kept once nobody writes to them."""
    rows = Contact.objects.of(tenant_id).select_related("customer").filter(pk=contact_id)
    contact = rows.first()
    if contact is None:
        raise InvalidContact("Cet interlocuteur n'existe plus.")
    _tell("contact.removed", contact, actor_id, today, [])
    Contact.objects.of(tenant_id).filter(pk=contact_id).delete()
    persons.destroy_key(tenant_id=tenant_id, person=("contact", contact_id))


@transaction.atomic
def import_contacts(
    *,
    tenant_id: int,
    creditor_id: int,
    content: bytes,
    file_name: str = "",
    dry_run: bool = False,
    actor_id: int | None = None,
    today: date,
) -> ContactsImport:
    """Bring in a contacts file; rows of unknown customers are listed, the others are taken.

    The same file again changes nothing. Empty cells erase nothing.
    """
    read = rules.read_contacts(content)
    outcome = ContactsImport(file_name, rows=len(read.rows), issues=list(read.issues))
    if outcome.is_refused:
        return outcome
    everyone = Customer.objects.of(tenant_id).filter(creditor_id=creditor_id)
    found = rules.matches(read.rows, list(everyone.values_list("id", "code", "name")))
    outcome.issues += found.issues
    ids = sorted({pk for pk, _ in found})
    held = {one.pk: one for one in everyone.filter(id__in=ids).select_for_update(no_key=True)}
    addressed = _addressed(held, found.rows)
    fresh, changed = _contacts(tenant_id, found.rows)
    outcome.customers, outcome.contacts_created = len(addressed), len(fresh)
    outcome.contacts_updated = len(changed)
    if not dry_run and (addressed or fresh or changed):
        outcome.applied = True
        batch = Batch.objects.create(
            tenant_id=tenant_id, creditor_id=creditor_id, kind="contacts", author_id=actor_id
        )
        for contact in fresh:
            contact.batch_id = batch.pk
        Customer.objects.of(tenant_id).bulk_update(addressed, OF_CUSTOMER, batch_size=500)
        Contact.objects.bulk_create(fresh, batch_size=1000)
        Contact.objects.of(tenant_id).bulk_update(
            changed, sorted(FIELDS | {"bounced_at"}), batch_size=500
        )
        record(
            "contacts.imported",
            tenant_id=tenant_id,
            subject=("batch", batch.pk),
            effective_on=today,
            actor_id=actor_id,
            creditor_id=creditor_id,
            data={**outcome.as_json()["counts"], "sha256": hashlib.sha256(content).hexdigest()},
        )
    return outcome


def _addressed(
    held: dict[int, Customer], rows: tuple[tuple[int, ContactLine], ...]
) -> list[Customer]:
    """Put what the rows say of the customers themselves; return those that changed."""
    changed: dict[int, Customer] = {}
    for pk, row in rows:
        customer = held[pk]
        for name in OF_CUSTOMER:
            before, value = getattr(customer, name), row[name]
            if value and before != value and not (name in ONCE and before):
                setattr(customer, name, value)
                changed[pk] = customer
    return list(changed.values())


def _contacts(
    tenant_id: int, rows: tuple[tuple[int, ContactLine], ...]
) -> tuple[list[Contact], list[Contact]]:
    """Return the contacts to add and those that the rows change."""
    known: dict[tuple[int, str], Contact] = {}
    for one in Contact.objects.of(tenant_id).filter(customer_id__in={pk for pk, _ in rows}):
        for key in _keys(one.customer_id, one.email, one.name):
            known.setdefault(key, one)
    fresh: list[Contact] = []
    changed: dict[int, Contact] = {}
    for pk, row in rows:
        values = _values(row)
        if not any(values.get(name) for name in ("name", "email", "phone")):
            continue
        same = next(
            (known[key] for key in _keys(pk, row["email"], row["contact"]) if key in known), None
        )
        contact = same or Contact(tenant_id=tenant_id, customer_id=pk)
        touched = _changes(contact, values)
        if same is None:
            fresh.append(contact)
            for key in _keys(pk, contact.email, contact.name):
                known.setdefault(key, contact)
        elif touched and contact.pk is not None:
            changed[contact.pk] = contact
    return fresh, list(changed.values())


def _keys(customer_id: int, email: str, name: str) -> list[tuple[int, str]]:
    """Return by what a contact is known again: its address, else its name."""
    words = (email.casefold(), rules.plain(name))
    return [(customer_id, word) for word in words if word]


def _values(row: ContactLine) -> dict[str, str]:
    named = {
        "name": row["contact"],
        "email": row["email"],
        "phone": row["phone"],
        "language": row["language"],
    }
    values = {name: value for name, value in named.items() if value}
    if row["role"]:
        values["role"] = rules.role_of(row["role"])
    return values


def _changes(contact: Contact, values: dict[str, str]) -> list[str]:
    changed = sorted(name for name, value in values.items() if getattr(contact, name) != value)
    if "email" in changed:
        contact.bounced_at = None
    for name in changed:
        setattr(contact, name, values[name])
    return changed


def _refuse(values: dict[str, str]) -> None:
    if values.get("email") and not rules.is_email(values["email"]):
        raise InvalidContact("Cette adresse e-mail n'est pas valide.")
    if values.get("channel", "email") not in CHANNELS:
        raise InvalidContact("Ce canal n'existe pas.")


def _tell(
    verb: str, contact: Contact, actor_id: int | None, today: date, fields: list[str]
) -> None:
    assert contact.pk is not None
    record(
        verb,
        tenant_id=contact.tenant_id,
        subject=("contact", contact.pk),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=contact.customer.creditor_id,
        customer_id=contact.customer_id,
        data={"fields": fields},
        personal={name: getattr(contact, name) for name in fields if name in PERSONAL},
    )
