"""Which receipts are declared, and how: status 212, a report of payments, or nothing.

VAT on services falls due on payment unless the seller chose the invoice; on goods, on delivery
(CGI 290 A; law-fr 10.3, 10.6, 10.8). What nobody confirmed is never declared: it is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from encours.einvoicing.rules.receipts import RateTotal

FRENCH_RATES: Final = (Decimal(20), Decimal(10), Decimal("5.5"), Decimal("2.1"), Decimal(0))
GOODS, SERVICES, MIXED = "B", "S", "M"


class Way(StrEnum):
    """How a receipt is declared."""

    STATUS = "status"
    REPORT = "report"


class Doubt(StrEnum):
    """Why a receipt waits for a person."""

    CLASS = "class"
    MIXED = "mixed"
    RATES = "rates"
    NOT_ELECTRONIC = "not_electronic"


@dataclass(frozen=True, slots=True)
class Sale:
    """What is known of an invoice that money came in for; `process` is BT-23, if electronic."""

    debtor_class: str
    is_confirmed: bool
    is_electronic: bool
    process: str
    totals: tuple[RateTotal, ...]


def way(sale: Sale) -> Way | Doubt | None:
    """Return how to declare receipts of this sale, None for goods, or what to settle first."""
    nature = sale.process[:1]
    if sale.is_electronic and nature == GOODS:
        return None
    if not sale.is_confirmed or sale.debtor_class == "unknown":
        return Doubt.CLASS
    if sale.is_electronic and nature == MIXED:
        return Doubt.MIXED
    if not sale.totals:
        return Doubt.RATES
    if sale.debtor_class in ("consumer", "foreign"):
        return Way.REPORT
    return Way.STATUS if sale.is_electronic else Doubt.NOT_ELECTRONIC


def totals_by_rate(
    parts: Sequence[tuple[int, int, int]], net_cents: int | None, vat_cents: int | None
) -> tuple[RateTotal, ...]:
    """Return an invoice's totals by rate: as its document says, else the one rate it must have.

    `parts`: rate in hundredths of a per cent, base, VAT. Nothing when no single rate explains the
    VAT to the cent.
    """
    if parts:
        hundred = Decimal(100)
        return tuple(RateTotal(Decimal(rate) / hundred, net + vat) for rate, net, vat in parts)
    if net_cents is None or vat_cents is None or net_cents <= 0:
        return ()
    for rate in FRENCH_RATES:
        exact = (net_cents * rate / 100).quantize(Decimal(1))
        if abs(int(exact) - vat_cents) <= 1:
            return (RateTotal(rate, net_cents + vat_cents),)
    return ()


@dataclass(frozen=True, slots=True)
class Known:
    """A receipt declared before: which allocation, of which invoice, when, how much."""

    allocation_id: int
    number: str
    issued_on: date
    paid_on: date
    cents: int


def moved(gone: Sequence[Known], come: Sequence[Known]) -> dict[int, int]:
    """Return old → new ids of allocations that only changed rows: nothing to declare again.

    An import may replace the row of an allocation; the money stays where it was.
    """
    waiting: dict[tuple[str, date, date, int], list[int]] = {}
    for one in sorted(come, key=lambda one: one.allocation_id):
        waiting.setdefault((one.number, one.issued_on, one.paid_on, one.cents), []).append(
            one.allocation_id
        )
    found = {}
    for one in sorted(gone, key=lambda one: one.allocation_id):
        same = waiting.get((one.number, one.issued_on, one.paid_on, one.cents))
        if same:
            found[one.allocation_id] = same.pop(0)
    return found
