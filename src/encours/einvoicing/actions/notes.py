"""Bills penalties and indemnities: the note in the ledger, its Factur-X kept as evidence.

A person decides, line by line, after a preview whose total comes back with the decision: what
changed meanwhile is shown again, never billed unseen.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db import transaction

from encours.documents import actions as documents
from encours.documents.actions import Subject
from encours.einvoicing.actions.flows import write_flow
from encours.einvoicing.actions.note_papers import Paper, factur_x, paper_of
from encours.einvoicing.models import PLATFORM, Connection
from encours.einvoicing.queries import notes as queries
from encours.einvoicing.queries.notes import is_billable
from encours.kernel.refusal import Refusal
from encours.receivables.actions import penalties
from encours.receivables.actions.acts import NotFound
from encours.receivables.actions.penalties import Billing, Issued, NothingToBill
from encours.receivables.models import PenaltyNote
from encours.receivables.queries import customers
from encours.receivables.queries import notes as ledger_notes
from encours.receivables.queries.interest_detail import Line
from encours.receivables.queries.moment import Moment

SOURCE: Final = "einvoice"


class NotBillable(Refusal):
    """Say why nothing may be billed."""


class Changed(Refusal):
    """What the person saw is not what would be billed any more."""

    message = "Les montants ont changé depuis l'aperçu : relisez-les avant de facturer."


class CannotSeal(Refusal):
    """An invoice names its issuer: without a SIREN, it names nobody."""

    message = "Complétez d'abord le SIREN et l'adresse de la société : une note les porte."


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What a person decided to bill: these due lines, to this day, for this total."""

    customer_id: int
    until_on: date
    currency: str
    line_ids: Collection[int]
    expected_cents: int
    with_settled: bool = False
    hand_over: bool = False


@transaction.atomic
def issue_note(
    *, tenant_id: int, chosen: Chosen, actor_id: int | None = None, today: date
) -> Issued:
    """Bill what was chosen: claim, parts, Factur-X; all or nothing. Returns the note."""
    customer = penalties.lock_account(tenant_id=tenant_id, customer_id=chosen.customer_id)
    if not customer.creditor.siren:
        raise CannotSeal
    lines = agreed_lines(tenant_id=tenant_id, chosen=chosen, today=today)
    issued = penalties.record_note(
        tenant_id=tenant_id,
        customer_id=chosen.customer_id,
        billings=[billing(line) for line in lines],
        until_on=chosen.until_on,
        currency=chosen.currency,
        actor_id=actor_id,
        today=today,
    )
    note = PenaltyNote.objects.of(tenant_id).get(pk=issued.id)
    paper = paper_of(note, lines)
    subject = Subject("invoice", issued.ledger_id)
    pdf = _keep(note, paper, (subject,), actor_id, today)
    if chosen.hand_over:
        _hand_over(note, pdf, issued.ledger_id)
    return issued


@transaction.atomic
def cancel_note(
    *, tenant_id: int, note_id: int, actor_id: int | None = None, today: date
) -> Issued:
    """Cancel a note by its credit note, a Factur-X too, attached to both sides."""
    issued = penalties.cancel_note(
        tenant_id=tenant_id, note_id=note_id, actor_id=actor_id, today=today
    )
    rows = PenaltyNote.objects.of(tenant_id).select_related("cancels")
    note = rows.get(pk=issued.id)
    cancelled = note.cancels
    if cancelled is None or cancelled.invoice_id is None:
        raise NotFound
    parts = ledger_notes.parts(tenant_id=tenant_id, note_id=cancelled.pk)
    subjects = (Subject("credit", issued.ledger_id), Subject("invoice", cancelled.invoice_id))
    _keep(note, paper_of(note, parts), subjects, actor_id, today)
    return issued


def may_hand_over(*, tenant_id: int, creditor_id: int) -> bool:
    """Say whether a creditor has a platform that takes its notes."""
    rows = Connection.objects.of(tenant_id).filter(code=PLATFORM, is_active=True)
    return rows.filter(creditor_id=creditor_id).exists()


def agreed_lines(*, tenant_id: int, chosen: Chosen, today: date) -> list[Line]:
    """Return the lines of a locked account that were chosen, as they come to the total seen.

    Raises NotBillable, NothingToBill, or Changed when the total is another by now.
    """
    owner = customers.owner_of(tenant_id=tenant_id, customer_id=chosen.customer_id)
    assert owner is not None, "locked just before"
    moment = Moment(
        tenant_id=tenant_id,
        as_of=chosen.until_on,
        creditor_ids=(owner.creditor_id,),
        currency=chosen.currency,
        customer_id=chosen.customer_id,
    )
    found = queries.billable(moment, owner, today=today, with_settled=chosen.with_settled)
    if found.refusal or found.problem:
        raise NotBillable(found.refusal or found.problem)
    lines = _chosen_lines(found.lines, chosen)
    if sum(line.total_cents for line in lines) != chosen.expected_cents:
        raise Changed
    return lines


def _chosen_lines(found: Sequence[Line], chosen: Chosen) -> list[Line]:
    """Return the lines to bill, less what a note may not ask: an indemnity in another currency."""
    wanted = set(chosen.line_ids)
    lines = [
        queries.as_billed(line, until_on=chosen.until_on, currency=chosen.currency)
        for line in found
        if line.line_id in wanted
        and is_billable(line, until_on=chosen.until_on, currency=chosen.currency)
    ]
    if not lines:
        raise NothingToBill
    return lines


def billing(line: Line) -> Billing:
    """Return what is asked of a line, from the day after what was."""
    after = line.billed_until or line.due_on
    return Billing(
        line_id=line.line_id,
        from_on=after + timedelta(days=1),
        interest_cents=line.interest_cents,
        indemnity_cents=line.indemnity_cents,
    )


def _keep(
    note: PenaltyNote,
    paper: Paper,
    subjects: Sequence[Subject],
    actor_id: int | None,
    today: date,
) -> bytes:
    pdf = factur_x(paper)
    documents.keep(
        tenant_id=note.tenant_id,
        creditor_id=note.creditor_id,
        name=f"{note.number}.pdf",
        chunks=[pdf],
        kind="invoice",
        subjects=subjects,
        source=SOURCE,
        dated_on=note.issued_on,
        actor_id=actor_id,
        today=today,
    )
    return pdf


def _hand_over(note: PenaltyNote, pdf: bytes, invoice_id: int) -> None:
    if not may_hand_over(tenant_id=note.tenant_id, creditor_id=note.creditor_id):
        raise NotBillable("Aucune plateforme agréée n'est reliée à cette société.")
    write_flow(
        tenant_id=note.tenant_id,
        creditor_id=note.creditor_id,
        kind="note",
        name=f"{note.number}.pdf",
        content=pdf,
        invoice_id=invoice_id,
    )
