"""Keeps who agreed to electronic registered letters, at which address, when and where."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.contrib.postgres.functions import TransactionNow
from django.db import transaction

from encours.kernel.refusal import Refusal
from encours.parties import rules as parties
from encours.parties.actions import customers
from encours.parties.models import Customer
from encours.postal.models import Consent
from encours.postal.rules import consent as rules
from encours.tenancy import journal

SOURCE_MAX: Final = 200


class NotAConsent(Refusal):
    """A consent has an address, a day that is past and says where it was given."""


@transaction.atomic
def record_consent(
    *,
    tenant_id: int,
    customer_id: int,
    email: str,
    given_on: date,
    source: str,
    actor_id: int | None = None,
    today: date,
) -> None:
    """Keep a consent; a newer one takes the place of the former, which stays as history."""
    customer = customers.locked(tenant_id=tenant_id, customer_id=customer_id)
    said = " ".join(source.split())[:SOURCE_MAX]
    refuse(email=email, given_on=given_on, source=said, today=today)
    live = Consent.objects.of(tenant_id).filter(
        customer_id=customer_id, digest=rules.digest(email), undone_at=None
    )
    live.update(undone_at=TransactionNow())
    Consent.objects.create(
        tenant_id=tenant_id,
        creditor_id=customer.creditor_id,
        customer=customer,
        digest=rules.digest(email),
        given_on=given_on,
        source=said,
        author_id=actor_id,
    )
    _tell("consent.recorded", customer, given_on, actor_id)


@transaction.atomic
def withdraw_consent(
    *, tenant_id: int, customer_id: int, email: str, actor_id: int, today: date
) -> None:
    """Record that a consent was withdrawn."""
    customer = customers.locked(tenant_id=tenant_id, customer_id=customer_id)
    done = (
        Consent.objects.of(tenant_id)
        .filter(customer_id=customer_id, digest=rules.digest(email), undone_at=None)
        .update(undone_at=TransactionNow())
    )
    if done:
        _tell("consent.withdrawn", customer, today, actor_id)


def erase_consents(*, tenant_id: int, customer_id: int) -> int:
    """Forget the consents of somebody who is erased."""
    return Consent.objects.of(tenant_id).filter(customer_id=customer_id).delete()[0]


def refuse(*, email: str, given_on: date, source: str, today: date) -> None:
    """Raise NotAConsent with what is missing."""
    if not parties.is_email(email):
        raise NotAConsent("L'accord vaut pour une adresse e-mail : indiquez-la.")
    if given_on > today:
        raise NotAConsent("L'accord ne peut pas être daté d'un jour à venir.")
    if not source:
        raise NotAConsent("Dites où l'accord a été donné : contrat, courrier, formulaire…")


def _tell(verb: str, customer: Customer, on: date, actor_id: int | None) -> None:
    journal.record(
        verb,
        tenant_id=customer.tenant_id,
        subject=("customer", customer.pk),
        effective_on=on,
        actor_id=actor_id,
        creditor_id=customer.creditor_id,
        customer_id=customer.pk,
    )
