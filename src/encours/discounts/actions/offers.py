"""Offers: written in a message, made when it leaves; made by a person in negotiation; withdrawn."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Sum

from encours.discounts.models import DiscountOffer
from encours.discounts.queries.in_force import policy_of
from encours.discounts.rules.offers import Discount, discount_cents
from encours.kernel.refusal import Refusal
from encours.messaging.rules.wording import points_text
from encours.parties import faces
from encours.receivables.actions.acts import customer_of
from encours.receivables.models import Allocation, Instalment
from encours.tenancy import journal

AHEAD_MAX: Final = 60
REASON_MIN: Final = 3


class NotOffered(Refusal):
    """Say why nothing can be offered."""


class NoSuchOffer(Refusal):
    """It is another's, or was withdrawn meanwhile."""

    message = "Cette offre n'existe pas, ou vient d'être retirée."


@transaction.atomic
def prepare(
    *, tenant_id: int, reminder_id: int, discounts: Mapping[int, Discount | None], today: date
) -> None:
    """Keep what a message offers, by live due line, in place of what it offered before.

    Nothing is offered until the message leaves: `made`.
    """
    rows = DiscountOffer.objects.of(tenant_id).filter(reminder_id=reminder_id, state="prepared")
    rows.delete()
    new = {line: one for line, one in discounts.items() if one and one.offer_id is None}
    DiscountOffer.objects.bulk_create(
        _offer(line, new[line.pk], state="prepared", reminder_id=reminder_id, offered_on=today)
        for line in _lines(tenant_id, new)
    )


@transaction.atomic
def made(*, tenant_id: int, reminder_id: int, on: date) -> int:
    """Say that a message left with its offers, or may have; safe to say twice. Returns how many."""
    rows = DiscountOffer.objects.of(tenant_id).filter(reminder_id=reminder_id, state="prepared")
    prepared = list(rows.select_for_update(of=("self",)).order_by("pk"))
    for row in prepared:
        _supersede(row.tenant_id, row.creditor_id, row.claim_key, row.position, on)
        DiscountOffer.objects.of(tenant_id).filter(pk=row.pk).update(state="made", offered_on=on)
        _record("discount.offered", row, None, on)
    return len(prepared)


@transaction.atomic
def offer(
    *,
    tenant_id: int,
    customer_id: int,
    line_ids: Collection[int],
    basis_points: int,
    until_on: date,
    reason: str = "",
    actor_id: int | None = None,
    today: date,
) -> list[int]:
    """Offer less if these lines are paid by a day: a conditional rebate, in negotiation.

    Bounded by what the creditor allows. Takes the place of what was offered of these lines.
    """
    customer = customer_of(tenant_id=tenant_id, customer_id=customer_id)
    most = policy_of(tenant_id=tenant_id, creditor_id=customer.creditor_id).negotiation_max
    if not 0 < basis_points <= most:
        raise NotOffered(
            f"Votre société permet une remise de {points_text(most, 'fr')} au plus."
            if most
            else "Votre société ne permet pas de remise en négociation (Réglages › Escompte)."
        )
    if not today <= until_on <= today + timedelta(days=AHEAD_MAX):
        raise NotOffered(f"La date limite est dans les {AHEAD_MAX} jours.")
    if len(reason.strip()) < REASON_MIN:
        raise NotOffered("Dites pourquoi : la raison reste au dossier.")
    family = faces.family_of(tenant_id=tenant_id, customer_id=customer_id)
    lines = [one for one in _lines(tenant_id, line_ids) if one.customer_id in family]
    if not lines or len(lines) != len(set(line_ids)):
        raise NotOffered("Choisissez au moins une échéance ouverte de ce client.")
    made_ids = []
    for line in lines:
        base = _open(line)
        cents = discount_cents(max(base, 0), basis_points)
        if cents <= 0:
            raise NotOffered("Cette échéance est soldée, ou trop petite pour une remise.")
        told = Discount(basis_points, base, cents, until_on, "negotiation")
        _supersede(tenant_id, line.creditor_id, line.invoice.key, line.position, today)
        row = _offer(line, told, state="made", reminder_id=None, offered_on=today)
        row.reason, row.author_id = reason.strip()[:200], actor_id
        row.save(force_insert=True)
        _record("discount.offered", row, actor_id, today)
        made_ids.append(row.pk)
    return made_ids


@transaction.atomic
def withdraw(*, tenant_id: int, offer_id: int, actor_id: int | None = None, today: date) -> None:
    """Take back an offer, or refuse to grant it: what is left of the line is owed."""
    rows = DiscountOffer.objects.of(tenant_id).select_for_update(of=("self",))
    row = rows.filter(pk=offer_id, state="made").first()
    if row is None:
        raise NoSuchOffer
    DiscountOffer.objects.of(tenant_id).filter(pk=row.pk).update(
        state="withdrawn", withdrawn_on=today
    )
    _record("discount.withdrawn", row, actor_id, today)


def _lines(tenant_id: int, ids: Iterable[int]) -> list[Instalment]:
    rows = Instalment.objects.of(tenant_id).filter(pk__in=list(ids), undone_at=None)
    return list(
        rows.select_related("invoice")
        .exclude(invoice__kind__in=("penalty_note", "returned_payment", "refund"))
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    )


def _open(line: Instalment) -> int:
    taken = Allocation.objects.of(line.tenant_id).filter(instalment=line, undone_at=None)
    return line.amount_cents - (taken.aggregate(cents=Sum("amount_cents"))["cents"] or 0)


def _offer(line: Instalment, told: Discount, **more: Any) -> DiscountOffer:
    return DiscountOffer(
        tenant_id=line.tenant_id,
        creditor_id=line.creditor_id,
        customer_id=line.customer_id,
        invoice_id=line.invoice_id,
        claim_key=line.invoice.key,
        position=line.position,
        lineage_id=line.lineage_id or line.pk,
        origin=told.origin,
        rule_id=told.rule_id,
        currency=line.currency,
        basis_points=told.basis_points,
        base_cents=told.base_cents,
        cents=told.cents,
        until_on=told.until_on,
        **more,
    )


def _supersede(tenant_id: int, creditor_id: int, claim_key: str, position: int, on: date) -> None:
    """Make room for a new offer of a line, whatever was offered before."""
    DiscountOffer.objects.of(tenant_id).filter(
        creditor_id=creditor_id, claim_key=claim_key, position=position, state="made"
    ).update(state="withdrawn", withdrawn_on=on)


def _record(verb: str, row: DiscountOffer, actor_id: int | None, on: date) -> None:
    journal.record(
        verb,
        tenant_id=row.tenant_id,
        subject=("instalment", row.lineage_id),
        effective_on=on,
        actor_id=actor_id,
        creditor_id=row.creditor_id,
        customer_id=row.customer_id,
        data={
            "offer": row.pk,
            "origin": row.origin,
            "cents": row.cents,
            "points": row.basis_points,
            "until": row.until_on.isoformat(),
        },
    )
