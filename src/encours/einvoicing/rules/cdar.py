"""The life-cycle message 212 « Encaissée » as CDAR (UN/CEFACT D22B; XP Z12-012; law-fr 10.3-10.5).

One invoice per message; the amount collected (MEN) by VAT rate, negative when it is taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from xml.etree import ElementTree as ET

from encours.einvoicing.rules.receipts import Part
from encours.kernel.money import decimal_text

STANDARD: Final = "urn:un:unece:uncefact:data:standard:"
SPACES: Final = {
    "rsm": f"{STANDARD}CrossDomainAcknowledgementAndResponse:100",
    "ram": f"{STANDARD}ReusableAggregateBusinessInformationEntity:100",
    "udt": f"{STANDARD}UnqualifiedDataType:100",
    "qdt": f"{STANDARD}QualifiedDataType:100",
}
GUIDELINE: Final = "urn.cpro.gouv.fr:1p0:CDV:invoice"
SIREN: Final = "0002"
COLLECTED: Final = "212"
PAYMENT_STATUS: Final = "47"  # UNCL 1373: 211 and 212
STATUS_MESSAGE: Final = "23"  # a status said by a party; 305 is a platform's own
NAMES_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Party:
    """A seller or a buyer, by its SIREN."""

    siren: str
    name: str


@dataclass(frozen=True, slots=True)
class Collected:
    """One receipt to declare: which invoice, when it was collected, how much at each rate."""

    message_id: str
    created_at: datetime
    collected_on: date
    seller: Party
    buyer: Party | None
    number: str
    issued_on: date
    type_code: str
    currency: str
    parts: Sequence[Part]


def collected_message(said: Collected) -> bytes:
    """Return the message; the same receipt always gives the same bytes."""
    for prefix, space in SPACES.items():
        ET.register_namespace(prefix, space)
    root = ET.Element(_tag("rsm:CrossDomainAcknowledgementAndResponse"))
    context = _add(root, "rsm:ExchangedDocumentContext")
    process = _add(context, "ram:BusinessProcessSpecifiedDocumentContextParameter")
    _add(process, "ram:ID", "REGULATED")
    guideline = _add(context, "ram:GuidelineSpecifiedDocumentContextParameter")
    _add(guideline, "ram:ID", GUIDELINE)
    _exchanged(root, said)
    _acknowledged(root, said)
    return bytes(ET.tostring(root, encoding="UTF-8", xml_declaration=True))


def _exchanged(root: ET.Element, said: Collected) -> None:
    document = _add(root, "rsm:ExchangedDocument")
    _add(document, "ram:ID", said.message_id)
    _add(document, "ram:Name", f"{said.number}-CDV-{COLLECTED}_Encaissee"[:NAMES_MAX])
    _instant(document, "ram:IssueDateTime", said.created_at)
    _add(_add(document, "ram:SenderTradeParty"), "ram:RoleCode", "WK")
    _party(document, "ram:IssuerTradeParty", said.seller, "SE")
    if said.buyer is not None:
        _party(document, "ram:RecipientTradeParty", said.buyer, "BY")
    else:
        _add(_add(document, "ram:RecipientTradeParty"), "ram:RoleCode", "DFH")


def _acknowledged(root: ET.Element, said: Collected) -> None:
    document = _add(root, "rsm:AcknowledgementDocument")
    several = _add(document, "ram:MultipleReferencesIndicator")
    _add(several, "udt:Indicator", "false")
    _add(document, "ram:TypeCode", STATUS_MESSAGE)
    _instant(document, "ram:IssueDateTime", said.created_at)
    invoice = _add(document, "ram:ReferenceReferencedDocument")
    _add(invoice, "ram:IssuerAssignedID", said.number)
    _add(invoice, "ram:StatusCode", PAYMENT_STATUS)
    _add(invoice, "ram:TypeCode", said.type_code)
    issued = _add(invoice, "ram:FormattedIssueDateTime")
    _add(issued, "qdt:DateTimeString", f"{said.issued_on:%Y%m%d}", format="102")
    _add(invoice, "ram:ProcessConditionCode", COLLECTED)
    _add(invoice, "ram:ProcessCondition", "Encaissée")
    issuer = _add(invoice, "ram:IssuerTradeParty")
    _add(issuer, "ram:GlobalID", said.seller.siren, schemeID=SIREN)
    status = _add(invoice, "ram:SpecifiedDocumentStatus")
    _add(status, "ram:SequenceNumeric", "1")
    for part in said.parts:
        _amount(status, said, part)


def _amount(status: ET.Element, said: Collected, part: Part) -> None:
    told = _add(status, "ram:SpecifiedDocumentCharacteristic")
    _add(told, "ram:TypeCode", "MEN")
    changed = _add(told, "ram:ValueChangedIndicator")
    _add(changed, "udt:IndicatorString", "false")
    _add(told, "ram:ValueAmount", decimal_text(part.cents), currencyID=said.currency)
    when = _add(told, "ram:ValueDateTime")
    _add(when, "udt:DateTimeString", f"{said.collected_on:%Y%m%d}", format="102")
    _add(told, "ram:ValuePercent", f"{part.rate:.2f}")


def _party(document: ET.Element, tag: str, party: Party, role: str) -> None:
    node = _add(document, tag)
    _add(node, "ram:GlobalID", party.siren, schemeID=SIREN)
    _add(node, "ram:Name", party.name[:NAMES_MAX])
    _add(node, "ram:RoleCode", role)


def _instant(parent: ET.Element, tag: str, at: datetime) -> None:
    _add(_add(parent, tag), "udt:DateTimeString", f"{at:%Y%m%d%H%M%S}", format="204")


def _add(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> ET.Element:
    node = ET.SubElement(parent, _tag(tag), attributes)
    if text:
        node.text = text
    return node


def _tag(name: str) -> str:
    prefix, local = name.split(":")
    return f"{{{SPACES[prefix]}}}{local}"
