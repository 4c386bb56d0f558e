"""The report of payments to the administration: flux 10.2 and 10.4 (CGI 290 A; law-fr 10.6).

Payments of foreign customers are told invoice by invoice, those of consumers added up by day,
each by VAT rate. Domestic businesses are told by status 212 instead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from xml.etree import ElementTree as ET

from encours.einvoicing.rules.receipts import Part
from encours.kernel.money import decimal_text

INITIAL: Final = "IN"
CORRECTED: Final = "RE"
SIREN: Final = "0002"


@dataclass(frozen=True, slots=True)
class Paid:
    """One receipt: `is_alone` when its invoice is told by itself (foreign customer)."""

    paid_on: date
    number: str
    issued_on: date
    currency: str
    parts: Sequence[Part]
    is_alone: bool


@dataclass(frozen=True, slots=True)
class Declarant:
    """Who declares: the creditor, which also sends unless its platform does."""

    siren: str
    name: str


@dataclass(frozen=True, slots=True)
class Report:
    """A transmission: its own number, its period, what was paid within it."""

    number: str
    created_at: datetime
    declarant: Declarant
    first_on: date
    last_on: date
    is_correction: bool
    paid: Sequence[Paid]


def payments_report(report: Report) -> bytes:
    """Return the report as XML; a period without payments says so by having none."""
    root = ET.Element("Report")
    _head(root, report)
    payments = ET.SubElement(root, "PaymentsReport")
    period = ET.SubElement(payments, "ReportPeriod")
    _add(period, "StartDate", f"{report.first_on:%Y%m%d}")
    _add(period, "EndDate", f"{report.last_on:%Y%m%d}")
    for one in _alone(report.paid):
        _invoice(payments, one)
    for day, currency, parts in _by_day(report.paid):
        payment = ET.SubElement(ET.SubElement(payments, "Transactions"), "Payment")
        _add(payment, "Date", f"{day:%Y%m%d}")
        _subtotals(payment, parts, currency)
    return bytes(ET.tostring(root, encoding="UTF-8", xml_declaration=True))


def _head(root: ET.Element, report: Report) -> None:
    document = ET.SubElement(root, "ReportDocument")
    _add(document, "Id", report.number)
    _add(document, "Name", f"Paiements {report.first_on:%d/%m/%Y} - {report.last_on:%d/%m/%Y}")
    at = ET.SubElement(document, "IssueDateTime")
    _add(at, "DateTimeString", f"{report.created_at:%Y%m%d%H%M%S}")
    _add(document, "TypeCode", CORRECTED if report.is_correction else INITIAL)
    for tag, role in (("Sender", "SE"), ("Issuer", "SE")):
        party = ET.SubElement(document, tag)
        ET.SubElement(party, "Id", {"schemeId": SIREN}).text = report.declarant.siren
        _add(party, "Name", report.declarant.name)
        _add(party, "RoleCode", role)


def _alone(paid: Iterable[Paid]) -> list[Paid]:
    """Return the receipts told one by one, those of one invoice and day together."""
    together: dict[tuple[str, date, date, str], list[Part]] = defaultdict(list)
    for one in paid:
        if one.is_alone:
            together[one.number, one.issued_on, one.paid_on, one.currency] += one.parts
    return [
        Paid(paid_on, number, issued_on, currency, _added(parts), is_alone=True)
        for (number, issued_on, paid_on, currency), parts in sorted(together.items())
        if _added(parts)
    ]


def _by_day(paid: Iterable[Paid]) -> list[tuple[date, str, tuple[Part, ...]]]:
    together: dict[tuple[date, str], list[Part]] = defaultdict(list)
    for one in paid:
        if not one.is_alone:
            together[one.paid_on, one.currency] += one.parts
    return [
        (day, currency, _added(parts))
        for (day, currency), parts in sorted(together.items())
        if _added(parts)
    ]


def _added(parts: Iterable[Part]) -> tuple[Part, ...]:
    sums: dict[Decimal, int] = defaultdict(int)
    for part in parts:
        sums[part.rate] += part.cents
    return tuple(Part(rate, cents) for rate, cents in sorted(sums.items()) if cents)


def _invoice(payments: ET.Element, one: Paid) -> None:
    invoice = ET.SubElement(payments, "Invoice")
    _add(invoice, "InvoiceID", one.number)
    _add(invoice, "IssueDate", f"{one.issued_on:%Y%m%d}")
    payment = ET.SubElement(invoice, "Payment")
    _add(payment, "Date", f"{one.paid_on:%Y%m%d}")
    _subtotals(payment, one.parts, one.currency)


def _subtotals(payment: ET.Element, parts: Iterable[Part], currency: str) -> None:
    for part in parts:
        node = ET.SubElement(payment, "SubTotals")
        _add(node, "TaxPercent", f"{part.rate:.2f}")
        _add(node, "CurrencyCode", currency)
        _add(node, "Amount", decimal_text(part.cents))


def _add(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = text
