"""Lettering by hand: which credit pays which due line, never more than is open on either side.

Each act locks the credits it uses, then the due lines, and only then reads what is left: two
people who letter the same payment at once wait for each other instead of spending it twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Now

from encours.kernel.money import french_text
from encours.kernel.refusal import Refusal
from encours.parties import faces
from encours.receivables.actions import acts
from encours.receivables.actions.acts import Act
from encours.receivables.models import Allocation, Credit, Instalment, ProposedAllocation
from encours.receivables.rules import allocation as rules


class NotAllocatable(Refusal):
    """Say why a credit cannot settle a due line."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many cents of a credit for one due line."""

    line_id: int
    cents: int


@transaction.atomic
def allocate(
    *,
    tenant_id: int,
    credit_id: int,
    shares: Sequence[Share],
    effective_on: date | None = None,
    for_other_customer: bool = False,
    actor_id: int | None = None,
    today: date,
) -> list[int]:
    """Set a credit against due lines and return the ids of the allocations.

    It takes effect when both sides existed, unless a later date is given. A payment made for
    another customer (its parent, say) must be said to be one.
    """
    credit = acts.lock_credit(tenant_id=tenant_id, credit_id=credit_id)
    lines = _lock_lines(tenant_id, [share.line_id for share in shares])
    family = _family(credit)
    if not for_other_customer and any(line.customer_id not in family for line in lines.values()):
        raise NotAllocatable("Cette échéance est celle d'un autre client : confirmez-le.")
    act = _start("allocation", credit, actor_id, today)
    return _write(act, credit, lines, shares, origin="manual", effective_on=effective_on)


@transaction.atomic
def unallocate(
    *,
    tenant_id: int,
    allocation_ids: Sequence[int],
    actor_id: int | None = None,
    today: date,
) -> int:
    """Undo allocations, whatever their origin; line and credit are open again. Returns how many."""
    rows = Allocation.objects.of(tenant_id).filter(pk__in=allocation_ids, undone_at=None)
    held = list(rows.select_for_update(no_key=True).order_by("pk"))
    if not held:
        raise acts.NotFound("Ce lettrage n'existe pas, ou vient d'être défait.")
    for creditor_id, payer_id in sorted({(row.creditor_id, row.payer_id) for row in held}):
        act = acts.start(
            tenant_id=tenant_id,
            kind="unallocation",
            creditor_id=creditor_id,
            customer_id=payer_id,
            actor_id=actor_id,
            today=today,
        )
        mine = [row for row in held if (row.creditor_id, row.payer_id) == (creditor_id, payer_id)]
        act.undo(Allocation.objects.of(tenant_id).filter(pk__in=[row.pk for row in mine]))
        for row in mine:
            subject = ("instalment", row.instalment_id)
            act.tell(
                "allocation.undone",
                subject,
                credit=row.credit_id,
                cents=row.amount_cents,
            )
    return len(held)


@transaction.atomic
def settle_by_law(
    *,
    tenant_id: int,
    credit_id: int,
    chosen_line_ids: Sequence[int] = (),
    actor_id: int | None = None,
    today: date,
) -> list[int]:
    """Spread what is left of a credit over its customer's due lines in the order of the law.

    Code civil, art. 1342-10: lines the debtor chose, due debts, then the oldest. Refuses when
    nothing is open.
    """
    credit = acts.lock_credit(tenant_id=tenant_id, credit_id=credit_id)
    rows = Instalment.objects.of(tenant_id).filter(
        customer_id__in=_family(credit),
        creditor_id=credit.creditor_id,
        currency=credit.currency,
        undone_at=None,
        issued_on__lte=today,
    )
    held = {line.pk: line for line in rows.select_for_update(no_key=True).order_by("pk")}
    opened = _open(tenant_id, held)
    items = [
        rules.OpenItem(f"{pk:020d}", line.issued_on, line.due_on, opened[pk])
        for pk, line in held.items()
        if opened[pk]
    ]
    chosen = [f"{pk:020d}" for pk in chosen_line_ids]
    found = rules.allocate(_left(credit), items, on=credit.received_on, chosen=chosen)
    if not found.shares:
        raise NotAllocatable(
            "Rien à imputer : aucune échéance ouverte, ou plus rien de disponible."
        )
    act = _start("allocation", credit, actor_id, today)
    shares = [Share(int(share.line), share.cents) for share in found.shares]
    return _write(act, credit, held, shares, origin="legal")


