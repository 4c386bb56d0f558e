"""Grants what payments earned: by a person's click, or by itself when it is exactly as offered."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Max

from encours.discounts.actions.offers import NoSuchOffer
from encours.discounts.models import DiscountGrant, DiscountOffer
from encours.discounts.queries.in_force import Policy, policy_of
from encours.discounts.queries.offers import OfferRow, board
from encours.discounts.rules.offers import vat_part
from encours.kernel.refusal import Refusal
from encours.receivables.actions import allocations
from encours.receivables.actions import discounts as ledger
from encours.receivables.actions.allocations import Share
from encours.receivables.models import Instalment
from encours.receivables.queries.moment import Moment
from encours.tenancy.models import Creditor

PREFIX: Final = "ESC"
BOOKED: Final = """
select g.id, c.id, b.id
from discounts_discountgrant g
join receivables_credit c on c.tenant_id = g.tenant_id and c.id = g.credit_id
    and c.undone_at is null and c.key = 'discount:' || c.batch_id
join receivables_credit b on b.tenant_id = g.tenant_id and b.customer_id = c.customer_id
    and b.undone_at is null and b.amount_cents = c.amount_cents and b.currency = c.currency
    and b.recorded_at > c.recorded_at
    and (b.kind = 'discount' or (b.kind = 'credit_note' and g.vat_cents > 0))
    and b.received_on between c.received_on - 31 and g.granted_on + 62
join parties_batch p on p.tenant_id = b.tenant_id and p.id = b.batch_id
    and p.kind in ('fec', 'table')
where g.tenant_id = %(tenant)s and g.creditor_id = %(creditor)s and g.taken_back_on is null
    and not exists (
        select from receivables_allocation a
        join receivables_allocation mine on mine.tenant_id = a.tenant_id
            and mine.credit_id = c.id and mine.undone_at is null
        where a.tenant_id = b.tenant_id and a.credit_id = b.id and a.undone_at is null
            and a.instalment_id <> mine.instalment_id)
    and not exists (
        select from discounts_discountgrant other
        where other.tenant_id = g.tenant_id and other.credit_id = b.id)
order by g.id, abs(b.received_on - c.received_on), b.id
"""
NAMED: Final = """
select g.id, b.id, l.id
from discounts_discountgrant g
join discounts_discountoffer o on o.tenant_id = g.tenant_id and o.id = g.offer_id
join receivables_credit b on b.tenant_id = g.tenant_id and b.creditor_id = g.creditor_id
    and b.customer_id = o.customer_id and b.undone_at is null
    and g.number in (b.number, b.piece) and b.key <> 'discount:' || b.batch_id
join receivables_instalment l on l.tenant_id = o.tenant_id and l.undone_at is null
    and (l.id = o.lineage_id or l.lineage_id = o.lineage_id)
where g.tenant_id = %(tenant)s and g.creditor_id = %(creditor)s
    and g.taken_back_on is null and g.booked_on is null
order by g.id, b.id, l.id
"""
"""What an export took as its own, by the number of the discount."""
ADOPTED: Final = """
update discounts_discountgrant g set booked_on = %(today)s
where g.tenant_id = %(tenant)s and g.creditor_id = %(creditor)s
    and g.taken_back_on is null and g.booked_on is null
    and not exists (
        select from receivables_credit c
        where c.tenant_id = g.tenant_id and c.id = g.credit_id and c.undone_at is null
            and c.key = 'discount:' || c.batch_id)
"""


class NotEarned(Refusal):
    """Nothing in time has earned it, or somebody decided meanwhile."""

    message = "Rien à accorder : le règlement n'est pas arrivé à temps, ou ne suffit pas."


class NoSuchGrant(Refusal):
    """It is another's, or was taken back."""

    message = "Cet escompte n'existe pas, ou a déjà été repris."


@transaction.atomic
def grant(*, tenant_id: int, offer_id: int, actor_id: int | None = None, today: date) -> int:
    """Grant what an offer earned: its line closes. Returns the id of the grant."""
    rows = DiscountOffer.objects.of(tenant_id).select_for_update(of=("self",))
    row = rows.filter(pk=offer_id, state="made").first()
    if row is None:
        raise NoSuchOffer
    moment = Moment(tenant_id=tenant_id, as_of=today, creditor_ids=(row.creditor_id,))
    found = board(moment, undecided=True)  # a payment may answer several offers: see them all
    told = next((one for one in found if one.id == offer_id), None)
    if told is None or told.earned is None or told.line_id is None:
        raise NotEarned
    if told.credit_id is not None:
        allocations.allocate(
            tenant_id=tenant_id,
            credit_id=told.credit_id,
            shares=[Share(told.line_id, told.pay_cents)],
            actor_id=actor_id,
            today=today,
        )
    policy = policy_of(tenant_id=tenant_id, creditor_id=row.creditor_id)
    return _write(row, told, policy, actor_id, today)


