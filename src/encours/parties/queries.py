"""Reads of customers and their contacts, as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from encours.parties import faces
from encours.parties.models import Contact, Customer, CustomerMerge, DebtorClass


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A person or mailbox at a customer."""

    id: int
    name: str
    role: str
    email: str
    phone: str
    mobile: str
    language: str
    channel: str
    bounced_at: datetime | None
    mobile_refused_at: datetime | None
    phone_wrong: str

    @property
    def is_phone_wrong(self) -> bool:
        """Say whether somebody found that this number is not theirs."""
        return bool(self.phone) and self.phone == self.phone_wrong


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """All that the page of a customer says of who it is; `described` holds its form's fields."""

    id: int
    creditor_id: int
    code: str
    name: str
    debtor_class: str
    class_confirmed_at: datetime | None
    parent_id: int | None
    parent_name: str
    terms_id: int | None
    terms_name: str
    salesperson_id: int | None
    salesperson_name: str
    collector_id: int | None
    to_identify: bool
    described: Mapping[str, Any]
    contacts: tuple[ContactRow, ...]


@dataclass(frozen=True, slots=True)
class ClassCount:
    """How many customers are of a class, and for how many of them nobody has said so."""

    debtor_class: str
    label: str
    customers: int
    unconfirmed: int


DESCRIBED = (
    "name", "siren", "vat_number", "address_line1", "address_line2", "postcode", "city",
    "country", "language", "payment_method", "contract_rate", "iban", "note",
)  # fmt: skip


def customer_by_code(*, tenant_id: int, creditor_id: int, code: str) -> int | None:
    """Return the customer who has this auxiliary code, or stands for the one who has it."""
    found = Customer.objects.of(tenant_id).filter(creditor_id=creditor_id, code=code.strip())
    known = found.values_list("id", flat=True).first()
    return None if known is None else faces.face_of(tenant_id=tenant_id, customer_id=known)


def customer_card(*, tenant_id: int, customer_id: int) -> CustomerCard | None:
    """Return one customer with its contacts, or None if the tenant has no such customer."""
    rows = Customer.objects.of(tenant_id).select_related("parent", "terms")
    found = rows.filter(id=customer_id).first()
    if found is None:
        return None
    contacts = contacts_of(tenant_id=tenant_id, customer_id=customer_id)
    return _card(found, tuple(contacts))


def _card(found: Customer, contacts: tuple[ContactRow, ...]) -> CustomerCard:
    return CustomerCard(
        id=found.pk,
        creditor_id=found.creditor_id,
        code=found.code,
        name=found.name,
        debtor_class=found.debtor_class,
        class_confirmed_at=found.class_confirmed_at,
        parent_id=found.parent_id,
        parent_name=found.parent.name if found.parent else "",
        terms_id=found.terms_id,
        terms_name=found.terms.name if found.terms else "",
        salesperson_id=found.salesperson_id,
        salesperson_name=found.salesperson_name,
        collector_id=found.collector_id,
        to_identify=found.to_identify,
        described={name: getattr(found, name) for name in DESCRIBED},
        contacts=contacts,
    )


def contacts_of(*, tenant_id: int, customer_id: int) -> list[ContactRow]:
    """Return the contacts of a customer and of those merged into it, who is reminded first."""
    names = ContactRow.__dataclass_fields__.keys()
    family = faces.family_of(tenant_id=tenant_id, customer_id=customer_id)
    rows = Contact.objects.of(tenant_id).filter(customer_id__in=family)
    found = [(owner, ContactRow(*row)) for owner, *row in rows.values_list("customer_id", *names)]
    found.sort(key=lambda one: (one[1].role != "billing", one[0] != customer_id, one[1].id))
    return [row for _owner, row in found]


@dataclass(frozen=True, slots=True)
class MergedRow:
    """A customer merged into another, since when and why."""

    id: int
    code: str
    name: str
    reason: str
    merged_at: datetime


