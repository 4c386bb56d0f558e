"""Invoices, credit notes and payments entered by hand, and reversed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from encours.kernel.refusal import Refusal
from encours.parties import usual_terms
from encours.parties.models import Customer
from encours.receivables.actions import acts
from encours.receivables.actions.acts import Act
from encours.receivables.models import (
    CREDIT_KINDS,
    INVOICE_KINDS,
    Allocation,
    Credit,
    Instalment,
    Invoice,
    PenaltyPart,
    ProposedAllocation,
    Reclassification,
)
from encours.receivables.rules import terms as terms_rules
from encours.receivables.rules.terms import DueLine

LEGAL_DAYS: Final = 30
NUMBER_MAX: Final = 80
# A code, never free text: the journal keeps it for ever and may name nobody.
REASONS: Final = {
    "duplicate": "Doublon",
    "mistake": "Erreur de saisie",
    "rejected": "Règlement rejeté",
    "cancelled": "Annulation convenue",
}


class NumberTaken(Refusal):
    """Two documents of one creditor with one number could never be told apart."""


class Billed(Refusal):
    """What a note billed of an invoice would stand on nothing."""


class InvalidDocument(Refusal):
    """Say what is wrong in a document typed by hand."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a document comes to; net and VAT are optional but go together."""

    total_cents: int
    net_cents: int | None = None
    vat_cents: int | None = None

    def __post_init__(self) -> None:
        if self.total_cents <= 0:
            raise InvalidDocument("Le montant doit être supérieur à zéro.")
        parts = [part for part in (self.net_cents, self.vat_cents) if part is not None]
        if parts and (len(parts) != 2 or sum(parts) != self.total_cents):  # noqa: PLR2004
            raise InvalidDocument("Le montant HT et la TVA doivent faire le montant TTC.")


@transaction.atomic
def record_invoice(
    *,
    tenant_id: int,
    customer_id: int,
    number: str,
    issued_on: date,
    amounts: Amounts,
    kind: str = "invoice",
    due: Sequence[DueLine] | None = None,
    currency: str = "",
    label: str = "",
    actor_id: int | None = None,
    today: date,
) -> int:
    """Enter a debit claim and return its id; without `due`, the customer's terms cut it.

    Due dates that come from terms nobody confirmed are `terms_assumed`, hence never reminded;
    without any terms, those of the law apply (C. com. L441-10 I: 30 days).
    """
    assert kind in INVOICE_KINDS, kind
    customer = acts.customer_of(tenant_id=tenant_id, customer_id=customer_id)
    number = _number(number)
    if _taken(Invoice.objects.of(tenant_id), customer, number):
        raise NumberTaken(f"Une facture porte déjà le numéro {number}.")
    lines, source = _due_lines(customer, issued_on, amounts, due)
    act = _start("invoice", customer, actor_id, today)
    money = currency or customer.creditor.currency
    invoice = Invoice.objects.create(
        **act.mine,
        customer=customer,
        kind=kind,
        number=number,
        issued_on=issued_on,
        currency=money,
        amount_cents=amounts.total_cents,
        net_cents=amounts.net_cents,
        vat_cents=amounts.vat_cents,
        key=f"hand:{act.batch_id}",
        label=label,
    )
    Instalment.objects.bulk_create(
        Instalment(
            **act.mine,
            invoice=invoice,
            customer=customer,
            issued_on=issued_on,
            due_on=line.due_on,
            due_source=source,
            currency=money,
            amount_cents=line.cents,
            position=position,
        )
        for position, line in enumerate(lines, start=1)
    )
    subject = ("invoice", invoice.pk)
    act.tell("invoice.recorded", subject, issued_on, kind=kind, cents=amounts.total_cents)
    return invoice.pk


@transaction.atomic
def record_credit(
    *,
    tenant_id: int,
    customer_id: int,
    kind: str,
    received_on: date,
    amounts: Amounts,
    number: str = "",
    currency: str = "",
    label: str = "",
    actor_id: int | None = None,
    today: date,
) -> int:
    """Enter a payment, a credit note or another credit; it settles nothing yet. Returns its id."""
    assert kind in CREDIT_KINDS, kind
    if kind == "payment" and received_on > today:
        raise InvalidDocument("Un règlement ne peut pas être reçu dans le futur.")
    customer = acts.customer_of(tenant_id=tenant_id, customer_id=customer_id)
    number = _number(number, needed=kind == "credit_note")
    if number and kind == "credit_note":
        notes = Credit.objects.of(tenant_id).filter(kind="credit_note")
        if _taken(notes, customer, number):
            raise NumberTaken(f"Un avoir porte déjà le numéro {number}.")
    act = _start(kind, customer, actor_id, today)
    credit = Credit.objects.create(
        **act.mine,
        customer=customer,
        kind=kind,
        number=number,
        received_on=received_on,
        currency=currency or customer.creditor.currency,
        amount_cents=amounts.total_cents,
        net_cents=amounts.net_cents,
        vat_cents=amounts.vat_cents,
        key=f"hand:{act.batch_id}",
        label=label,
    )
    subject = ("credit", credit.pk)
    act.tell("credit.recorded", subject, received_on, kind=kind, cents=amounts.total_cents)
    return credit.pk


