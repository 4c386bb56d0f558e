"""CDAR messages: the life cycle of e-invoices (UN/CEFACT D22B; XP Z12-012).

No installed package has their schema: what a status cannot do without is checked here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from encours.imports.readers.einvoices.markup import Node
from encours.imports.rules.einvoices.document import siren_in
from encours.imports.rules.einvoices.status import CODES, OF_PROCESS, Amount, Because, Status
from encours.imports.rules.einvoices.values import Values

REFERENCE: Final = "AcknowledgementDocument/ReferenceReferencedDocument"
PAID_AMOUNTS: Final = {"MPA": "211", "MEN": "212"}


def read(root: Node, values: Values) -> Iterator[Status]:
    """Yield the statuses of a message, one per invoice; `values` gathers what is wrong."""
    message = values.needed("MDT-4", "L'identifiant du message", root.text("ExchangedDocument/ID"))
    said_at = root.text(
        "AcknowledgementDocument/IssueDateTime/DateTimeString",
        "ExchangedDocument/IssueDateTime/DateTimeString",
    )
    at = values.instant("MDT-78", said_at)
    references = list(root.each(REFERENCE))
    if not references:
        values.say("term_missing", "Ce message ne nomme aucune facture (MDT-87).", "MDT-87")
    for one in references:
        number = values.needed("MDT-87", "Le numéro de facture", one.text("IssuerAssignedID"))
        issued = one.text("FormattedIssueDateTime/DateTimeString")
        issued_on = values.day("MDT-100", values.needed("MDT-100", "La date de facture", issued))
        amounts = tuple(_amounts(one, values))
        code = _code(one, amounts)
        if code not in CODES:
            values.say("status_unknown", "Ce statut n'est pas de la norme.", "MDT-105", found=code)
        if at is None or not number:
            continue
        yield Status(
            code=code,
            number=number,
            issued_on=issued_on,
            seller_siren=_siren(one, root),
            at=at,
            message=message,
            issuer_role=root.text("ExchangedDocument/IssuerTradeParty/RoleCode"),
            because=tuple(
                Because(why.text("ReasonCode"), _words(why), why.text("RequestedActionCode"))
                for why in one.each("SpecifiedDocumentStatus")
                if why.text("ReasonCode", "Reason")
            ),
            amounts=amounts,
            account=_account(one),
        )


def _code(reference: Node, amounts: tuple[Amount, ...]) -> str:
    said = reference.text("ProcessConditionCode")
    if said:
        return said
    process = reference.text("StatusCode")
    paid = next((PAID_AMOUNTS[one.kind] for one in amounts if one.kind in PAID_AMOUNTS), "")
    return OF_PROCESS.get(process) or paid or process


def _siren(reference: Node, root: Node) -> str:
    """Return the seller's SIREN: who issued the invoice, else the party whose role is SE."""
    for one in reference.each("IssuerTradeParty/GlobalID"):
        if found := siren_in(one.text()):
            return found
    for party in ("IssuerTradeParty", "RecipientTradeParty", "SenderTradeParty"):
        node = root.at(f"ExchangedDocument/{party}")
        if node.text("RoleCode") == "SE":
            return siren_in(node.text("GlobalID", "ID"))
    return ""


def _words(why: Node) -> str:
    return " ".join(why.text("Reason", "IncludedNote/Content").split())


def _amounts(reference: Node, values: Values) -> Iterator[Amount]:
    for one in reference.each("SpecifiedDocumentStatus/SpecifiedDocumentCharacteristic"):
        value = one.at("ValueAmount")
        cents = values.cents("MDT-215", value.text())
        if cents is not None:
            on = values.day("MDT-219", one.text("ValueDateTime/DateTimeString"))
            rate = one.text("ValuePercent")
            yield Amount(one.text("TypeCode"), cents, value.attribute("currencyID"), on, rate)


def _account(reference: Node) -> str:
    """Return the new account of a status 227, when the message says one (CBB)."""
    for one in reference.each("SpecifiedDocumentStatus/SpecifiedDocumentCharacteristic"):
        if one.text("TypeCode") == "CBB":
            said = one.text("Value", "ValueText", "Name", "ID")
            return said.replace(" ", "").upper()
    return ""