@transaction.atomic
def decide_proposals(
    *,
    tenant_id: int,
    proposal_ids: Sequence[int],
    accept: bool,
    actor_id: int | None = None,
    today: date,
) -> list[int]:
    """Accept or refuse proposed allocations; returns the allocations made. All or none."""
    pending = ProposedAllocation.objects.of(tenant_id).filter(
        pk__in=proposal_ids, undone_at=None, decided_at=None
    )
    credit_ids = sorted(set(pending.values_list("credit_id", flat=True)))
    credits_held = {pk: acts.lock_credit(tenant_id=tenant_id, credit_id=pk) for pk in credit_ids}
    proposals = list(pending.select_for_update(no_key=True).order_by("pk"))
    if len(proposals) != len(set(proposal_ids)):
        raise acts.NotFound("Une de ces propositions n'existe plus, ou a déjà été décidée.")
    made: list[int] = []
    if accept:
        lines = _lock_lines(tenant_id, [proposal.instalment_id for proposal in proposals])
        for credit in credits_held.values():
            shares = [
                Share(proposal.instalment_id, proposal.amount_cents)
                for proposal in proposals
                if proposal.credit_id == credit.pk
            ]
            act = _start("allocation", credit, actor_id, today)
            made += _write(act, credit, lines, shares, origin="manual")
    else:
        for proposal in proposals:
            act = _start("refusal", credits_held[proposal.credit_id], actor_id, today)
            subject = ("instalment", proposal.instalment_id)
            act.tell("allocation.refused", subject, credit=proposal.credit_id)
    pending.update(decided_at=Now(), decided_by_id=actor_id, accepted=accept)
    return made


def _family(credit: Credit) -> tuple[int, ...]:
    """Return the customers that are one with the payer today."""
    face = faces.face_of(tenant_id=credit.tenant_id, customer_id=credit.customer_id)
    return faces.family_of(tenant_id=credit.tenant_id, customer_id=face)


def _start(kind: str, credit: Credit, actor_id: int | None, today: date) -> Act:
    return acts.start(
        tenant_id=credit.tenant_id,
        kind=kind,
        creditor_id=credit.creditor_id,
        customer_id=credit.customer_id,
        actor_id=actor_id,
        today=today,
    )


def _lock_lines(tenant_id: int, line_ids: Iterable[int]) -> dict[int, Instalment]:
    wanted = set(line_ids)
    rows = Instalment.objects.of(tenant_id).filter(pk__in=wanted, undone_at=None)
    held = {line.pk: line for line in rows.select_for_update(no_key=True).order_by("pk")}
    if not wanted or held.keys() != wanted:
        raise acts.NotFound("Cette échéance n'existe pas, ou vient d'être annulée.")
    return held


def _left(credit: Credit) -> int:
    """Return what the credit has not settled yet; read after its lock."""
    used = Allocation.objects.of(credit.tenant_id).filter(credit_id=credit.pk, undone_at=None)
    return credit.amount_cents - (used.aggregate(total=Sum("amount_cents"))["total"] or 0)


def _open(tenant_id: int, lines: dict[int, Instalment]) -> dict[int, int]:
    """Return what each line still owes; read after their locks."""
    taken = (
        Allocation.objects.of(tenant_id)
        .filter(instalment_id__in=list(lines), undone_at=None)
        .values_list("instalment_id")
        .annotate(total=Sum("amount_cents"))
    )
    paid = dict(taken.values_list("instalment_id", "total"))
    return {pk: line.amount_cents - paid.get(pk, 0) for pk, line in lines.items()}


def _write(
    act: Act,
    credit: Credit,
    lines: dict[int, Instalment],
    shares: Sequence[Share],
    *,
    origin: str,
    effective_on: date | None = None,
) -> list[int]:
    _refuse(act, credit, lines, shares)
    rows = []
    for share in shares:
        line = lines[share.line_id]
        both_on = max(line.issued_on, credit.received_on)
        if effective_on is not None and not both_on <= effective_on <= act.today:
            raise NotAllocatable(
                f"La date d'effet doit être comprise entre le {both_on:%d/%m/%Y} et aujourd'hui."
            )
        rows.append(
            Allocation(
                **act.mine,
                credit=credit,
                instalment=line,
                customer_id=line.customer_id,
                payer_id=credit.customer_id,
                issued_on=line.issued_on,
                due_on=line.due_on,
                currency=line.currency,
                amount_cents=share.cents,
                effective_on=effective_on or both_on,
                origin=origin,
                lettered_on=act.today,
            )
        )
    made = Allocation.objects.bulk_create(rows)
    for row in made:
        subject = ("instalment", row.instalment_id)
        act.tell(
            "allocation.recorded",
            subject,
            row.effective_on,
            credit=credit.pk,
            cents=row.amount_cents,
            origin=origin,
        )
    return [row.pk for row in made]


def _refuse(
    act: Act, credit: Credit, lines: dict[int, Instalment], shares: Sequence[Share]
) -> None:
    asked: dict[int, int] = {}
    for share in shares:
        if share.cents <= 0:
            raise NotAllocatable("Le montant imputé doit être supérieur à zéro.")
        asked[share.line_id] = asked.get(share.line_id, 0) + share.cents
    opened = _open(act.tenant_id, {pk: lines[pk] for pk in asked})
    for pk, cents in asked.items():
        line = lines[pk]
        if line.currency != credit.currency or line.creditor_id != credit.creditor_id:
            raise NotAllocatable("Le règlement et l'échéance ne sont pas de la même devise.")
        if cents > opened[pk]:
            rest = french_text(opened[pk], line.currency)
            raise NotAllocatable(f"Il ne reste que {rest} à payer sur cette échéance.")
    left = _left(credit)
    if sum(asked.values()) > left:
        rest = french_text(left, credit.currency)
        raise NotAllocatable(f"Il ne reste que {rest} à imputer sur ce règlement.")
