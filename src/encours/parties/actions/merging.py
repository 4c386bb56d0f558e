"""Duplicates: two customers shown as one from now on, and two again when that was a mistake."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.contrib.postgres.functions import TransactionNow
from django.db import transaction

from encours.kernel.refusal import Refusal
from encours.parties.actions.customers import UnknownCustomer
from encours.parties.models import Customer, CustomerMerge, NotDuplicates
from encours.tenancy.journal import record


class NotMergeable(Refusal):
    """Say why two customers cannot be one."""


@transaction.atomic
def merge_customers(
    *,
    tenant_id: int,
    customer_id: int,
    survivor_id: int,
    reason: str = "",
    actor_id: int | None = None,
    today: date,
) -> int:
    """Show a duplicate's account under the customer that survives; return the link's id.

    No row of the ledger moves: imports go on finding the duplicate's auxiliary code, and what
    was known before stays what it was.
    """
    duplicate, survivor = _locked(tenant_id, customer_id, survivor_id)
    if customer_id == survivor_id:
        raise NotMergeable("Choisissez deux clients différents.")
    if duplicate.creditor_id != survivor.creditor_id:
        raise NotMergeable(
            "Ces clients sont ceux de deux sociétés : réunissez-les dans un groupe, sans fusion."
        )
    merged = set(
        CustomerMerge.objects.of(tenant_id)
        .filter(customer_id__in=(customer_id, survivor_id), undone_at=None)
        .values_list("customer_id", flat=True)
    )
    if customer_id in merged:
        raise NotMergeable("Ce client est déjà fusionné avec un autre.")
    if survivor_id in merged:
        raise NotMergeable(
            "Le client à conserver est lui-même fusionné avec un autre : choisissez cet autre."
        )
    link = CustomerMerge.objects.create(
        tenant_id=tenant_id,
        creditor_id=duplicate.creditor_id,
        customer=duplicate,
        survivor=survivor,
        reason=reason[:200],
        author_id=actor_id,
    )
    for one in (duplicate, survivor):
        _tell("customer.merged", one, link, actor_id, today)
    return link.pk


@transaction.atomic
def unmerge_customer(
    *, tenant_id: int, customer_id: int, actor_id: int | None = None, today: date
) -> None:
    """Give a merged customer its own account again, with whoever had been merged into it."""
    rows = CustomerMerge.objects.of(tenant_id).filter(customer_id=customer_id, undone_at=None)
    link = rows.select_for_update(no_key=True).select_related("customer", "survivor").first()
    if link is None:
        raise NotMergeable("Ce client n'est pas fusionné, ou ne l'est plus.")
    rows.update(undone_at=TransactionNow())
    for one in (link.customer, link.survivor):
        _tell("customer.unmerged", one, link, actor_id, today)


@transaction.atomic
def keep_apart(
    *,
    tenant_id: int,
    pairs: Sequence[tuple[int, int]],
    actor_id: int | None = None,
    today: date,
) -> int:
    """Say that customers who look alike are two: proposed no more. Returns how many pairs."""
    known = set(
        Customer.objects.of(tenant_id)
        .filter(id__in={one for pair in pairs for one in pair})
        .values_list("id", flat=True)
    )
    if any(one not in known for pair in pairs for one in pair):
        raise UnknownCustomer
    rows = [
        NotDuplicates(
            tenant_id=tenant_id, customer_id=min(pair), other_id=max(pair), author_id=actor_id
        )
        for pair in pairs
        if pair[0] != pair[1]
    ]
    NotDuplicates.objects.bulk_create(rows, ignore_conflicts=True)
    record(
        "customers.kept_apart",
        tenant_id=tenant_id,
        subject=("tenant", tenant_id),
        effective_on=today,
        actor_id=actor_id,
        data={"pairs": [[row.customer_id, row.other_id] for row in rows], "count": len(rows)},
    )
    return len(rows)


def _locked(tenant_id: int, customer_id: int, survivor_id: int) -> tuple[Customer, Customer]:
    """Lock both in the order of their ids: two merges that meet wait for each other in turn."""
    rows = Customer.objects.of(tenant_id).filter(id__in=(customer_id, survivor_id))
    held = {one.pk: one for one in rows.select_for_update(no_key=True).order_by("id")}
    if not {customer_id, survivor_id} <= held.keys():
        raise UnknownCustomer
    return held[customer_id], held[survivor_id]


def _tell(
    verb: str, customer: Customer, link: CustomerMerge, actor_id: int | None, today: date
) -> None:
    record(
        verb,
        tenant_id=link.tenant_id,
        subject=("customer", customer.pk),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=link.creditor_id,
        customer_id=customer.pk,
        data={"customer": link.customer_id, "survivor": link.survivor_id, "link": link.pk},
    )