def merged_into(*, tenant_id: int, customer_id: int) -> list[MergedRow]:
    """Return the customers that this one stands for, those merged through another included."""
    family = faces.family_of(tenant_id=tenant_id, customer_id=customer_id)[1:]
    rows = CustomerMerge.objects.of(tenant_id).filter(customer_id__in=family, undone_at=None)
    return [
        MergedRow(
            row.customer_id, row.customer.code, row.customer.name, row.reason, row.recorded_at
        )
        for row in rows.select_related("customer").order_by("customer__code", "id")
    ]


def creditors_of(*, tenant_id: int, customer_ids: Sequence[int]) -> set[int]:
    """Return whose customers these are, for the check of rights."""
    rows = Customer.objects.of(tenant_id).filter(id__in=list(customer_ids))
    return set(rows.values_list("creditor_id", flat=True))


def class_counts(*, tenant_id: int, creditor_id: int) -> list[ClassCount]:
    """Return how many customers are of each class, for the confirmation in bulk."""
    counts = {
        row["debtor_class"]: (row["customers"], row["unconfirmed"])
        for row in Customer.objects.of(tenant_id)
        .filter(creditor_id=creditor_id)
        .values("debtor_class")
        .annotate(customers=Count("id"), unconfirmed=Count("id", filter=Q(class_confirmed_at=None)))
        .order_by()
    }
    return [
        ClassCount(choice.value, str(choice.label), *counts.get(choice.value, (0, 0)))
        for choice in DebtorClass
    ]


def customers_of(
    *,
    tenant_id: int,
    creditor_ids: Sequence[int] | None = None,
    search: str = "",
    people: Sequence[int] | None = None,
    limit: int = 50,
) -> list[tuple[int, str, str]]:
    """Return id, code and name of the customers whose code or name begins so, by code."""
    rows = Customer.objects.of(tenant_id)
    if creditor_ids is not None:
        rows = rows.filter(creditor_id__in=creditor_ids)
    if people is not None:
        rows = rows.filter(Q(salesperson_id__in=people) | Q(collector_id__in=people))
    if search.strip():
        rows = rows.filter(Q(code__istartswith=search.strip()) | Q(name__icontains=search.strip()))
    return list(rows.order_by("code", "id").values_list("id", "code", "name")[:limit])


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomersAsked:
    """A page of customers: after which id, how many, and which ones."""

    after: int = 0
    limit: int = 1
    id: int | None = None
    creditor_ids: Sequence[int] | None = None
    people: Sequence[int] | None = None
    code: str = ""
    search: str = ""
    siren: str = ""
    debtor_class: str = ""


def customer_page(*, tenant_id: int, asked: CustomersAsked) -> list[CustomerCard]:
    """Return customers with their contacts, in the order of ids."""
    rows = Customer.objects.of(tenant_id).filter(id__gt=asked.after)
    wanted = {
        "id": asked.id,
        "creditor_id__in": asked.creditor_ids,
        "code": asked.code or None,
        "siren": asked.siren or None,
        "debtor_class": asked.debtor_class or None,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    if asked.people is not None:
        followed = Q(salesperson_id__in=asked.people) | Q(collector_id__in=asked.people)
        rows = rows.filter(followed)
    if asked.search:
        begins = Q(code__istartswith=asked.search) | Q(name__istartswith=asked.search)
        rows = rows.filter(begins)
    found = list(rows.select_related("parent", "terms").order_by("id")[: asked.limit])
    contacts: dict[int, list[ContactRow]] = {row.pk: [] for row in found}
    names = tuple(ContactRow.__dataclass_fields__)
    own = Contact.objects.of(tenant_id).filter(customer_id__in=contacts).order_by("id")
    for customer_id, *values in own.values_list("customer_id", *names):
        contacts[customer_id].append(ContactRow(*values))
    return [_card(row, tuple(contacts[row.pk])) for row in found]


def contact_owner(*, tenant_id: int, contact_id: int) -> int | None:
    """Return whose contact this is."""
    rows = Contact.objects.of(tenant_id).filter(id=contact_id)
    return rows.values_list("customer_id", flat=True).first()
