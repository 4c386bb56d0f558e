"""Discounts granted, in the ledger: a credit that closes its due line; taken back; booked.

Like notes of penalties they are no act « by hand »: an export that names their number takes them
as its own; one that books the same amount otherwise takes their place (`give_way`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction
from django.db.models import Sum

from encours.kernel.refusal import Refusal
from encours.parties.models import Batch
from encours.receivables.actions.acts import Act, NotFound, lock_credit, open_cents, set_against
from encours.receivables.models import Allocation, Credit, Instalment

DISCOUNT: Final = "discount"


class NotOpen(Refusal):
    """The line was settled, or changed, meanwhile."""

    message = "Ce reste dû a changé entre-temps : relisez la proposition."


class Booked(Refusal):
    """What the accounts say is corrected there."""

    message = "Cet escompte est déjà dans votre comptabilité : c'est là qu'il se corrige."


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What is granted of one due line: all that is left of it, under a number, from a day."""

    line_id: int
    cents: int
    vat_cents: int
    number: str
    effective_on: date


@transaction.atomic
def grant(*, tenant_id: int, part: Part, actor_id: int | None = None, today: date) -> int:
    """Close a due line by the discount that it earned; returns the credit's id."""
    rows = Instalment.objects.of(tenant_id).filter(pk=part.line_id, undone_at=None)
    line = rows.select_for_update(of=("self",), no_key=True).first()
    if line is None:
        raise NotFound("Cette échéance n'existe pas, ou vient d'être annulée.")
    if open_cents(line) != part.cents:
        raise NotOpen
    act = _start(line.creditor_id, line.customer_id, tenant_id, actor_id, today)
    credit = Credit.objects.create(
        **act.mine,
        customer_id=line.customer_id,
        kind=DISCOUNT,
        number=part.number,
        received_on=max(part.effective_on, line.issued_on),
        currency=line.currency,
        amount_cents=part.cents,
        net_cents=part.cents - part.vat_cents,
        vat_cents=part.vat_cents,
        key=f"{DISCOUNT}:{act.batch_id}",
        label="Escompte pour paiement anticipé",
    )
    set_against(act, credit, line, cents=part.cents, on=max(credit.received_on, line.issued_on))
    act.tell(
        "discount.granted",
        ("instalment", line.pk),
        credit.received_on,
        number=part.number,
        cents=part.cents,
        vat=part.vat_cents,
    )
    return credit.pk


@transaction.atomic
def take_back(*, tenant_id: int, credit_id: int, actor_id: int | None = None, today: date) -> None:
    """Withdraw a discount that the accounts have not booked: its line is open again."""
    credit = lock_credit(tenant_id=tenant_id, credit_id=credit_id)
    if not _is_ours(credit):
        raise Booked
    act = _start(credit.creditor_id, credit.customer_id, tenant_id, actor_id, today)
    _withdraw(act, credit)
    act.tell("discount.taken_back", ("credit", credit.pk), cents=credit.amount_cents)


@transaction.atomic
def give_way(*, tenant_id: int, credit_id: int, booked_id: int, today: date) -> None:
    """Let the accounts' own entry take the place of a discount granted here, once and for all.

    What the discount had settled is settled by that entry, as far as it settles nothing else.
    """
    ours = lock_credit(tenant_id=tenant_id, credit_id=credit_id)
    assert _is_ours(ours), "an entry of the accounts never gives way"
    settled = Allocation.objects.of(tenant_id).filter(credit=ours, undone_at=None)
    lines = sorted(settled.values_list("instalment_id", flat=True))
    act = _start(ours.creditor_id, ours.customer_id, tenant_id, None, today)
    _withdraw(act, ours)
    settle(tenant_id=tenant_id, credit_id=booked_id, line_ids=lines, today=today)


@transaction.atomic
def settle(*, tenant_id: int, credit_id: int, line_ids: Iterable[int], today: date) -> None:
    """Set the accounts' entry of a discount against its lines, as far as both are open."""
    theirs = lock_credit(tenant_id=tenant_id, credit_id=credit_id)
    lines = (
        Instalment.objects.of(tenant_id)
        .filter(pk__in=list(line_ids), undone_at=None)
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    )
    act = _start(theirs.creditor_id, theirs.customer_id, tenant_id, None, today)
    left = theirs.amount_cents - _used(theirs)
    for line in lines:
        cents = min(left, open_cents(line))
        if cents > 0:
            set_against(act, theirs, line, cents=cents, on=max(theirs.received_on, line.issued_on))
            left -= cents
    act.tell("discount.booked", ("credit", theirs.pk), cents=theirs.amount_cents)


def _start(
    creditor_id: int, customer_id: int, tenant_id: int, actor_id: int | None, today: date
) -> Act:
    batch = Batch.objects.create(
        tenant_id=tenant_id, creditor_id=creditor_id, kind=DISCOUNT, author_id=actor_id
    )
    return Act(
        tenant_id=tenant_id,
        creditor_id=creditor_id,
        customer_id=customer_id,
        batch_id=batch.pk,
        actor_id=actor_id,
        today=today,
    )


def _is_ours(credit: Credit) -> bool:
    return credit.kind == DISCOUNT and credit.key == f"{DISCOUNT}:{credit.batch_id}"


def _withdraw(act: Act, credit: Credit) -> None:
    act.undo(Allocation.objects.of(act.tenant_id).filter(credit=credit))
    act.undo(Credit.objects.of(act.tenant_id).filter(pk=credit.pk))


def _used(credit: Credit) -> int:
    used = Allocation.objects.of(credit.tenant_id).filter(credit=credit, undone_at=None)
    return used.aggregate(cents=Sum("amount_cents"))["cents"] or 0
