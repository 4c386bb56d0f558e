"""Customers: created, changed, classed and given terms, one by one or all at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from stdnum import iban as iban_number
from stdnum.fr import siren as siren_number

from encours.kernel.refusal import Refusal
from encours.parties.actions.parents import refuse_loop
from encours.parties.actions.portfolios import FIELDS, RULE_FIELDS
from encours.parties.models import Customer, DebtorClass, PaymentTerms
from encours.tenancy.journal import record
from encours.tenancy.models import Creditor

DESCRIBED: Final = frozenset(
    {
        "name", "siren", "vat_number", "address_line1", "address_line2", "postcode", "city",
        "country", "language", "parent_id", "salesperson_id", "salesperson_name",
        "payment_method", "contract_rate", "iban", "collector_id", "note",
    }
)  # fmt: skip
PERSONAL: Final = frozenset({
    "name", "siren", "vat_number", "address_line1", "address_line2", "postcode", "city", "note",
})  # fmt: skip
_RATE: Final = re.compile(r"^\d{1,2}([.,]\d{1,4})?$")


class CodeTaken(Refusal):
    """The auxiliary code tells customers apart."""

    message = "Un client de cette société porte déjà ce code."


class UnknownCustomer(Refusal):
    """Not of this tenant."""

    message = "Ce client n'existe pas."


class InvalidCustomer(Refusal):
    """Say what is wrong in what was typed."""


@transaction.atomic
def create_customer(
    *,
    tenant_id: int,
    creditor_id: int,
    code: str,
    proposed_class: str = DebtorClass.UNKNOWN,
    batch_id: int | None = None,
    actor_id: int | None = None,
    today: date,
    **described: Any,
) -> int:
    """Add a customer and return its id; its class is at most proposed until somebody says it."""
    values = _checked(tenant_id, described)
    if not code.strip() or not values.get("name", "").strip():
        raise InvalidCustomer("Le code et le nom du client sont obligatoires.")
    try:
        with transaction.atomic():
            customer = Customer.objects.create(
                tenant_id=tenant_id,
                creditor_id=creditor_id,
                code=code.strip(),
                debtor_class=proposed_class,
                batch_id=batch_id,
                **values,
            )
    except IntegrityError as problem:
        raise CodeTaken from problem
    personal = {name: values[name] for name in values if name in PERSONAL}
    _tell("customer.created", customer, actor_id, today, {"fields": sorted(values)}, personal)
    return customer.pk


@transaction.atomic
def update_customer(
    *,
    tenant_id: int,
    customer_id: int,
    actor_id: int | None = None,
    today: date,
    **described: Any,
) -> list[str]:
    """Change what describes a customer; return the names of the fields that changed."""
    customer = locked(tenant_id=tenant_id, customer_id=customer_id)
    values = _checked(tenant_id, described)
    if "name" in values and not values["name"].strip():
        raise InvalidCustomer("Le nom du client est obligatoire.")
    if values.get("parent_id") is not None:
        refuse_loop(customer, parent_id=values["parent_id"])
    changed = sorted(name for name, value in values.items() if getattr(customer, name) != value)
    if changed:
        by_hand = {RULE_FIELDS[part]: None for part, name in FIELDS.items() if name in changed}
        Customer.objects.of(tenant_id).filter(id=customer_id).update(
            **{name: values[name] for name in changed}, **by_hand
        )
        personal = {name: values[name] for name in changed if name in PERSONAL}
        _tell("customer.updated", customer, actor_id, today, {"fields": changed}, personal)
    return changed


@transaction.atomic
def confirm_class(
    *,
    tenant_id: int,
    customer_ids: Sequence[int],
    debtor_class: str,
    actor_id: int | None = None,
    today: date,
) -> int:
    """Say what some customers are to the law; returns how many."""
    if debtor_class not in DebtorClass.values or debtor_class == DebtorClass.UNKNOWN:
        raise InvalidCustomer("Choisissez un type de client.")
    rows = Customer.objects.of(tenant_id).filter(id__in=customer_ids)
    found = list(rows.select_for_update(no_key=True).order_by("id"))
    if len(found) != len(set(customer_ids)):
        raise UnknownCustomer
    rows.update(debtor_class=debtor_class, class_confirmed_at=Now())
    for customer in found:
        _tell("customer.classed", customer, actor_id, today, {"class": debtor_class})
    return len(found)


@transaction.atomic
def confirm_classes(
    *,
    tenant_id: int,
    creditor_id: int,
    debtor_class: str,
    exceptions: Mapping[str, Sequence[int]] | None = None,
    actor_id: int | None = None,
    today: date,
) -> int:
    """Say « tous mes clients sont des entreprises, sauf… »; returns how many were classed.

    `exceptions` lists customer ids by their own class (`unknown` leaves them to be asked again).
    Customers whom somebody classed before keep what was said.
    """
    if debtor_class not in DebtorClass.values or debtor_class == DebtorClass.UNKNOWN:
        raise InvalidCustomer("Choisissez un type de client.")
    apart = exceptions or {}
    assert apart.keys() <= set(DebtorClass.values), apart.keys()
    named = {pk for ids in apart.values() for pk in ids}
    everyone = Customer.objects.of(tenant_id).filter(creditor_id=creditor_id)
    others = everyone.filter(class_confirmed_at=None).exclude(id__in=named)
    count = others.update(debtor_class=debtor_class, class_confirmed_at=Now())
    for one, ids in apart.items():
        is_known = one != DebtorClass.UNKNOWN
        count += everyone.filter(id__in=ids).update(
            debtor_class=one, class_confirmed_at=Now() if is_known else None
        )
    Creditor.objects.of(tenant_id).filter(id=creditor_id).update(classes_confirmed_at=Now())
    record(
        "customers.classed",
        tenant_id=tenant_id,
        subject=("creditor", creditor_id),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=creditor_id,
        data={
            "class": debtor_class,
            "customers": count,
            "exceptions": {one: sorted(ids) for one, ids in apart.items()},
        },
    )
    return count


@transaction.atomic
def set_terms(
    *,
    tenant_id: int,
    customer_ids: Sequence[int],
    terms_id: int | None,
    actor_id: int | None = None,
    today: date,
) -> int:
    """Give customers their payment terms, or those of the creditor again; returns how many.

    Due dates already computed follow by `receivables.actions.due_dates`.
    """
    rows = Customer.objects.of(tenant_id).filter(id__in=customer_ids)
    found = list(rows.select_for_update(no_key=True).order_by("id"))
    creditors = {customer.creditor_id for customer in found}
    if len(found) != len(set(customer_ids)):
        raise UnknownCustomer
    if terms_id is not None and not _is_for_all(tenant_id, terms_id, creditors):
        raise InvalidCustomer("Ces conditions ne sont pas celles de la société de ces clients.")
    rows.update(terms_id=terms_id)
    for customer in found:
        _tell("customer.terms_set", customer, actor_id, today, {"terms": terms_id})
    return len(found)


def _is_for_all(tenant_id: int, terms_id: int, creditors: set[int]) -> bool:
    """Say whether each of these creditors may use the terms: its own, or its tenant's."""
    terms = PaymentTerms.objects.of(tenant_id).filter(id=terms_id).first()
    return terms is not None and (terms.creditor_id is None or creditors == {terms.creditor_id})


