"""CII invoices of every profile (UN/CEFACT D16B and later), and ZUGFeRD 1.0, their ancestor.

ZUGFeRD 1.0 names its parts otherwise: each path is written with both names.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

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
CONTEXTS: Final = ("ExchangedDocumentContext", "SpecifiedExchangedDocumentContext")
HEADERS: Final = ("ExchangedDocument", "HeaderExchangedDocument")
TRADES: Final = ("SupplyChainTradeTransaction", "SpecifiedSupplyChainTradeTransaction")
AGREEMENTS: Final = ("ApplicableHeaderTradeAgreement", "ApplicableSupplyChainTradeAgreement")
DELIVERIES: Final = ("ApplicableHeaderTradeDelivery", "ApplicableSupplyChainTradeDelivery")
SETTLEMENTS: Final = ("ApplicableHeaderTradeSettlement", "ApplicableSupplyChainTradeSettlement")
SUMMATIONS: Final = (
    "SpecifiedTradeSettlementHeaderMonetarySummation",
    "SpecifiedTradeSettlementMonetarySummation",
)
PROFILES: Final = ("minimum", "basicwl", "extended", "basic")


def profile_of(guideline: str) -> str:
    """Return the profile that a specification identifier (BT-24) names."""
    said = guideline.lower()
    if "extended-ctc-fr" in said:
        return "extended-ctc-fr"
    return next((profile for profile in PROFILES if said.endswith(profile)), "en16931")


def read(root: Node, values: Values, *, is_zugferd1: bool = False) -> Einvoice | None:
    """Return what an invoice says, or None where it cannot be held; `values` gathers why."""
    context, header, trade = root.at(*CONTEXTS), root.at(*HEADERS), root.at(*TRADES)
    agreement, delivery = trade.at(*AGREEMENTS), trade.at(*DELIVERIES)
    settlement = trade.at(*SETTLEMENTS)
    currency = values.needed("BT-5", "La devise", settlement.text("InvoiceCurrencyCode"))[:3]
    number = values.needed("BT-1", "Le numéro de facture", header.text("ID"))
    kind = values.needed("BT-3", "Le type de document", header.text("TypeCode"))
    issued = header.text("IssueDateTime/DateTimeString", "IssueDateTime")
    issued_on = values.day("BT-2", values.needed("BT-2", "La date d'émission", issued))
    profile = profile_of(context.text("GuidelineSpecifiedDocumentContextParameter/ID"))
    totals = _totals(settlement.at(*SUMMATIONS), currency, values, is_minimum=profile == "minimum")
    if totals is None or issued_on is None:
        return None
    payee = settlement.at("PayeeTradeParty")
    return Einvoice(
        syntax="zugferd1" if is_zugferd1 else "cii",
        profile=profile,
        process=context.text("BusinessProcessSpecifiedDocumentContextParameter/ID"),
        number=number,
        type_code=kind,
        issued_on=issued_on,
        currency=currency,
        seller=_party(agreement.at("SellerTradeParty")),
        buyer=_party(agreement.at("BuyerTradeParty")),
        payee=_party(payee) if payee else None,
        totals=totals,
        vat=tuple(_vat(settlement, values)),
        terms=tuple(_terms(settlement, values)),
        terms_text=" ".join(settlement.texts("SpecifiedTradePaymentTerms/Description")),
        payment_reference=settlement.text("PaymentReference"),
        ibans=tuple(_ibans(settlement)),
        means=settlement.text("SpecifiedTradeSettlementPaymentMeans/TypeCode"),
        preceding=tuple(_preceding(settlement, values)),
        notes=tuple(
            Note(one.text("SubjectCode"), one.text("Content"))
            for one in header.each("IncludedNote")
        ),
        order_number=agreement.text("BuyerOrderReferencedDocument/IssuerAssignedID"),
        delivered_on=values.day(
            "BT-72",
            delivery.text("ActualDeliverySupplyChainEvent/OccurrenceDateTime/DateTimeString"),
        ),
        lines=tuple(_lines(trade, values)),
        is_test=context.text("TestIndicator/Indicator").lower() == "true",
    )


def _notes(header: Node) -> Iterator[Note]:
    for one in header.each("IncludedNote"):
        yield Note(one.text("SubjectCode"), one.text("Content"))


def _totals(sums: Node, currency: str, values: Values, *, is_minimum: bool) -> Totals | None:
    total = values.cents("BT-112", sums.text("GrandTotalAmount"))
    if total is None:
        values.say("term_missing", "Le total TTC (BT-112) manque.", "BT-112")
        return None
    net = values.cents("BT-109", sums.text("TaxBasisTotalAmount"))
    vat = values.cents("BT-110", _in_currency(sums, currency))
    due = values.cents("BT-115", sums.text("DuePayableAmount"))
    prepaid = values.cents("BT-113", sums.text("TotalPrepaidAmount"))
    if prepaid is None:  # MINIMUM has no place for it: the difference says it
        prepaid = total - due if is_minimum and due is not None else 0
    rounding = values.cents("BT-114", sums.text("RoundingAmount")) or 0
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


def _in_currency(sums: Node, currency: str) -> str:
    """Return the VAT total in the invoice's currency: one in another may stand beside it."""
    for one in sums.each("TaxTotalAmount"):
        if one.attribute("currencyID") in {"", currency}:
            return one.text()
    return ""