@transaction.atomic
def take_back(*, tenant_id: int, grant_id: int, actor_id: int | None = None, today: date) -> None:
    """Take back a discount that the accounts do not know yet: its line is open again."""
    rows = DiscountGrant.objects.of(tenant_id).select_for_update(of=("self",))
    row = rows.filter(pk=grant_id, taken_back_on=None).first()
    if row is None:
        raise NoSuchGrant
    ledger.take_back(tenant_id=tenant_id, credit_id=row.credit_id, actor_id=actor_id, today=today)
    DiscountGrant.objects.of(tenant_id).filter(pk=row.pk).update(taken_back_on=today)


def settle(*, tenant_id: int, creditor_id: int, today: date) -> dict[str, int]:
    """Let the accounts' own entries take their place, then grant what is exactly as offered.

    Safe to run again at any time; grants by itself only where the creditor chose it.
    """
    booked = follow_accounts(tenant_id=tenant_id, creditor_id=creditor_id, today=today)
    policy = policy_of(tenant_id=tenant_id, creditor_id=creditor_id)
    if not policy.is_automatic:
        return {"booked": booked, "granted": 0}
    moment = Moment(tenant_id=tenant_id, as_of=today, creditor_ids=(creditor_id,))
    granted = 0
    for one in board(moment, undecided=True):
        if one.earned is None or not one.earned.is_exact:
            continue
        try:
            grant(tenant_id=tenant_id, offer_id=one.id, today=today)
        except Refusal:  # decided, or spent, meanwhile: a person sees what is left
            continue
        granted += 1
    return {"booked": booked, "granted": granted}


@transaction.atomic
def follow_accounts(*, tenant_id: int, creditor_id: int, today: date) -> int:
    """Give way to the accounts where they book a discount granted here; returns how many."""
    asked: dict[str, Any] = {"tenant": tenant_id, "creditor": creditor_id, "today": today}
    with connection.cursor() as cursor:
        cursor.execute(BOOKED, asked)
        found = cursor.fetchall()
    given, taken = set[int](), set[int]()
    for grant_id, ours, theirs in found:
        if grant_id in given or theirs in taken:
            continue
        ledger.give_way(tenant_id=tenant_id, credit_id=ours, booked_id=theirs, today=today)
        given.add(grant_id)
        taken.add(theirs)
    with connection.cursor() as cursor:
        cursor.execute(NAMED, asked)
        named = [(theirs, line) for one, theirs, line in cursor.fetchall() if one not in given]
    for theirs, line in named:
        ledger.settle(tenant_id=tenant_id, credit_id=theirs, line_ids=(line,), today=today)
    with connection.cursor() as cursor:
        cursor.execute(ADOPTED, asked)
        return int(cursor.rowcount)


def _write(
    row: DiscountOffer, told: OfferRow, policy: Policy, actor_id: int | None, today: date
) -> int:
    assert told.earned is not None
    assert told.line_id is not None
    line = Instalment.objects.of(row.tenant_id).select_related("invoice").get(pk=told.line_id)
    vat = None
    if policy.treatment == "given_back":
        invoice = line.invoice
        vat = vat_part(
            told.earned.cents, amount_cents=invoice.amount_cents, vat_cents=invoice.vat_cents
        )
    rank, number = _next_number(row, today)
    part = ledger.Part(
        line_id=line.pk,
        cents=told.earned.cents,
        vat_cents=vat or 0,
        number=number,
        effective_on=told.earned.paid_on,
    )
    credit_id = ledger.grant(tenant_id=row.tenant_id, part=part, actor_id=actor_id, today=today)
    made = DiscountGrant.objects.create(
        tenant_id=row.tenant_id,
        creditor_id=row.creditor_id,
        offer=row,
        credit_id=credit_id,
        year=today.year,
        rank=rank,
        number=number,
        granted_on=today,
        cents=part.cents,
        vat_cents=part.vat_cents,
        author_id=actor_id,
    )
    return made.pk


def _next_number(row: DiscountOffer, today: date) -> tuple[int, str]:
    """Return the next rank and number; the creditor's row is the queue, held to the end."""
    Creditor.objects.of(row.tenant_id).select_for_update(no_key=True).get(pk=row.creditor_id)
    rows = DiscountGrant.objects.of(row.tenant_id).filter(
        creditor_id=row.creditor_id, year=today.year
    )
    rank = (rows.aggregate(last=Max("rank"))["last"] or 0) + 1
    return rank, f"{PREFIX}-{today.year}-{rank:05d}"