def locked(*, tenant_id: int, customer_id: int) -> Customer:
    """Return the customer, locked until the end of the transaction, or refuse."""
    rows = Customer.objects.of(tenant_id).select_for_update(no_key=True)
    customer = rows.filter(id=customer_id).first()
    if customer is None:
        raise UnknownCustomer
    return customer


def _checked(tenant_id: int, described: Mapping[str, Any]) -> dict[str, Any]:
    unknown = described.keys() - DESCRIBED
    assert not unknown, unknown
    values = dict(described)
    if "siren" in values:
        values["siren"] = re.sub(r"\s", "", values["siren"])
        if values["siren"] and not siren_number.is_valid(values["siren"]):
            raise InvalidCustomer("Ce SIREN n'est pas valide.")
    if "iban" in values:
        values["iban"] = iban_number.compact(values["iban"]).upper()
        if values["iban"] and not iban_number.is_valid(values["iban"]):
            raise InvalidCustomer("Cet IBAN n'est pas valide.")
    if values.get("contract_rate") and not _RATE.match(values["contract_rate"].strip(" %")):
        raise InvalidCustomer("Le taux contractuel s'écrit en pour cent, par exemple 12,5.")
    parent_id = values.get("parent_id")
    everyone = Customer.objects.of(tenant_id)
    if parent_id is not None and not everyone.filter(id=parent_id).exists():
        raise InvalidCustomer("La maison mère n'est pas un client de l'organisation.")
    return values


def _tell(  # noqa: PLR0917 - the sides of one fact
    verb: str,
    customer: Customer,
    actor_id: int | None,
    today: date,
    data: Mapping[str, Any],
    personal: Mapping[str, Any] | None = None,
) -> None:
    record(
        verb,
        tenant_id=customer.tenant_id,
        subject=("customer", customer.pk),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=customer.creditor_id,
        customer_id=customer.pk,
        data=data,
        personal=personal,
    )