def _party(node: Node) -> Party:
    endpoint = node.at("URIUniversalCommunication/URIID")
    address = node.at("PostalTradeAddress")
    country = address.text("CountryID")
    own = [
        *(Identifier(one.text(), one.attribute("schemeID")) for one in node.each("GlobalID")),
        *(Identifier(one.text(), one.attribute("schemeID")) for one in node.each("ID")),
    ]
    legal = node.at("SpecifiedLegalOrganization/ID")
    if legal:
        is_french = country in {"", "FR"}
        scheme = legal.attribute("schemeID") or ("0002" if is_french else "")
        own.insert(0, Identifier(legal.text(), scheme))
    return Party(
        name=node.text("Name", "SpecifiedLegalOrganization/TradingBusinessName"),
        identifiers=tuple(one for one in own if one.value),
        vat_number=_vat_number(node),
        endpoint=Identifier(endpoint.text(), endpoint.attribute("schemeID")),
        line1=address.text("LineOne"),
        line2=address.text("LineTwo"),
        postcode=address.text("PostcodeCode"),
        city=address.text("CityName"),
        country=country,
        email=node.text("DefinedTradeContact/EmailURIUniversalCommunication/URIID"),
    )


def _vat_number(node: Node) -> str:
    for one in node.each("SpecifiedTaxRegistration/ID"):
        if one.attribute("schemeID") in {"VA", "VAT"}:
            return one.text().replace(" ", "")
    return ""


def _vat(settlement: Node, values: Values) -> Iterator[VatShare]:
    for one in settlement.each("ApplicableTradeTax"):
        rate = values.number("BT-119", one.text("RateApplicablePercent", "ApplicablePercent"))
        yield VatShare(
            category=one.text("CategoryCode"),
            rate=rate or ZERO,
            base_cents=values.cents("BT-116", one.text("BasisAmount")) or 0,
            vat_cents=values.cents("BT-117", one.text("CalculatedAmount")) or 0,
            exemption=one.text("ExemptionReasonCode", "ExemptionReason"),
        )


def _terms(settlement: Node, values: Values) -> Iterator[Term]:
    for one in settlement.each("SpecifiedTradePaymentTerms"):
        due_on = values.day("BT-9", one.text("DueDateDateTime/DateTimeString", "DueDateDateTime"))
        if due_on is not None:
            yield Term(due_on, values.cents("BT-9", one.text("PartialPaymentAmount")))


def _ibans(settlement: Node) -> Iterator[str]:
    path = "SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount/IBANID"
    for said in settlement.texts(path):
        yield said.replace(" ", "").upper()


def _preceding(settlement: Node, values: Values) -> Iterator[Reference]:
    for one in settlement.each("InvoiceReferencedDocument"):
        number = one.text("IssuerAssignedID", "ID")
        if number:
            said = one.text("FormattedIssueDateTime/DateTimeString", "IssueDateTime")
            yield Reference(number, values.day("BT-26", said))


def _lines(trade: Node, values: Values) -> Iterator[Line]:
    for one in trade.each("IncludedSupplyChainTradeLineItem"):
        agreement = one.at("SpecifiedLineTradeAgreement", "SpecifiedSupplyChainTradeAgreement")
        delivery = one.at("SpecifiedLineTradeDelivery", "SpecifiedSupplyChainTradeDelivery")
        settled = one.at("SpecifiedLineTradeSettlement", "SpecifiedSupplyChainTradeSettlement")
        price = values.number("BT-146", agreement.text("NetPriceProductTradePrice/ChargeAmount"))
        amount = values.number(
            "BT-131",
            settled.text(
                "SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount",
                "SpecifiedTradeSettlementMonetarySummation/LineTotalAmount",
            ),
        )
        quantity = values.number("BT-129", delivery.text("BilledQuantity"))
        if price is None or amount is None or quantity is None:
            continue
        base = agreement.text("NetPriceProductTradePrice/BasisQuantity")
        yield Line(
            number=one.text("AssociatedDocumentLineDocument/LineID"),
            quantity=quantity,
            price=price,
            base=values.number("BT-149", base) or ONE,
            adjustment=_adjustment(settled, values),
            amount=amount,
        )


def _adjustment(settled: Node, values: Values) -> Decimal:
    """Return the charges of a line less its allowances."""
    total = ZERO
    for one in settled.each("SpecifiedTradeAllowanceCharge"):
        amount = values.number("BT-136", one.text("ActualAmount")) or ZERO
        is_charge = one.text("ChargeIndicator/Indicator").lower() == "true"
        total += amount if is_charge else -amount
    return total