@transaction.atomic
def reverse_invoice(
    *, tenant_id: int, invoice_id: int, reason: str, actor_id: int | None = None, today: date
) -> None:
    """Withdraw an invoice entered by hand, with its due lines; what settled them is free again."""
    invoice = acts.lock_invoice(tenant_id=tenant_id, invoice_id=invoice_id)
    acts.refuse_imported(invoice)
    _refuse_billed(invoice)
    act = _reverse("invoice", invoice, actor_id, today)
    lines = Instalment.objects.of(tenant_id).filter(invoice_id=invoice_id)
    held = list(lines.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    for model in (Allocation, ProposedAllocation, Reclassification):
        act.undo(model.objects.of(tenant_id).filter(instalment_id__in=held))
    act.undo(lines)
    act.undo(Invoice.objects.of(tenant_id).filter(pk=invoice_id))
    act.tell("invoice.reversed", ("invoice", invoice_id), reason=_reason(reason))


@transaction.atomic
def reverse_credit(
    *, tenant_id: int, credit_id: int, reason: str, actor_id: int | None = None, today: date
) -> None:
    """Withdraw a payment or credit note entered by hand; the lines it settled are open again."""
    credit = acts.lock_credit(tenant_id=tenant_id, credit_id=credit_id)
    acts.refuse_imported(credit)
    act = _reverse("credit", credit, actor_id, today)
    for model in (Allocation, ProposedAllocation):
        act.undo(model.objects.of(tenant_id).filter(credit_id=credit_id))
    act.undo(Credit.objects.of(tenant_id).filter(pk=credit_id))
    act.tell("credit.reversed", ("credit", credit_id), reason=_reason(reason))


def _refuse_billed(invoice: Invoice) -> None:
    parts = PenaltyPart.objects.of(invoice.tenant_id).filter(invoice=invoice, released_on=None)
    part = parts.select_related("note").first()
    if part is not None:
        raise Billed(
            f"La note {part.note.number} facture les pénalités de cette facture : annulez-la "
            "d'abord par un avoir."
        )


def _start(kind: str, customer: Customer, actor_id: int | None, today: date) -> Act:
    return acts.start(
        tenant_id=customer.tenant_id,
        kind=kind,
        creditor_id=customer.creditor_id,
        customer_id=customer.pk,
        actor_id=actor_id,
        today=today,
    )


def _reverse(kind: str, row: Invoice | Credit, actor_id: int | None, today: date) -> Act:
    return acts.start(
        tenant_id=row.tenant_id,
        kind=f"{kind}.reversal",
        creditor_id=row.creditor_id,
        customer_id=row.customer_id,
        actor_id=actor_id,
        today=today,
    )


def _number(text: str, *, needed: bool = True) -> str:
    number = " ".join(text.split())
    if needed and not number:
        raise InvalidDocument("Le numéro de la pièce est obligatoire.")
    if len(number) > NUMBER_MAX:
        raise InvalidDocument(f"Le numéro dépasse {NUMBER_MAX} caractères.")
    return number


def _reason(code: str) -> str:
    if code not in REASONS:
        raise InvalidDocument("Indiquez le motif de l'annulation.")
    return code


def _taken(rows: QuerySet[Any], who: Customer, number: str) -> bool:
    same = rows.filter(creditor_id=who.creditor_id, number=number, undone_at=None)
    return bool(same.exists())


def _due_lines(
    customer: Customer, issued_on: date, amounts: Amounts, due: Sequence[DueLine] | None
) -> tuple[Sequence[DueLine], str]:
    if due is not None:
        if any(line.cents <= 0 or line.due_on < issued_on for line in due):
            raise InvalidDocument("Une échéance est négative, ou antérieure à la facture.")
        if sum(line.cents for line in due) != amounts.total_cents:
            raise InvalidDocument("Les échéances doivent faire le montant de la facture.")
        return due, "read"
    chosen = customer.terms or usual_terms.default_of(customer.tenant_id, customer.creditor_id)
    rule = terms_rules.from_json(chosen.definition) if chosen else terms_rules.single(LEGAL_DAYS)
    source = "terms_confirmed" if chosen and chosen.confirmed_at else "terms_assumed"
    return terms_rules.due_dates(rule, issued_on, amounts.total_cents), source
