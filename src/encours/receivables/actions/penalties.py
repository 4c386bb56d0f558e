"""Notes of penalties and indemnities in the ledger: issued, cancelled whole, never changed.

A note is a debit of its own kind with one due line; its parts say which days of which due lines
it billed. Cancelling writes a credit note of the same series and releases the parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Max

from encours.kernel.refusal import Refusal
from encours.parties.models import Batch, Customer
from encours.receivables.actions.acts import (
    PENALTY_NOTE,
    Act,
    NotFound,
    lock_credit,
    open_cents,
    set_against,
)
from encours.receivables.models import (
    Credit,
    Instalment,
    Invoice,
    PenaltyNote,
    PenaltyPart,
)

PREFIX: Final = "PEN"


class NothingToBill(Refusal):
    """A note of nothing would prove nothing."""

    message = "Rien à facturer : ces échéances ne portent ni pénalité ni indemnité nouvelle."


class AlreadyBilled(Refusal):
    """Another note billed these days meanwhile."""

    message = "Une partie vient d'être facturée par une autre note : relisez l'aperçu."


class AlreadyCancelled(Refusal):
    """A note is cancelled once."""

    message = "Cette note est déjà annulée."


@dataclass(frozen=True, slots=True)
class Billing:
    """What a note asks of one due line: interest since `from_on`, and its indemnity."""

    line_id: int
    from_on: date
    interest_cents: int
    indemnity_cents: int


@dataclass(frozen=True, slots=True)
class Issued:
    """A note as written; `ledger_id` is its invoice, or its credit when it cancels one."""

    id: int
    number: str
    ledger_id: int


@transaction.atomic
def lock_account(*, tenant_id: int, customer_id: int) -> Customer:
    """Lock a customer to the end of the transaction: two notes on it wait for each other."""
    rows = Customer.objects.of(tenant_id).select_for_update(of=("self",), no_key=True)
    customer = rows.select_related("creditor").filter(pk=customer_id).first()
    if customer is None:
        raise NotFound("Ce client n'existe pas.")
    return customer


@transaction.atomic
def record_note(
    *,
    tenant_id: int,
    customer_id: int,
    billings: Sequence[Billing],
    until_on: date,
    currency: str,
    actor_id: int | None = None,
    today: date,
) -> Issued:
    """Write a note in the ledger, payable at once, and what it billed; returns it.

    The database refuses days or indemnities billed twice, and a gap in the numbers.
    """
    assert until_on <= today, "days to come bear nothing yet"
    customer = lock_account(tenant_id=tenant_id, customer_id=customer_id)
    asked = [one for one in billings if one.interest_cents > 0 or one.indemnity_cents > 0]
    if not asked:
        raise NothingToBill
    lines = lines_of(customer, asked, until_on)
    interest = sum(max(one.interest_cents, 0) for one in asked)
    indemnity = sum(one.indemnity_cents for one in asked)
    act = _start(customer, actor_id, today)
    rank, number = _next_number(customer, today)
    invoice = _debit(act, customer, number, interest + indemnity, currency)
    note = PenaltyNote.objects.create(
        **act.mine,
        customer=customer,
        year=today.year,
        rank=rank,
        number=number,
        issued_on=today,
        until_on=until_on,
        currency=currency,
        interest_cents=interest,
        indemnity_cents=indemnity,
        invoice=invoice,
        author_id=actor_id,
    )
    PenaltyPart.objects.bulk_create(
        part for one in asked for part in _parts(act, note, one, lines[one.line_id])
    )
    act.tell(
        "penalty_note.issued",
        ("invoice", invoice.pk),
        number=number,
        cents=interest + indemnity,
        interest=interest,
        indemnity=indemnity,
        until=until_on.isoformat(),
    )
    return Issued(note.pk, number, invoice.pk)


@transaction.atomic
def cancel_note(
    *, tenant_id: int, note_id: int, actor_id: int | None = None, today: date
) -> Issued:
    """Cancel a note whole by a credit note of its series; what it billed may be billed again.

    The credit note settles what is open of it; what was paid stays at the customer's disposal.
    """
    note = PenaltyNote.objects.of(tenant_id).filter(pk=note_id, kind="note").first()
    if note is None:
        raise NotFound("Cette note n'existe pas.")
    customer = lock_account(tenant_id=tenant_id, customer_id=note.customer_id)
    if PenaltyNote.objects.of(tenant_id).filter(cancels=note).exists():
        raise AlreadyCancelled
    act = _start(customer, actor_id, today)
    rank, number = _next_number(customer, today)
    credit = _credit(act, note, number)
    cancellation = PenaltyNote.objects.create(
        **act.mine,
        customer_id=note.customer_id,
        kind="cancellation",
        year=today.year,
        rank=rank,
        number=number,
        issued_on=today,
        until_on=note.until_on,
        currency=note.currency,
        interest_cents=note.interest_cents,
        indemnity_cents=note.indemnity_cents,
        credit=credit,
        cancels=note,
        author_id=actor_id,
    )
    PenaltyPart.objects.of(tenant_id).filter(note=note).update(released_on=today)
    _settle(act, note, credit)
    act.tell(
        "penalty_note.cancelled",
        ("invoice", note.invoice_id or 0),
        number=note.number,
        by=number,
        cents=credit.amount_cents,
    )
    return Issued(cancellation.pk, number, credit.pk)


def _start(customer: Customer, actor_id: int | None, today: date) -> Act:
    """Open the act of a note; not one « by hand »: nobody reverses it but by a credit note."""
    batch = Batch.objects.create(
        tenant_id=customer.tenant_id,
        creditor_id=customer.creditor_id,
        kind=PENALTY_NOTE,
        author_id=actor_id,
    )
    return Act(
        tenant_id=customer.tenant_id,
        creditor_id=customer.creditor_id,
        customer_id=customer.pk,
        batch_id=batch.pk,
        actor_id=actor_id,
        today=today,
    )


def _next_number(customer: Customer, today: date) -> tuple[int, str]:
    """Return the next rank and number; the creditor's row is the queue, held to the end."""
    type(customer.creditor).objects.of(customer.tenant_id).select_for_update(no_key=True).get(
        pk=customer.creditor_id
    )
    rows = PenaltyNote.objects.of(customer.tenant_id).filter(
        creditor_id=customer.creditor_id, year=today.year
    )
    rank = (rows.aggregate(last=Max("rank"))["last"] or 0) + 1
    return rank, f"{PREFIX}-{today.year}-{rank:05d}"


