"""How fast we are paid: DSO in its four forms, days late, CEI, overdue share and their kin.

Exact fractions of integer cents; None where the measure has no meaning (no sales, nothing open).
Formulas and vectors: Hackett/C2FO best-possible DSO, Credit Research Foundation CEI, French guides.
Balances and sales must be of one kind, both with VAT or both without.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

BUCKET_MIDDLES: Final = (15, 45, 75, 105)
MONTH_DAYS: Final = 30
COMMERCIAL_YEAR: Final = 360


@dataclass(frozen=True, slots=True)
class Month:
    """The credit sales of one month, credit notes deducted, and its number of days."""

    sales_cents: int
    days: int


@dataclass(frozen=True, slots=True)
class CountBack:
    """Days of sales still unpaid; `beyond_cents` is what the months given could not explain."""

    days: Fraction
    beyond_cents: int


@dataclass(frozen=True, slots=True)
class PaidLine:
    """A settled due line and how many days after its due date; negative when early."""

    cents: int
    days_late: int


class Lateness(StrEnum):
    """How days late are averaged: by amount with signs, by amount from zero, or by line."""

    SIGNED = "signed"
    CLIPPED = "clipped"
    UNWEIGHTED = "unweighted"


def ratio(part: int, whole: int) -> Fraction | None:
    """Return a share, or None when there is no whole."""
    return Fraction(part, whole) if whole else None


def days_sales_outstanding(open_cents: int, sales_cents: int, days: int) -> Fraction | None:
    """Return the simple DSO: what is open, in days of the sales of the period."""
    return Fraction(open_cents * days, sales_cents) if sales_cents > 0 else None


def count_back(open_cents: int, months: Iterable[Month]) -> CountBack:
    """Strip what is open from the sales of the latest month back (méthode par épuisement).

    A month whose sales are nil or negative explains nothing: its days are counted, its sales
    skipped (Oracle stops there; we do not).
    """
    left, days = open_cents, Fraction()
    for month in months:
        if left <= 0:
            break
        if month.sales_cents > left:
            days += Fraction(left * month.days, month.sales_cents)
            left = 0
        else:
            days += month.days
            left -= max(month.sales_cents, 0)
    return CountBack(days, max(left, 0))


def sales_weighted_dso(
    buckets: Sequence[tuple[int, int]], *, days: int = MONTH_DAYS
) -> Fraction | None:
    """Return the DSO of (open, sales) pairs: what is open of each month against its own sales."""
    if any(sales <= 0 for _, sales in buckets):
        return None
    return sum((Fraction(part * days, sales) for part, sales in buckets), Fraction())


def best_possible_dso(not_due_cents: int, sales_cents: int, days: int) -> Fraction | None:
    """Return the DSO there would be if nobody were late."""
    return days_sales_outstanding(not_due_cents, sales_cents, days)


def average_days_delinquent(
    open_cents: int, not_due_cents: int, sales_cents: int, days: int
) -> Fraction | None:
    """Return DSO less best-possible DSO, both simple: mixing methods could go below zero."""
    return days_sales_outstanding(open_cents - not_due_cents, sales_cents, days)


def average_days_late(
    paid: Sequence[PaidLine], lateness: Lateness = Lateness.SIGNED
) -> Fraction | None:
    """Return the mean days late of settled lines."""
    if lateness is Lateness.UNWEIGHTED:
        return ratio(sum(line.days_late for line in paid), len(paid))
    least = 0 if lateness is Lateness.CLIPPED else None
    late = [line.days_late if least is None else max(line.days_late, least) for line in paid]
    weighted = sum(line.cents * days for line, days in zip(paid, late, strict=True))
    return ratio(weighted, sum(line.cents for line in paid))


def days_beyond_terms(
    overdue_cents: Sequence[int], open_cents: int, middles: Sequence[int] = BUCKET_MIDDLES
) -> Fraction | None:
    """Return the mean days late of a balance, by the middle day of each overdue bucket."""
    weighted = sum(part * middle for part, middle in zip(overdue_cents, middles, strict=True))
    return ratio(weighted, open_cents)


def collection_effectiveness(
    opening_cents: int, sales_cents: int, closing_cents: int, closing_not_due_cents: int
) -> Fraction | None:
    """Return the CEI: of what could be collected, how much was; with the sales of the period."""
    collectable = opening_cents + sales_cents
    return ratio(collectable - closing_cents, collectable - closing_not_due_cents)


def overdue_share(open_cents: int, not_due_cents: int) -> Fraction | None:
    """Return the part of what is open that is past due."""
    return ratio(open_cents - not_due_cents, open_cents)


def customer_payment_days(
    open_cents: int, sales_cents: int, *, year_days: int = COMMERCIAL_YEAR
) -> Fraction | None:
    """Return the French DMP clients (délai moyen de paiement), both amounts with VAT."""
    return days_sales_outstanding(open_cents, sales_cents, year_days)


def working_capital_need(stock_cents: int, open_cents: int, payable_cents: int) -> int:
    """Return the BFR: stock and receivables less payables."""
    return stock_cents + open_cents - payable_cents


def concentration(shares_cents: Iterable[int]) -> Fraction | None:
    """Return the Herfindahl-Hirschman index of a portfolio, from 0 to 10,000."""
    parts = list(shares_cents)
    return ratio(10_000 * sum(part * part for part in parts), sum(parts) ** 2)
