"""UBL 2.1 invoices and credit notes (OASIS), by the binding of EN 16931."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from encours.imports.readers.einvoices.cii import profile_of
from encours.imports.readers.einvoices.markup import Node
from encours.imports.rules.einvoices.document import (
    Einvoice,
    Identifier,
    Line,
    Note,
    Party,
    Reference,
    Term,
    Totals,
    VatShare,
)
from encours.imports.rules.einvoices.values import Values

ONE: Final = Decimal(1)
ZERO: Final = Decimal(0)
SUBJECT: Final = re.compile(r"^#([A-Z]{3})#\s*(.*)$", re.DOTALL)
"""How UBL, which has no place for it, writes the subject of a note."""


def read(root: Node, values: Values, *, is_credit_note: bool) -> Einvoice | None:
    """Return what a document says, or None where it cannot be held; `values` gathers why."""
    kind = root.text("InvoiceTypeCode", "CreditNoteTypeCode") or (
        "381" if is_credit_note else "380"
    )
    money = root.at("LegalMonetaryTotal")
    said = root.text("DocumentCurrencyCode") or money.at("PayableAmount").attribute("currencyID")
    currency = values.needed("BT-5", "La devise", said)[:3]
    number = values.needed("BT-1", "Le numéro de facture", root.text("ID"))
    issued = values.needed("BT-2", "La date d'émission", root.text("IssueDate"))
    issued_on = values.day("BT-2", issued)
    totals = _totals(root, money, currency, values)
    if totals is None or issued_on is None:
        return None
    payee = root.at("PayeeParty")
    return Einvoice(
        syntax="ubl",
        profile=profile_of(root.text("CustomizationID")),
        process=root.text("ProfileID"),
        number=number,
        type_code=kind,
        issued_on=issued_on,
        currency=currency,
        seller=_party(root.at("AccountingSupplierParty/Party")),
        buyer=_party(root.at("AccountingCustomerParty/Party")),
        payee=_party(payee) if payee else None,
        totals=totals,
        vat=tuple(_vat(root, currency, values)),
        terms=tuple(_terms(root, values)),
        terms_text=" ".join(root.texts("PaymentTerms/Note")),
        payment_reference=root.text("PaymentMeans/PaymentID"),
        ibans=tuple(
            one.replace(" ", "").upper()
            for one in root.texts("PaymentMeans/PayeeFinancialAccount/ID")
        ),
        means=root.text("PaymentMeans/PaymentMeansCode"),
        preceding=tuple(_preceding(root, values)),
        notes=tuple(_note(one) for one in root.texts("Note")),
        order_number=root.text("OrderReference/ID"),
        delivered_on=values.day("BT-72", root.text("Delivery/ActualDeliveryDate")),
        lines=tuple(_lines(root, values)),
        is_credit_document=is_credit_note,
    )


def _totals(root: Node, money: Node, currency: str, values: Values) -> Totals | None:
    due = values.cents("BT-115", money.text("PayableAmount"))
    total = values.cents("BT-112", money.text("TaxInclusiveAmount"))
    prepaid = values.cents("BT-113", money.text("PrepaidAmount")) or 0
    rounding = values.cents("BT-114", money.text("PayableRoundingAmount")) or 0
    if total is None and due is not None:
        total = due + prepaid - rounding
    if total is None:
        values.say("term_missing", "Le total TTC (BT-112) manque.", "BT-112")
        return None
    net = values.cents("BT-109", money.text("TaxExclusiveAmount"))
    vat = values.cents("BT-110", _tax(root, currency).text("TaxAmount"))
    if net is None:
        net = total - (vat or 0)
    return Totals(
        net_cents=net,
        vat_cents=total - net if vat is None else vat,
        total_cents=total,
        prepaid_cents=prepaid,
        rounding_cents=rounding,
        due_cents=total - prepaid + rounding if due is None else due,
    )


def _tax(root: Node, currency: str) -> Node:
    """Return the tax total in the document's currency, the detailed one first."""
    own = [
        one
        for one in root.each("TaxTotal")
        if one.at("TaxAmount").attribute("currencyID") in {"", currency}
    ]
    detailed = [one for one in own if one.at("TaxSubtotal")]
    return next(iter(detailed or own), Node(None))