def lines_of(customer: Customer, asked: Sequence[Billing], until_on: date) -> dict[int, Instalment]:
    """Return the due lines asked for, or refuse one that is gone or that another note billed."""
    rows = (
        Instalment.objects.of(customer.tenant_id)
        .select_related("invoice")
        .filter(
            pk__in=[one.line_id for one in asked],
            creditor_id=customer.creditor_id,
            undone_at=None,
        )
    )
    lines = {line.pk: line for line in rows}
    if len(lines) != len(asked):
        raise NotFound("Une de ces échéances n'existe plus, ou vient d'être annulée.")
    held = PenaltyPart.objects.of(customer.tenant_id).filter(released_on=None)
    for one in asked:
        line = lines[one.line_id]
        same = held.filter(lineage_id=line.lineage_id or line.pk, kind="interest")
        if one.interest_cents > 0 and same.filter(until_on__gte=one.from_on).exists():
            raise AlreadyBilled
        owed = held.filter(
            creditor_id=line.creditor_id, claim_key=line.invoice.key, kind="indemnity"
        )
        if one.indemnity_cents and owed.exists():
            raise AlreadyBilled
        assert one.from_on <= until_on, "the days billed come in order"
    return lines


def _debit(act: Act, customer: Customer, number: str, cents: int, currency: str) -> Invoice:
    shared = {**act.mine, "customer": customer, "issued_on": act.today, "currency": currency}
    invoice = Invoice.objects.create(
        **shared,
        kind="penalty_note",
        number=number,
        amount_cents=cents,
        net_cents=cents,
        vat_cents=0,
        key=f"{PENALTY_NOTE}:{act.batch_id}",
    )
    Instalment.objects.create(
        **shared, invoice=invoice, due_on=act.today, due_source="read", amount_cents=cents
    )
    return invoice


def _parts(act: Act, note: PenaltyNote, one: Billing, line: Instalment) -> list[PenaltyPart]:
    amounts = {"interest": one.interest_cents, "indemnity": one.indemnity_cents}
    return [
        PenaltyPart(
            **act.mine,
            note=note,
            invoice_id=line.invoice_id,
            kind=kind,
            claim_key=line.invoice.key,
            lineage_id=line.lineage_id or line.pk,
            position=line.position,
            due_on=line.due_on,
            from_on=one.from_on if kind == "interest" else line.due_on + timedelta(days=1),
            until_on=note.until_on,
            cents=cents,
            billed_on=note.issued_on,
        )
        for kind, cents in amounts.items()
        if cents > 0
    ]


def _credit(act: Act, note: PenaltyNote, number: str) -> Credit:
    cents = note.interest_cents + note.indemnity_cents
    return Credit.objects.create(
        **act.mine,
        customer_id=note.customer_id,
        kind="credit_note",
        number=number,
        received_on=act.today,
        currency=note.currency,
        amount_cents=cents,
        net_cents=cents,
        vat_cents=0,
        key=f"{PENALTY_NOTE}:{act.batch_id}",
    )


def _settle(act: Act, note: PenaltyNote, credit: Credit) -> None:
    """Set the credit note against what is open of the note, whichever row stands for it now."""
    lock_credit(tenant_id=act.tenant_id, credit_id=credit.pk)
    rows = Instalment.objects.of(act.tenant_id).filter(
        invoice__number=note.number, creditor_id=act.creditor_id, undone_at=None
    )
    left = credit.amount_cents
    for line in rows.select_for_update(of=("self",), no_key=True).order_by("position", "pk"):
        share = min(left, open_cents(line))
        if share <= 0:
            continue
        left -= share
        set_against(act, credit, line, cents=share, on=act.today)
