"""What we check ourselves in an invoice, whatever its syntax: sums, dates, French mentions.

ZUGFeRD 1.0 has no Schematron and a Schematron may not be installed: the sums that say what is
owed are checked here in all cases.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from encours.imports.rules.einvoices.document import CORRECTED, Einvoice
from encours.imports.rules.einvoices.failures import SUMS
from encours.kernel.issue import Issue, Severity
from encours.kernel.money import french_text

MENTIONS: Final = {
    "PMT": "l'indemnité de recouvrement de 40 €",
    "PMD": "les pénalités de retard",
    "AAB": "l'escompte (ou son absence)",
}
"""Notes that a French invoice carries (BR-FR-05; C. com. L441-9)."""
OWN_SUMS: Final = "totaux"
ROUNDING_CENTS: Final = 1
HALF_CENT: Final = Decimal("0.005")
TWO_CENTS: Final = Decimal("0.02")
SHOWN_MAX: Final = 5


def issues(invoice: Einvoice) -> Iterator[Issue]:
    """Yield what is wrong or doubtful in an invoice."""
    yield from _sums(invoice)
    yield from _nature(invoice)
    yield from _dates(invoice)
    if invoice.is_french and invoice.profile not in {"minimum", "basicwl"}:
        yield from _mentions(invoice)
    yield from _lines(invoice)


def once(found: Sequence[Issue]) -> tuple[Issue, ...]:
    """Return issues without those that say the same; a rule that two checks broke is said once."""
    official = {one.code for one in found if one.column != OWN_SUMS}
    kept = [one for one in found if one.column != OWN_SUMS or one.code not in official]
    return tuple({(one.code, one.column, one.message): one for one in kept}.values())


def _sums(invoice: Einvoice) -> Iterator[Issue]:
    totals = invoice.totals
    sums = (
        ("BR-CO-15", totals.net_cents + totals.vat_cents, totals.total_cents),
        (
            "BR-CO-16",
            totals.total_cents - totals.prepaid_cents + totals.rounding_cents,
            totals.due_cents,
        ),
    )
    for rule, expected, found in sums:
        if abs(expected - found) > ROUNDING_CENTS:
            yield _unequal(invoice, rule, expected, found)
    by_rate = sum(one.vat_cents for one in invoice.vat)
    if invoice.vat and abs(by_rate - totals.vat_cents) > ROUNDING_CENTS * len(invoice.vat):
        yield _unequal(invoice, "BR-CO-14", by_rate, totals.vat_cents)


def _unequal(invoice: Einvoice, rule: str, expected: int, found: int) -> Issue:
    return Issue(
        rule,
        f"Règle {rule} : {SUMS[rule]}",
        column=OWN_SUMS,
        found=french_text(found, invoice.currency),
        expected=french_text(expected, invoice.currency),
    )


def _nature(invoice: Einvoice) -> Iterator[Issue]:
    if not invoice.buyer.name:
        yield _warning("buyer_unnamed", "L'acheteur n'a pas de nom.", "BT-44")
    if invoice.is_test:
        yield _warning("is_test", "Ce document se dit document d'essai.", "TestIndicator")
    is_negative = invoice.totals.owed_cents < 0
    if is_negative and not invoice.type_code.startswith("38"):
        yield _warning("negative", "Un document négatif est pris comme un avoir.", "BT-3")
    elif is_negative:
        yield _warning(
            "negative",
            f"Le total est négatif et le type {invoice.type_code} : pris comme un avoir.",
            "BT-3",
        )
    if invoice.type_code == CORRECTED and not is_negative and not invoice.preceding:
        yield _warning("corrects_nothing", "Facture rectificative d'aucune facture.", "BT-25")
    if invoice.process.endswith("2") and invoice.is_ctc and invoice.totals.due_cents > 0:
        yield _warning("paid_yet_due", "Dite déjà payée, il reste pourtant à payer.", "BT-23")


def _dates(invoice: Einvoice) -> Iterator[Issue]:
    for term in invoice.terms:
        if term.due_on is not None and term.due_on < invoice.issued_on:
            yield Issue(
                "due_before_issue",
                "L'échéance précède la date de la facture.",
                column="BT-9",
                found=f"{term.due_on:%d/%m/%Y}",
                expected=f"{invoice.issued_on:%d/%m/%Y}",
                severity="warning",
            )


def _mentions(invoice: Einvoice) -> Iterator[Issue]:
    said = {note.code for note in invoice.notes}
    for code, what in MENTIONS.items():
        if code not in said:
            yield Issue(
                f"mention_{code}",
                f"La mention {code} sur {what} manque (obligatoire, C. com. L441-9).",
                column="BT-22",
                expected=code,
                severity="warning",
            )


def _lines(invoice: Einvoice) -> Iterator[Issue]:
    """Yield the lines whose amount is not their quantity at their price; a few are enough."""
    shown = 0
    for line in invoice.lines:
        if not line.base:
            continue
        pieces = line.quantity / line.base
        expected = pieces * line.price + line.adjustment
        # a price is printed rounded: half a cent a piece is no difference
        if abs(expected - line.amount) <= abs(pieces) * HALF_CENT + TWO_CENTS:
            continue
        shown += 1
        if shown > SHOWN_MAX:
            return
        yield Issue(
            "line_amount",
            f"Ligne {line.number} : le montant (BT-131) n'est pas quantité × prix net (BT-146).",
            column="BT-131",
            found=f"{line.amount:f}",
            expected=f"{expected:.2f}",
            severity="warning",
        )


def _warning(code: str, message: str, term: str) -> Issue:
    severity: Severity = "warning"
    return Issue(code, message, column=term, severity=severity)
