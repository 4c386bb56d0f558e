"""Takes a natural person's identity off a customer; the account and its amounts stay."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db import transaction
from django.db.models import Q

from encours.parties.actions import contacts, customers
from encours.parties.models import Contact, Customer, CustomerMerge, RecordChange
from encours.tenancy.journal import record

GONE: Final = "Client effacé"
IDENTITY: Final = (
    "siren", "vat_number", "iban", "address_line1", "address_line2", "postcode", "city",
)  # fmt: skip


@transaction.atomic
def anonymise_customer(
    *, tenant_id: int, customer_id: int, actor_id: int | None = None, today: date
) -> None:
    """Replace name and address; the code is kept, it is the account's. Merges lose their words."""
    customer = customers.locked(tenant_id=tenant_id, customer_id=customer_id)
    Customer.objects.of(tenant_id).filter(pk=customer_id).update(
        name=f"{GONE} {customer_id}", note="", **dict.fromkeys(IDENTITY, "")
    )
    RecordChange.objects.of(tenant_id).filter(customer_id=customer_id, contact=None).delete()
    links = CustomerMerge.objects.of(tenant_id)
    links.filter(Q(customer_id=customer_id) | Q(survivor_id=customer_id)).update(reason="")
    _tell("customer.anonymised", customer, actor_id, today)


@transaction.atomic
def erase_note(
    *, tenant_id: int, customer_id: int, actor_id: int | None = None, today: date
) -> None:
    """Empty the free note of a customer."""
    customer = customers.locked(tenant_id=tenant_id, customer_id=customer_id)
    Customer.objects.of(tenant_id).filter(pk=customer_id).update(note="")
    for change in RecordChange.objects.of(tenant_id).filter(
        customer_id=customer_id, after__has_key="note"
    ):
        change.before.pop("note", None)
        change.after.pop("note")
        change.save(update_fields=["before", "after"])
    _tell("customer.note_erased", customer, actor_id, today)


@transaction.atomic
def erase_contacts(
    *, tenant_id: int, customer_id: int, actor_id: int | None = None, today: date
) -> int:
    """Forget every contact of a customer, and the key of each; return how many."""
    ids = Contact.objects.of(tenant_id).filter(customer_id=customer_id).order_by("pk")
    found = list(ids.values_list("pk", flat=True))
    for contact_id in found:
        contacts.remove_contact(
            tenant_id=tenant_id, contact_id=contact_id, actor_id=actor_id, today=today
        )
    return len(found)


def _tell(verb: str, customer: Customer, actor_id: int | None, today: date) -> None:
    record(
        verb,
        tenant_id=customer.tenant_id,
        subject=("customer", customer.pk),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=customer.creditor_id,
        customer_id=customer.pk,
    )
