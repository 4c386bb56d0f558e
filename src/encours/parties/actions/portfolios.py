"""Portfolios: who sells to a customer and who collects from it, by hand or by a rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Substr, Upper

from encours.kernel.refusal import Refusal
from encours.parties.models import Customer
from encours.tenancy import journal
from encours.tenancy.models import Membership

FIELDS: Final = {"salesperson": "salesperson_id", "collector": "collector_id"}


class InvalidPortfolio(Refusal):
    """Say what is wrong in what was asked."""


@transaction.atomic
def assign(
    *,
    tenant_id: int,
    customer_ids: Sequence[int],
    part: str,
    user_id: int | None,
    actor_id: int | None = None,
    today: date,
) -> int:
    """Give customers their salesperson or collector, or nobody; returns how many."""
    rows = Customer.objects.of(tenant_id).filter(id__in=list(customer_ids))
    return _write(rows, tenant_id, part, user_id, actor_id, today)


@transaction.atomic
def assign_by_rule(
    *,
    tenant_id: int,
    creditor_ids: Sequence[int] | None,
    part: str,
    user_id: int | None,
    postcodes: Sequence[str] = (),
    first_letters: tuple[str, str] | None = None,
    only_unassigned: bool = True,
    actor_id: int | None = None,
    today: date,
) -> int:
    """Give every customer that a rule names its salesperson or collector; returns how many.

    `postcodes` are beginnings (69 is the Rhône), `first_letters` the first and the last initial of
    their names. What was assigned before stays unless asked otherwise.
    """
    rows = Customer.objects.of(tenant_id)
    if creditor_ids is not None:
        rows = rows.filter(creditor_id__in=list(creditor_ids))
    if postcodes:
        rows = rows.filter(postcode__regex="^(" + "|".join(map(_digits, postcodes)) + ")")
    if first_letters:
        first, last = (letter.strip().upper()[:1] for letter in first_letters)
        rows = rows.annotate(initial=Upper(Substr("name", 1, 1)))
        rows = rows.filter(initial__gte=first, initial__lte=last)
    if only_unassigned:
        rows = rows.filter(**{FIELDS[part]: None})
    return _write(rows, tenant_id, part, user_id, actor_id, today)


def _digits(text: str) -> str:
    plain = text.strip().upper()
    if not plain.isalnum() or not plain.isascii():
        raise InvalidPortfolio("Un début de code postal s'écrit en chiffres, par exemple 69.")
    return plain


def _write(  # noqa: PLR0917 - private, called twice
    rows: QuerySet[Customer],
    tenant_id: int,
    part: str,
    user_id: int | None,
    actor_id: int | None,
    today: date,
) -> int:
    if part not in FIELDS:
        raise InvalidPortfolio("Choisissez commercial ou chargé de recouvrement.")
    members = Membership.objects.of(tenant_id)
    if user_id is not None and not members.filter(user_id=user_id).exists():
        raise InvalidPortfolio("Cette personne n'est pas de l'organisation.")
    count = rows.update(**{FIELDS[part]: user_id})
    journal.record(
        "customers.assigned",
        tenant_id=tenant_id,
        subject=("tenant", tenant_id),
        effective_on=today,
        actor_id=actor_id,
        data={"part": part, "user": user_id, "count": count},
    )
    return count