def _party(node: Node) -> Party:
    endpoint, address = node.at("EndpointID"), node.at("PostalAddress")
    legal = node.at("PartyLegalEntity/CompanyID")
    country = address.text("Country/IdentificationCode")
    own = [
        Identifier(one.text(), one.attribute("schemeID"))
        for one in node.each("PartyIdentification/ID")
    ]
    if legal:
        scheme = legal.attribute("schemeID") or ("0002" if country in {"", "FR"} else "")
        own.insert(0, Identifier(legal.text(), scheme))
    return Party(
        name=node.text("PartyLegalEntity/RegistrationName", "PartyName/Name"),
        identifiers=tuple(one for one in own if one.value),
        vat_number=_vat_number(node),
        endpoint=Identifier(endpoint.text(), endpoint.attribute("schemeID")),
        line1=address.text("StreetName", "AddressLine/Line"),
        line2=address.text("AdditionalStreetName"),
        postcode=address.text("PostalZone"),
        city=address.text("CityName"),
        country=country,
        email=node.text("Contact/ElectronicMail"),
    )


def _vat_number(node: Node) -> str:
    for one in node.each("PartyTaxScheme"):
        if one.text("TaxScheme/ID").upper() in {"VAT", "VA"}:
            return one.text("CompanyID").replace(" ", "")
    return ""


def _vat(root: Node, currency: str, values: Values) -> Iterator[VatShare]:
    for one in _tax(root, currency).each("TaxSubtotal"):
        category = one.at("TaxCategory")
        yield VatShare(
            category=category.text("ID"),
            rate=values.number("BT-119", category.text("Percent")) or ZERO,
            base_cents=values.cents("BT-116", one.text("TaxableAmount")) or 0,
            vat_cents=values.cents("BT-117", one.text("TaxAmount")) or 0,
            exemption=category.text("TaxExemptionReasonCode", "TaxExemptionReason"),
        )


def _terms(root: Node, values: Values) -> Iterator[Term]:
    several = [
        Term(
            values.day("BT-9", one.text("InstallmentDueDate", "PaymentDueDate")),
            values.cents("BT-9", one.text("Amount")),
        )
        for one in root.each("PaymentTerms")
        if one.text("InstallmentDueDate", "PaymentDueDate")
    ]
    if several:
        yield from several
        return
    due_on = values.day("BT-9", root.text("DueDate", "PaymentMeans/PaymentDueDate"))
    if due_on is not None:
        yield Term(due_on)


def _preceding(root: Node, values: Values) -> Iterator[Reference]:
    for one in root.each("BillingReference/InvoiceDocumentReference"):
        number = one.text("ID")
        if number:
            yield Reference(number, values.day("BT-26", one.text("IssueDate")))


def _note(text: str) -> Note:
    said = SUBJECT.match(text)
    return Note(said.group(1), said.group(2)) if said else Note("", text)


def _lines(root: Node, values: Values) -> Iterator[Line]:
    for one in root.each("InvoiceLine", "CreditNoteLine"):
        amount = values.number("BT-131", one.text("LineExtensionAmount"))
        price = values.number("BT-146", one.text("Price/PriceAmount"))
        quantity = values.number("BT-129", one.text("InvoicedQuantity", "CreditedQuantity"))
        if amount is None or price is None or quantity is None:
            continue
        yield Line(
            number=one.text("ID"),
            quantity=quantity,
            price=price,
            base=values.number("BT-149", one.text("Price/BaseQuantity")) or ONE,
            adjustment=_adjustment(one, values),
            amount=amount,
        )


def _adjustment(line: Node, values: Values) -> Decimal:
    """Return the charges of a line less its allowances."""
    total = ZERO
    for one in line.each("AllowanceCharge"):
        amount = values.number("BT-136", one.text("Amount")) or ZERO
        total += amount if one.text("ChargeIndicator").lower() == "true" else -amount
    return total
