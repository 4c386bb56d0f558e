"""Whether a letter may be served to this customer, and what a provider must know to serve it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from encours.parties.models import Customer
from encours.postal.queries.postings import consents, failed_addresses
from encours.postal.rules import consent
from encours.tenancy.models import Creditor

FAILED: Final[Mapping[str, str]] = {
    "unknown": "destinataire inconnu à l'adresse",
    "not_claimed": "pli avisé et non réclamé",
    "returned": "pli revenu à l'expéditeur",
}


@dataclass(frozen=True, slots=True)
class Serving:
    """Why a letter may not be served, else what its provider reads beside the addresses."""

    refusal: str = ""
    options: tuple[tuple[str, str], ...] = ()


def bad_address(*, tenant_id: int, customer_id: int | None) -> str:
    """Return why a letter to a customer's present address would come back, or nothing."""
    if customer_id is None:
        return ""
    known = failed_addresses(tenant_id=tenant_id, customer_ids=[customer_id]).get(customer_id)
    if known is None:
        return ""
    reason, on = known
    return f"Adresse postale en défaut depuis le {on:%d/%m/%Y} : {FAILED.get(reason, reason)}."


def serving(
    creditor: Creditor, customer_id: int, *, channel: str, email: str, contact: str, today: date
) -> Serving:
    """Decide whether a letter may be served, electronically only where the law lets it."""
    tenant_id = creditor.tenant_id
    customer = Customer.objects.of(tenant_id).get(pk=customer_id)
    is_confirmed = customer.class_confirmed_at is not None
    if channel == "eregistered":
        given = consents(tenant_id=tenant_id, customer_ids=[customer_id])
        refusal = consent.refusal(
            customer.debtor_class,
            is_confirmed=is_confirmed,
            consent_on=given.get((customer_id, consent.digest(email))),
            today=today,
        )
    else:
        refusal = bad_address(tenant_id=tenant_id, customer_id=customer_id)
    is_professional = consent.is_professional(customer.debtor_class, is_confirmed=is_confirmed)
    options = {
        "contact": contact,
        "professional": "1" if is_professional else "0",
        "sender_email": creditor.sender_email or creditor.email,
    }
    return Serving(refusal, tuple(sorted(options.items())))
