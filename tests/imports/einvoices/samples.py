"""Electronic invoices and statuses written by us, with what a test wants to vary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

CII_HEAD = (
    '<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice'
    ':100" xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformation'
    'Entity:100" xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100" '
    'xmlns:qdt="urn:un:unece:uncefact:data:standard:QualifiedDataType:100">'
)
CDAR_HEAD = (
    '<rsm:CrossDomainAcknowledgementAndResponse xmlns:rsm="urn:un:unece:uncefact:data:standard:'
    'CrossDomainAcknowledgementAndResponse:100" xmlns:ram="urn:un:unece:uncefact:data:standard:'
    'ReusableAggregateBusinessInformationEntity:100" xmlns:udt="urn:un:unece:uncefact:data:'
    'standard:UnqualifiedDataType:100" xmlns:qdt="urn:un:unece:uncefact:data:standard:'
    'QualifiedDataType:100">'
)
SELLER, BUYER = "552100554", "732829320"
NOTES = {"PMT": "Indemnité de 40 euros.", "PMD": "Trois fois le taux légal.", "AAB": "Néant."}

INVOICE = {
    "number": "F2026-001",
    "kind": "380",
    "issued": "20261001",
    "due": "20261031",
    "net": 100_000,
    "prepaid": 0,
    "seller": SELLER,
    "buyer": BUYER,
    "buyer_name": "Client Distribution SAS",
    "iban": "FR7630006000011234567890189",
    "corrects": "",
    "guideline": "urn:cen.eu:en16931:2017",
    "process": "",
    "notes": NOTES,
    "terms": "",
    "dues": (),
    "total": None,
}


def money(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def cii(**said: Any) -> bytes:
    """Write a CII invoice of one line at 20 %; amounts in cents, dates as 20261130."""
    given = INVOICE | said
    net = given["net"]
    vat = net // 5
    total = net + vat if given["total"] is None else given["total"]
    due = total - given["prepaid"]
    notes = "".join(
        f"<ram:IncludedNote><ram:Content>{text}</ram:Content>"
        f"<ram:SubjectCode>{code}</ram:SubjectCode></ram:IncludedNote>"
        for code, text in given["notes"].items()
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{CII_HEAD}<rsm:ExchangedDocumentContext>'
        f"{_process(given['process'])}<ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>"
        f"{given['guideline']}</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter>"
        f"</rsm:ExchangedDocumentContext><rsm:ExchangedDocument><ram:ID>{given['number']}</ram:ID>"
        f"<ram:TypeCode>{given['kind']}</ram:TypeCode><ram:IssueDateTime>{day(given['issued'])}"
        f"</ram:IssueDateTime>{notes}</rsm:ExchangedDocument><rsm:SupplyChainTradeTransaction>"
        f"{_line(net)}<ram:ApplicableHeaderTradeAgreement>"
        f"{_party('Seller', 'Maison Durand', given['seller'])}"
        f"{_party('Buyer', given['buyer_name'], given['buyer'])}"
        "</ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeDelivery>"
        "<ram:ActualDeliverySupplyChainEvent><ram:OccurrenceDateTime>"
        f"{day(given['issued'])}</ram:OccurrenceDateTime></ram:ActualDeliverySupplyChainEvent>"
        "</ram:ApplicableHeaderTradeDelivery><ram:ApplicableHeaderTradeSettlement>"
        f"<ram:PaymentReference>REF-{given['number']}</ram:PaymentReference>"
        "<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>"
        "<ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>58</ram:TypeCode>"
        f"<ram:PayeePartyCreditorFinancialAccount><ram:IBANID>{given['iban']}</ram:IBANID>"
        "</ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>"
        f"<ram:ApplicableTradeTax><ram:CalculatedAmount>{money(vat)}</ram:CalculatedAmount>"
        f"<ram:TypeCode>VAT</ram:TypeCode><ram:BasisAmount>{money(net)}</ram:BasisAmount>"
        "<ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>20.00"
        f"</ram:RateApplicablePercent></ram:ApplicableTradeTax>{_terms(given)}"
        "<ram:SpecifiedTradeSettlementHeaderMonetarySummation>"
        f"<ram:LineTotalAmount>{money(net)}</ram:LineTotalAmount>"
        f"<ram:TaxBasisTotalAmount>{money(net)}</ram:TaxBasisTotalAmount>"
        f'<ram:TaxTotalAmount currencyID="EUR">{money(vat)}</ram:TaxTotalAmount>'
        f"<ram:GrandTotalAmount>{money(total)}</ram:GrandTotalAmount>"
        f"<ram:TotalPrepaidAmount>{money(given['prepaid'])}</ram:TotalPrepaidAmount>"
        f"<ram:DuePayableAmount>{money(due)}</ram:DuePayableAmount>"
        "</ram:SpecifiedTradeSettlementHeaderMonetarySummation>"
        f"{_corrects(given['corrects'])}</ram:ApplicableHeaderTradeSettlement>"
        "</rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"
    ).encode()


def cdar(code: str, **said: Any) -> bytes:
    """Write a status of an invoice: `paid` in cents and `paid_on` for 211."""
    given = {
        "number": "F2026-001",
        "issued": "20261001",
        "seller": SELLER,
        "at": "20261005101500",
        "message": "",
        "reason": "",
        "text": "",
        "paid": None,
        "paid_on": "",
    } | said
    message = given["message"] or f"{given['number']}_{code}_{given['at']}"
    detail = ""
    if given["reason"]:
        detail += (
            f"<ram:ReasonCode>{given['reason']}</ram:ReasonCode>"
            f"<ram:Reason>{given['text']}</ram:Reason>"
        )
    if given["paid"] is not None:
        detail += (
            "<ram:SpecifiedDocumentCharacteristic><ram:TypeCode>MPA</ram:TypeCode>"
            f'<ram:ValueAmount currencyID="EUR">{money(given["paid"])}</ram:ValueAmount>'
            f"<ram:ValueDateTime>{day(given['paid_on'])}</ram:ValueDateTime>"
            "</ram:SpecifiedDocumentCharacteristic>"
        )
    detail = detail and f"<ram:SpecifiedDocumentStatus>{detail}</ram:SpecifiedDocumentStatus>"
    instant = f'<udt:DateTimeString format="204">{given["at"]}</udt:DateTimeString>'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{CDAR_HEAD}<rsm:ExchangedDocument>'
        f"<ram:ID>{message}</ram:ID><ram:IssueDateTime>{instant}</ram:IssueDateTime>"
        "<ram:IssuerTradeParty><ram:RoleCode>BY</ram:RoleCode></ram:IssuerTradeParty>"
        "</rsm:ExchangedDocument><rsm:AcknowledgementDocument>"
        f"<ram:IssueDateTime>{instant}</ram:IssueDateTime><ram:ReferenceReferencedDocument>"
        f"<ram:IssuerAssignedID>{given['number']}</ram:IssuerAssignedID>"
        '<ram:FormattedIssueDateTime><qdt:DateTimeString format="102">'
        f"{given['issued']}</qdt:DateTimeString></ram:FormattedIssueDateTime>"
        f"<ram:ProcessConditionCode>{code}</ram:ProcessConditionCode>"
        f'<ram:IssuerTradeParty><ram:GlobalID schemeID="0002">{given["seller"]}</ram:GlobalID>'
        f"</ram:IssuerTradeParty>{detail}</ram:ReferenceReferencedDocument>"
        "</rsm:AcknowledgementDocument></rsm:CrossDomainAcknowledgementAndResponse>"
    ).encode()


def pdf(embedded: bytes | None, name: str = "factur-x.xml") -> bytes:
    """Write a one-page PDF with an embedded file, or without any."""
    from io import BytesIO  # noqa: PLC0415

    from pypdf import PdfWriter  # noqa: PLC0415

    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    if embedded is not None:
        writer.add_attachment(name, embedded)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def kept(folder: Path, content: bytes, name: str = "facture.xml") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def day(digits: str) -> str:
    return f'<udt:DateTimeString format="102">{digits}</udt:DateTimeString>'


def _process(code: str) -> str:
    if not code:
        return ""
    return (
        "<ram:BusinessProcessSpecifiedDocumentContextParameter>"
        f"<ram:ID>{code}</ram:ID></ram:BusinessProcessSpecifiedDocumentContextParameter>"
    )


def _line(net: int) -> str:
    sign, price = ("-1", -net) if net < 0 else ("1", net)
    return (
        "<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument>"
        "<ram:LineID>1</ram:LineID></ram:AssociatedDocumentLineDocument>"
        "<ram:SpecifiedTradeProduct><ram:Name>Prestation</ram:Name></ram:SpecifiedTradeProduct>"
        "<ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice>"
        f"<ram:ChargeAmount>{money(price)}</ram:ChargeAmount></ram:NetPriceProductTradePrice>"
        "</ram:SpecifiedLineTradeAgreement><ram:SpecifiedLineTradeDelivery>"
        f'<ram:BilledQuantity unitCode="C62">{sign}</ram:BilledQuantity>'
        "</ram:SpecifiedLineTradeDelivery><ram:SpecifiedLineTradeSettlement>"
        "<ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>S"
        "</ram:CategoryCode><ram:RateApplicablePercent>20.00</ram:RateApplicablePercent>"
        "</ram:ApplicableTradeTax><ram:SpecifiedTradeSettlementLineMonetarySummation>"
        f"<ram:LineTotalAmount>{money(net)}</ram:LineTotalAmount>"
        "</ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement>"
        "</ram:IncludedSupplyChainTradeLineItem>"
    )


def _party(role: str, name: str, siren: str) -> str:
    legal = (
        f'<ram:SpecifiedLegalOrganization><ram:ID schemeID="0002">{siren}</ram:ID>'
        "</ram:SpecifiedLegalOrganization>"
        if siren
        else ""
    )
    address = (
        f'<ram:URIUniversalCommunication><ram:URIID schemeID="0225">{siren}</ram:URIID>'
        "</ram:URIUniversalCommunication>"
        if siren
        else ""
    )
    vat = (
        '<ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">FR11'
        f"{siren}</ram:ID></ram:SpecifiedTaxRegistration>"
        if siren
        else ""
    )
    return (
        f"<ram:{role}TradeParty><ram:Name>{name}</ram:Name>{legal}<ram:PostalTradeAddress>"
        "<ram:PostcodeCode>75001</ram:PostcodeCode><ram:LineOne>1 rue de la Paix</ram:LineOne>"
        "<ram:CityName>Paris</ram:CityName><ram:CountryID>FR</ram:CountryID>"
        f"</ram:PostalTradeAddress>{address}{vat}</ram:{role}TradeParty>"
    )


def _terms(given: dict[str, Any]) -> str:
    dues = given["dues"] or ([(given["due"], None)] if given["due"] else [])
    told = "".join(
        f"<ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime>{day(on)}</ram:DueDateDateTime>"
        + (f"<ram:PartialPaymentAmount>{money(cents)}</ram:PartialPaymentAmount>" if cents else "")
        + "</ram:SpecifiedTradePaymentTerms>"
        for on, cents in dues
    )
    if given["terms"]:
        told += (
            "<ram:SpecifiedTradePaymentTerms><ram:Description>"
            f"{given['terms']}</ram:Description></ram:SpecifiedTradePaymentTerms>"
        )
    return told


def _corrects(number: str) -> str:
    if not number:
        return ""
    return (
        f"<ram:InvoiceReferencedDocument><ram:IssuerAssignedID>{number}</ram:IssuerAssignedID>"
        "</ram:InvoiceReferencedDocument>"
    )
