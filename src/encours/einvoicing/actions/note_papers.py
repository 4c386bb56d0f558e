"""The paper of a note of penalties: its letter typeset, its terms carried inside (Factur-X)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from encours.einvoicing import factur_x as envelope
from encours.einvoicing.rules import notes as rules
from encours.einvoicing.rules.notes import Account, Charge, Company, Note
from encours.kernel.money import french_text
from encours.messaging import letterhead
from encours.messaging.ports import LETTER_PRESSES
from encours.messaging.rules import notice as notices
from encours.messaging.rules.notice import Addressee, Notice, Payment, Penalty
from encours.messaging.rules.payment import rf_reference
from encours.parties.models import Customer
from encours.receivables.models import PenaltyNote
from encours.receivables.queries.interest_detail import Line
from encours.receivables.queries.notes import PartRow
from encours.tenancy.models import Creditor

PRESS: Final = "typst"
MENTIONS: Final[Mapping[str, str]] = {
    rules.INDEMNITY_CODE: (
        "Indemnité forfaitaire pour frais de recouvrement : 40 euros par facture payée en retard "
        "(C. com. art. L441-10 II et D441-5). La présente note n'en porte pas elle-même."
    ),
    rules.PENALTY_CODE: (
        "Pénalités de retard exigibles sans rappel, aux taux du décompte (C. com. art. L441-10 II ;"
        " CCP art. L2192-13 pour la commande publique). La présente note ne porte pas intérêt."
    ),
    rules.DISCOUNT_CODE: "Pas d'escompte pour paiement anticipé.",
}


NAMES: Final[Mapping[str, str]] = {
    "interest": "Pénalités de retard, facture {}",
    "indemnity": "Indemnité forfaitaire pour frais de recouvrement, facture {}",
}


@dataclass(frozen=True, slots=True)
class Paper:
    """A note as data for the platforms and as a letter for people: one content, said twice."""

    note: Note
    notice: Notice


def factur_x(paper: Paper) -> bytes:
    """Return the PDF/A-3 of a note, its data inside."""
    pdf = LETTER_PRESSES[PRESS].typeset(paper.notice)
    return envelope.carried(pdf, envelope.written(rules.terms(paper.note)))


def paper_of(note: PenaltyNote, billed: Sequence[Line] | Sequence[PartRow]) -> Paper:
    """Return the paper of a note from the lines it bills, or of what it cancels from its parts."""
    customer = Customer.objects.of(note.tenant_id).get(pk=note.customer_id)
    creditor = Creditor.objects.of(note.tenant_id).get(pk=note.creditor_id)
    payment = None if note.cancels else _payment(creditor, customer)
    charges = [charge for one in billed for charge in _charges(one, note)]
    said = Note(
        number=note.number,
        issued_on=note.issued_on,
        seller=_seller(creditor),
        buyer=_buyer(customer),
        charges=charges,
        currency=note.currency,
        due_on=None if note.cancels else note.issued_on,
        account=_account(payment),
        cancels=(note.cancels.number, note.cancels.issued_on) if note.cancels else None,
        mentions=MENTIONS,
    )
    assert said.total_cents == note.interest_cents + note.indemnity_cents, "one content, said twice"
    penalties = [part for one in billed if isinstance(one, Line) for part in _penalties(one)]
    return Paper(
        said, _notice(note, said, creditor, customer, payment=payment, penalties=penalties)
    )


def _charges(one: Line | PartRow, note: PenaltyNote) -> Iterable[Charge]:
    if isinstance(one, PartRow):
        is_interest = one.kind == "interest"
        days = (one.from_on, one.until_on) if is_interest else (None, None)
        yield Charge(NAMES[one.kind].format(one.document), one.document, one.cents, *days)
        return
    if one.interest_cents:
        first = one.runs[0].from_on if one.runs else note.until_on
        details = ""
        if one.correction_cents:
            amount = french_text(one.correction_cents, note.currency)
            details = f"dont {amount} de régularisation sur les jours déjà facturés"
        name = NAMES["interest"].format(one.document)
        yield Charge(name, one.document, one.interest_cents, first, note.until_on, details)
    if one.indemnity_cents:
        yield Charge(NAMES["indemnity"].format(one.document), one.document, one.indemnity_cents)


def _penalties(line: Line) -> Iterable[Penalty]:
    if not line.interest_cents:
        return
    shown = 0
    for run in line.runs:
        shown += run.cents
        rate = Decimal(run.points.numerator) / Decimal(run.points.denominator)
        yield Penalty(
            line.document, run.base_cents, run.from_on, run.to_on, run.days, rate, run.cents
        )
    if shown != line.interest_cents and line.billed_until:
        name = f"{line.document} (régularisation)"
        day = line.billed_until
        yield Penalty(name, 0, day, day, 0, Decimal(0), line.interest_cents - shown)


def _notice(
    note: PenaltyNote,
    said: Note,
    creditor: Creditor,
    customer: Customer,
    *,
    payment: Payment | None,
    penalties: Sequence[Penalty],
) -> Notice:
    if said.cancels:
        number, day = said.cancels
        subject = f"Avoir {note.number}"
        words = f"Le présent avoir annule en entier notre note {number} du {day:%d/%m/%Y}."
    else:
        subject = f"Note de débit {note.number}"
        words = (
            "Les factures ci-dessous ont été, ou restent, payées après leur échéance. Nous vous "
            f"facturons les pénalités de retard arrêtées au {note.until_on:%d/%m/%Y} inclus et "
            "l'indemnité forfaitaire pour frais de recouvrement, payables à réception."
        )
    return Notice(
        kind="avoir" if said.cancels else "note_de_debit",
        language="fr",
        sender=letterhead.sender_of(creditor),
        addressee=_addressee(customer),
        written_on=note.issued_on,
        subject=subject,
        greeting="Madame, Monsieur,",
        opening=(words,),
        lines=tuple(_line(charge) for charge in said.charges),
        currency=note.currency,
        penalties=tuple(penalties),
        payment=payment,
        place=creditor.city,
        our_reference=payment.reference if payment else "",
        mentions=(rules.OUTSIDE_TEXT, *(() if said.cancels else said.mentions.values())),
    )


def _line(charge: Charge) -> notices.Line:
    label = charge.name.partition(",")[0].lower()
    if charge.from_on and charge.to_on:
        label = f"{label} du {charge.from_on:%d/%m/%Y} au {charge.to_on:%d/%m/%Y}"
    return notices.Line(
        number=charge.document,
        issued_on=None,
        due_on=None,
        amount_cents=charge.cents,
        open_cents=charge.cents,
        label=label,
    )


def _seller(creditor: Creditor) -> Company:
    return Company(
        name=creditor.name,
        siren=creditor.siren,
        lines=[part for part in (creditor.address_line1, creditor.address_line2) if part],
        postcode=creditor.postcode,
        city=creditor.city,
        country=creditor.country,
        legal_form=creditor.legal_form,
    )


def _buyer(customer: Customer) -> Company:
    return Company(
        name=customer.name,
        siren=customer.siren,
        lines=[part for part in (customer.address_line1, customer.address_line2) if part],
        postcode=customer.postcode,
        city=customer.city,
        country=customer.country,
    )


def _account(payment: Payment | None) -> Account | None:
    if payment is None:
        return None
    return Account(payment.holder, payment.iban, payment.bic, payment.reference)


def _payment(creditor: Creditor, customer: Customer) -> Payment | None:
    found = letterhead.payment_of(creditor)
    if found is None:
        return None
    return Payment(found.holder, found.iban, found.bic, _reference(customer), found.bank)


def _reference(customer: Customer) -> str:
    """Return the reference that the customer's reminders ask for too (ISO 11649)."""
    try:
        return rf_reference(customer.code)
    except ValueError:
        return rf_reference(f"C{customer.pk}")


def _addressee(customer: Customer) -> Addressee:
    return Addressee(
        name=customer.name,
        address=customer.postal_lines(),
        siren=customer.siren,
        code=customer.code,
    )
