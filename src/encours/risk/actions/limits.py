"""Sets and ends limits of credit. Nothing is overwritten: what a limit meets is cut."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.contrib.postgres.functions import TransactionNow
from django.db import transaction
from django.db.models import Q

from encours.kernel.refusal import Refusal
from encours.parties.actions import customers
from encours.parties.models import Batch, Customer
from encours.risk import rules
from encours.risk.models import CreditLimit
from encours.risk.rules import Limit
from encours.tenancy.journal import record

AMOUNT_MAX: Final = 10**13
REASON_MAX: Final = 200


class InvalidLimit(Refusal):
    """Say what is wrong in a limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A limit as it is given: from a day on, to a day or until said otherwise."""

    customer_id: int
    currency: str
    cents: int
    since: date
    until: date | None = None
    origin: str = "hand"
    reason: str = ""


@transaction.atomic
def set_limit(
    *,
    tenant_id: int,
    customer_id: int,
    amount_cents: int,
    currency: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
    reason: str = "",
    origin: str = "hand",
    actor_id: int | None = None,
    today: date,
) -> bool:
    """Grant a limit between two days; it takes the place of what held then. Nothing new: False.

    A natural person decides of a limit: this one is always said by somebody, with a reason.
    """
    customer = customers.locked(tenant_id=tenant_id, customer_id=customer_id)
    since = valid_from or today
    grant = Grant(
        customer_id=customer_id,
        currency=currency or customer.creditor.currency,
        cents=amount_cents,
        since=since,
        until=valid_to,
        origin=origin,
        reason=" ".join(reason.split())[:REASON_MAX],
    )
    _refuse(grant)
    batch = _batch(customer, actor_id)
    if not write(grant, tenant_id=tenant_id, batch_id=batch.pk, author_id=actor_id):
        return False
    _tell("limit.set", customer, actor_id, since, cents=amount_cents, currency=grant.currency)
    return True


@transaction.atomic
def end_limit(
    *,
    tenant_id: int,
    customer_id: int,
    currency: str,
    from_on: date,
    actor_id: int | None = None,
    today: date,  # noqa: ARG001 - every act says its day
) -> bool:
    """Say that no limit holds from a day on, which is not a limit of zero; or return False."""
    customer = customers.locked(tenant_id=tenant_id, customer_id=customer_id)
    batch = _batch(customer, actor_id)
    owner = {"tenant_id": tenant_id, "batch_id": batch.pk}
    if not _clear(customer_id, currency, from_on, None, **owner):
        return False
    _tell("limit.ended", customer, actor_id, from_on, currency=currency)
    return True


def write(grant: Grant, *, tenant_id: int, batch_id: int, author_id: int | None) -> bool:
    """Write one limit in the name of a batch, cutting what it meets; False: nothing new.

    Runs in the caller's transaction, which locked the customer.
    """
    held = _held(tenant_id, grant.customer_id, grant.currency)
    asked = Limit(grant.cents, grant.since, grant.until)
    known = rules.on((one.as_limit() for one in held), grant.since)
    if known and (known.cents, known.until) == (asked.cents, asked.until):
        return False
    owner = {"tenant_id": tenant_id, "batch_id": batch_id}
    _clear(grant.customer_id, grant.currency, grant.since, grant.until, **owner)
    owners = Customer.objects.of(tenant_id).values_list("creditor_id", flat=True)
    CreditLimit.objects.create(
        tenant_id=tenant_id,
        creditor_id=owners.get(pk=grant.customer_id),
        customer_id=grant.customer_id,
        currency=grant.currency,
        amount_cents=grant.cents,
        valid_from=grant.since,
        valid_to=grant.until,
        origin=grant.origin,
        reason=grant.reason,
        author_id=author_id,
        batch_id=batch_id,
    )
    return True


def write_first(
    grants: list[Grant], *, tenant_id: int, creditor_id: int, batch_id: int, author_id: int | None
) -> None:
    """Write the limits of customers that have none, all at once."""
    CreditLimit.objects.bulk_create(
        CreditLimit(
            tenant_id=tenant_id,
            creditor_id=creditor_id,
            customer_id=one.customer_id,
            currency=one.currency,
            amount_cents=one.cents,
            valid_from=one.since,
            valid_to=one.until,
            origin=one.origin,
            reason=one.reason,
            author_id=author_id,
            batch_id=batch_id,
        )
        for one in grants
    )


def undo_batch(*, tenant_id: int, batch_id: int, leaving: list[int]) -> None:
    """Withdraw what a batch wrote, record again what it had withdrawn where days are free."""
    rows = CreditLimit.objects.of(tenant_id)
    rows.filter(batch_id=batch_id, undone_at=None).update(undone_at=TransactionNow())
    rows.filter(customer_id__in=leaving).delete()
    for former in rows.filter(undone_by_id=batch_id).order_by("valid_from", "id"):
        live = _held(tenant_id, former.customer_id, former.currency)
        if not any(one.as_limit().meets(former.as_limit()) for one in live):
            _copy(former, former.as_limit(), batch_id=former.batch_id)


def erase_reasons(*, tenant_id: int, customer_id: int) -> int:
    """Empty the free words of a customer's limits; amounts and days stay."""
    rows = CreditLimit.objects.of(tenant_id).filter(customer_id=customer_id)
    return rows.exclude(reason="").update(reason="")


