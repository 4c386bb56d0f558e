"""Contacts: typed by hand, or brought by a file (template, paste) and matched to customers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import polars as pl
from django.db import transaction

from encours.kernel.issue import Issue, has_errors
from encours.kernel.refusal import Refusal
from encours.parties import rules
from encours.parties.actions import customers, records
from encours.parties.models import Batch, Contact, Customer
from encours.parties.rules import ContactLine
from encours.tenancy import persons
from encours.tenancy.journal import record

FIELDS: Final = frozenset({"name", "role", "email", "phone", "mobile", "language", "channel"})
PERSONAL: Final = ("name", "email", "phone", "mobile")
CHANNELS: Final = ("email", "letter", "phone")
OF_CUSTOMER: Final = (
    "address_line1", "address_line2", "postcode", "city", "country", "language", "siren",
    "vat_number",
)  # fmt: skip


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
    batch_id: int | None = None
    import_id: int | None = None
    issues: list[Issue] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        """Say whether the whole file was refused."""
        return has_errors(self.issues)

    def as_json(self) -> dict[str, Any]:
        """Return the shape that `import contacts --json` promises."""
        return {
            "file": self.file,
            "import": self.import_id,
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
def mark_phone_wrong(
    *, tenant_id: int, contact_id: int, actor_id: int | None = None, today: date
) -> None:
    """Say that a contact's number is not theirs: it is not called again, until another is typed."""
    rows = Contact.objects.of(tenant_id).select_for_update(of=("self",)).select_related("customer")
    contact = rows.filter(pk=contact_id).exclude(phone="").first()
    if contact is None:
        raise InvalidContact("Cet interlocuteur n'a pas de numéro.")
    contact.phone_wrong = contact.phone
    contact.save(update_fields=["phone_wrong"])
    _tell("contact.phone_wrong", contact, actor_id, today, ["phone_wrong"])


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
    with transaction.atomic():
        batch = Batch.objects.create(
            tenant_id=tenant_id, creditor_id=creditor_id, kind="contacts", author_id=actor_id
        )
        _write(outcome, found.rows, batch)
        changes = outcome.customers or outcome.contacts_created or outcome.contacts_updated
        if dry_run or not changes:
            transaction.set_rollback(True)
            return outcome
        outcome.applied, outcome.batch_id = True, batch.pk
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


def _write(
    outcome: ContactsImport, rows: tuple[tuple[int, ContactLine], ...], batch: Batch
) -> None:
    """Put what the rows say of customers and their contacts; count it."""
    owner = {"tenant_id": batch.tenant_id, "creditor_id": batch.creditor_id}
    codes = dict(
        Customer.objects.of(batch.tenant_id)
        .filter(id__in={pk for pk, _ in rows})
        .select_for_update(no_key=True)
        .order_by("id")
        .values_list("id", "code")
    )
    told = [
        {"code": codes[pk], **{name: row[name] or None for name in OF_CUSTOMER}} for pk, row in rows
    ]
    schema: Any = dict.fromkeys(("code", *OF_CUSTOMER), pl.String)
    frame = pl.DataFrame(told, schema=schema, orient="row")
    records.write_customers(records.each_once(frame), **owner, batch_id=batch.pk)
    contacts = records.contact_rows(((pk, _values(row)) for pk, row in rows), **owner)
    records.write_contacts(contacts, tenant_id=batch.tenant_id, batch_id=batch.pk)
    done = records.written(tenant_id=batch.tenant_id, batch_id=batch.pk)
    outcome.customers, outcome.contacts_created = done.updated, done.contacts_created
    outcome.contacts_updated = done.contacts_updated


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
    if {"phone", "mobile"} & set(changed):
        contact.mobile_refused_at = None
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
