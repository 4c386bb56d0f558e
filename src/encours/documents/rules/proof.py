"""What a PDF invoice proves of an invoice without a number: same total, same day, one number.

The accounts know the amount and the day; the PDF knows the number as well. Only what can be read
one way is a proof: one number announced, one invoice of that total and day, one PDF for it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from encours.receivables.rules import numbers

_AMOUNT: Final = r"(?<![\d.,])\d{1,3}(?:[ .\u00a0\u202f]?\d{3})*[.,]\d{2}(?![\d.,]?\d)"
_AMOUNTS: Final = re.compile(_AMOUNT)
_TOTALS: Final = re.compile(
    rf"(?i)(?:total\s*t\.?t\.?c|montant\s*t\.?t\.?c|net\s*[àa]\s*payer|total\s*[àa]\s*payer"
    rf"|total\s*d[ûu]|amount\s*due|total\s*due|grand\s*total)[^\d]{{0,40}}({_AMOUNT})"
)
_DAYS: Final = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)")
_ISO_DAYS: Final = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_NAMED_DAYS: Final = re.compile(r"(?i)(?<!\d)(\d{1,2})(?:er)?\s+([a-zéûô]{3,9})\s+(\d{4})(?!\d)")
_MONTHS: Final = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip
_SIGN: Final = r"(?:n\s*[°ºo]\.?|num[ée]ro|number|no\.?|\#|r[ée]f(?:[ée]rence)?\.?)"
_NUMBER: Final = r"([A-Z0-9][A-Z0-9/_.-]*\d[A-Z0-9/_.-]*|\d+)"
_SAID: Final = (
    re.compile(rf"(?i)\b(?:facture|invoice)\s*{_SIGN}?\s*[:.]?\s*{_NUMBER}"),
    re.compile(rf"(?i){_SIGN}\s*(?:de\s+(?:la\s+)?)?(?:facture|invoice)\s*[:.]?\s*{_NUMBER}"),
)


@dataclass(frozen=True, slots=True)
class Unnumbered:
    """An invoice without a number, as a PDF may prove it."""

    invoice_id: int
    issued_on: date
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Proof:
    """What one file says: its own rank, its number, the invoices that it may be."""

    file: int
    number: str
    invoice_ids: tuple[int, ...]


def totals_in(text: str) -> frozenset[int]:
    """Return the totals that a text announces, in cents; without any, its largest amount."""
    named = {_cents(found) for found in _TOTALS.findall(text)}
    if named:
        return frozenset(named)
    every = [_cents(found) for found in _AMOUNTS.findall(text)]
    return frozenset([max(every)] if every else [])


def days_in(text: str) -> frozenset[date]:
    """Return the days that a text names."""
    found = [(int(year), int(month), int(day)) for day, month, year in _DAYS.findall(text)]
    found += [(int(year), int(month), int(day)) for year, month, day in _ISO_DAYS.findall(text)]
    for day, name, year in _NAMED_DAYS.findall(text):
        if name.lower() in _MONTHS:
            found.append((int(year), _MONTHS.index(name.lower()) + 1, int(day)))
    return frozenset(filter(None, (_day(*parts) for parts in found)))


def number_in(text: str) -> str:
    """Return the one number that a text announces as its invoice's; nothing when none or several.

    A day or an amount after the word is none.
    """
    said: dict[str, str] = {}
    for pattern in _SAID:
        for found in pattern.findall(text):
            number = numbers.cleaned(found).rstrip(".,-/")
            if number and not _is_day_or_amount(number) and not numbers.fault_of(number):
                said.setdefault(numbers.compared(number), number)
    return next(iter(said.values())) if len(said) == 1 else ""


def prove(file: int, text: str, invoices: Iterable[Unnumbered]) -> Proof:
    """Say what a file proves."""
    totals, days = totals_in(text), days_in(text)
    met = [
        one.invoice_id for one in invoices if one.amount_cents in totals and one.issued_on in days
    ]
    return Proof(file, number_in(text), tuple(met))


def proved(proofs: Sequence[Proof]) -> list[Proof]:
    """Return the proofs that stand alone: no other file for the invoice, nor for the number."""
    sure = [one for one in proofs if one.number and len(one.invoice_ids) == 1]
    claimed = Counter(invoice_id for one in proofs for invoice_id in one.invoice_ids)
    named = Counter(numbers.compared(one.number) for one in proofs if one.number)
    return [
        one
        for one in sure
        if claimed[one.invoice_ids[0]] == 1 and named[numbers.compared(one.number)] == 1
    ]


def _cents(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _is_day_or_amount(text: str) -> bool:
    return bool(_DAYS.fullmatch(text) or _ISO_DAYS.fullmatch(text) or _AMOUNTS.fullmatch(text))