def _clear(
    customer_id: int,
    currency: str,
    since: date,
    until: date | None,
    *,
    tenant_id: int,
    batch_id: int,
) -> int:
    """Take days out of the limits that hold then; return how many were cut."""
    window = Limit(0, since, until)
    met = [one for one in _held(tenant_id, customer_id, currency) if one.as_limit().meets(window)]
    for one in met:
        CreditLimit.objects.of(tenant_id).filter(pk=one.pk).update(
            undone_at=TransactionNow(), undone_by_id=batch_id
        )
        for piece in rules.cut(one.as_limit(), since, until):
            _copy(one, piece, batch_id=batch_id)
    return len(met)


def _copy(row: CreditLimit, limit: Limit, *, batch_id: int | None) -> None:
    """Record a limit again for other days, its words and author unchanged."""
    CreditLimit.objects.create(
        tenant_id=row.tenant_id,
        creditor_id=row.creditor_id,
        customer_id=row.customer_id,
        currency=row.currency,
        amount_cents=row.amount_cents,
        valid_from=limit.since,
        valid_to=limit.until,
        origin=row.origin,
        reason=row.reason,
        author_id=row.author_id,
        batch_id=batch_id,
    )


def _held(tenant_id: int, customer_id: int, currency: str) -> list[CreditLimit]:
    rows = CreditLimit.objects.of(tenant_id).filter(
        Q(customer_id=customer_id), currency=currency, undone_at=None
    )
    return list(rows.order_by("valid_from"))


def _refuse(grant: Grant) -> None:
    if not 0 <= grant.cents <= AMOUNT_MAX:
        raise InvalidLimit("Une limite de crédit est un montant positif ou nul.")
    if grant.until is not None and grant.until < grant.since:
        raise InvalidLimit("La fin d'une limite ne peut pas précéder son début.")


def _batch(customer: Customer, actor_id: int | None) -> Batch:
    return Batch.objects.create(
        tenant_id=customer.tenant_id,
        creditor_id=customer.creditor_id,
        kind="hand.limit",
        author_id=actor_id,
    )


def _tell(verb: str, customer: Customer, actor_id: int | None, on: date, **data: int | str) -> None:
    record(
        verb,
        tenant_id=customer.tenant_id,
        subject=("customer", customer.pk),
        effective_on=on,
        actor_id=actor_id,
        creditor_id=customer.creditor_id,
        customer_id=customer.pk,
        data=dict(data),
    )
