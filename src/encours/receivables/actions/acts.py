"""What every act by hand shares: its batch, its rows that count, what it may not touch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.contrib.postgres.functions import TransactionNow
from django.db.models import QuerySet, Sum

from encours.kernel.refusal import Refusal
from encours.parties.models import Batch, Customer
from encours.receivables.models import Allocation, Credit, Instalment, Invoice
from encours.tenancy.journal import record
from encours.tenancy.models import BitemporalModel

BY_HAND: Final = "hand."
PENALTY_NOTE: Final = "penalty_note"


class NotFound(Refusal):
    """The row is another tenant's, was reversed meanwhile, or never was."""

    message = "Cet élément n'existe pas, ou vient d'être annulé."


class Imported(Refusal):
    """What an export brought is corrected by the next export, or undone with it."""

    message = (
        "Cette pièce vient d'un import : corrigez-la dans la comptabilité et importez à nouveau, "
        "ou annulez l'import entier."
    )


class IssuedHere(Refusal):
    """A note of penalties is said for good; a credit note says the contrary."""

    message = "Une note de pénalités ne se retire pas : annulez-la par un avoir, depuis sa page."


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act by hand on a customer's account: its batch, who did it and when."""

    tenant_id: int
    creditor_id: int
    customer_id: int | None
    batch_id: int
    actor_id: int | None
    today: date

    @property
    def mine(self) -> dict[str, int]:
        """Return what each row written by the act carries."""
        return {
            "tenant_id": self.tenant_id,
            "creditor_id": self.creditor_id,
            "batch_id": self.batch_id,
        }

    def undo(self, rows: QuerySet[Any]) -> int:
        """Withdraw rows: they stay, dated, for whoever asks what was known."""
        return rows.filter(undone_at=None).update(
            undone_at=TransactionNow(), undone_by_id=self.batch_id
        )

    def tell(
        self, verb: str, subject: tuple[str, int], effective_on: date | None = None, **data: Any
    ) -> None:
        """Write the fact in the journal; `data` never names a person."""
        record(
            verb,
            tenant_id=self.tenant_id,
            subject=subject,
            effective_on=effective_on or self.today,
            actor_id=self.actor_id,
            creditor_id=self.creditor_id,
            customer_id=self.customer_id,
            data={"batch": self.batch_id, **data},
        )


def start(
    *,
    tenant_id: int,
    kind: str,
    creditor_id: int,
    customer_id: int | None,
    actor_id: int | None,
    today: date,
) -> Act:
    """Open the batch of an act by hand."""
    batch = Batch.objects.create(
        tenant_id=tenant_id, creditor_id=creditor_id, kind=BY_HAND + kind, author_id=actor_id
    )
    return Act(
        tenant_id=tenant_id,
        creditor_id=creditor_id,
        customer_id=customer_id,
        batch_id=batch.pk,
        actor_id=actor_id,
        today=today,
    )


def customer_of(*, tenant_id: int, customer_id: int) -> Customer:
    """Return a customer, or refuse."""
    found = (
        Customer.objects.of(tenant_id).select_related("creditor", "terms").filter(pk=customer_id)
    )
    customer = found.first()
    if customer is None:
        raise NotFound("Ce client n'existe pas.")
    return customer


def lock_invoice(*, tenant_id: int, invoice_id: int) -> Invoice:
    """Lock a live invoice to the end of the transaction, or refuse."""
    rows = Invoice.objects.of(tenant_id).select_for_update(no_key=True)
    invoice = rows.filter(pk=invoice_id, undone_at=None).first()
    if invoice is None:
        raise NotFound("Cette facture n'existe pas, ou vient d'être annulée.")
    return invoice


def lock_credit(*, tenant_id: int, credit_id: int) -> Credit:
    """Lock a live credit to the end of the transaction, or refuse.

    Acts lock a credit first, then due lines by id: two of them never wait for each other in turn.
    """
    rows = Credit.objects.of(tenant_id).select_for_update(no_key=True)
    credit = rows.filter(pk=credit_id, undone_at=None).first()
    if credit is None:
        raise NotFound("Ce règlement ou cet avoir n'existe pas, ou vient d'être annulé.")
    return credit


def open_cents(line: Instalment) -> int:
    """Return what a due line still owes, whatever the day."""
    taken = Allocation.objects.of(line.tenant_id).filter(instalment=line, undone_at=None)
    return line.amount_cents - (taken.aggregate(cents=Sum("amount_cents"))["cents"] or 0)


def set_against(act: Act, credit: Credit, line: Instalment, *, cents: int, on: date) -> None:
    """Set a part of a credit against a due line, from a day."""
    Allocation.objects.create(
        **act.mine,
        credit=credit,
        instalment=line,
        customer_id=line.customer_id,
        payer_id=credit.customer_id,
        issued_on=line.issued_on,
        due_on=line.due_on,
        currency=line.currency,
        amount_cents=cents,
        effective_on=on,
        origin="manual",
    )


def refuse_imported(row: BitemporalModel) -> None:
    """Refuse to reverse by hand what did not come by hand."""
    batch = Batch.objects.of(row.tenant_id).filter(pk=row.batch_id or 0).first()
    if batch is not None and batch.kind == PENALTY_NOTE:
        raise IssuedHere
    if batch is None or not batch.kind.startswith(BY_HAND):
        raise Imported
