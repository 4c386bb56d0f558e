"""A note of penalties as EN 16931 says it: its terms by number, for whatever syntax carries it.

Penalties and indemnities repair a loss and pay for no supply: category O, outside the scope of VAT
(law-fr 1.11); a document in that category names no VAT number (BR-O-02 to 04). The French platforms
know no debit note (383): type 380, and 381 for the credit note that cancels one. Mentions PMT, PMD
and AAB are asked of every invoice between professionals (C. com. L441-9; BR-FR-05).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from encours.kernel.money import EUR

DEBIT: Final = "380"
CREDIT: Final = "381"
SERVICES: Final = "S1"
OUTSIDE_VAT: Final = "O"
OUTSIDE_REASON: Final = "VATEX-EU-O"
OUTSIDE_TEXT: Final = (
    "Hors champ d'application de la TVA : réparation d'un préjudice, sans contrepartie."
)
SIREN_SCHEME: Final = "0002"
ADDRESS_SCHEME: Final = "0225"
TRANSFER: Final = "30"
ONE: Final = "C62"
PENALTY_CODE: Final = "PMD"
INDEMNITY_CODE: Final = "PMT"
DISCOUNT_CODE: Final = "AAB"


@dataclass(frozen=True, slots=True)
class Company:
    """The seller or the buyer, as an invoice names it."""

    name: str
    siren: str = ""
    lines: Sequence[str] = ()
    postcode: str = ""
    city: str = ""
    country: str = "FR"
    legal_form: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """Where the note is to be paid."""

    holder: str
    iban: str
    bic: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Charge:
    """One line of a note: penalties of a due line over a period, or the indemnity of an invoice."""

    name: str
    document: str
    cents: int
    from_on: date | None = None
    to_on: date | None = None
    details: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A note, or the credit note that cancels `cancels` (its number and date)."""

    number: str
    issued_on: date
    seller: Company
    buyer: Company
    charges: Sequence[Charge]
    currency: str = "EUR"
    due_on: date | None = None
    account: Account | None = None
    cancels: tuple[str, date] | None = None
    mentions: Mapping[str, str] = field(default_factory=dict)

    @property
    def total_cents(self) -> int:
        """Return what the note asks, or gives back."""
        return sum(one.cents for one in self.charges)


def terms(note: Note) -> dict[str, Any]:
    """Return the business terms of a note (EN 16931: BT and BG numbers)."""
    total = _amount(note.total_cents)
    found: dict[str, Any] = {
        "BT-1": note.number,
        "BT-2": note.issued_on,
        "BT-3": CREDIT if note.cancels else DEBIT,
        "BT-5": note.currency,
        "BT-23": SERVICES,
        "BT-72": note.issued_on,
        "BG-1": [{"BT-21": code, "BT-22": text} for code, text in note.mentions.items()],
        "BG-4": _party(note.seller),
        "BG-7": _party(note.buyer),
        "BG-23": [
            {
                "BT-116": total,
                "BT-117": "0.00",
                "BT-118": OUTSIDE_VAT,
                "BT-120": OUTSIDE_TEXT,
                "BT-121": OUTSIDE_REASON,
            }
        ],
        "BG-25": [_line(rank, one) for rank, one in enumerate(note.charges, start=1)],
        "BT-106": total,
        "BT-109": total,
        "BT-110": "0.00",
        "BT-112": total,
        "BT-115": total,
    }
    if note.currency != EUR:
        # French tax is always told in euros, nil included (BR-FR-CO-12)
        found |= {"BT-6": EUR, "BT-111": "0.00"}
    if note.due_on:
        found["BT-9"] = note.due_on
    if note.account and not note.cancels:
        found |= {
            "BT-81": TRANSFER,
            "BT-83": note.account.reference,
            "BT-84": note.account.iban,
            "BT-85": note.account.holder,
            "BT-86": note.account.bic,
        }
    if note.cancels:
        number, issued_on = note.cancels
        found["BG-3"] = [{"BT-25": number, "BT-26": issued_on}]
    return {key: value for key, value in found.items() if value not in ("", [])}


def _party(company: Company) -> dict[str, Any]:
    first, second = (*company.lines, "", "")[:2]
    found = {
        "name": company.name,
        "legal_identifier": company.siren,
        "legal_identifier_schemeid": SIREN_SCHEME if company.siren else "",
        "einvoicing_addr": company.siren,
        "einvoicing_addr_schemeid": ADDRESS_SCHEME if company.siren else "",
        "legal_info": company.legal_form,
        "addr_l1": first,
        "addr_l2": second,
        "postcode": company.postcode,
        "city": company.city,
        "country_code": company.country or "FR",
    }
    return {key: value for key, value in found.items() if value}


def _line(rank: int, charge: Charge) -> dict[str, Any]:
    found: dict[str, Any] = {
        "BT-126": str(rank),
        "BT-129": "1",
        "BT-130": ONE,
        "BT-131": _amount(charge.cents),
        "BT-146": _amount(charge.cents),
        "BT-151": OUTSIDE_VAT,
        "BT-153": charge.name,
        "BT-154": charge.details,
        "BT-134": charge.from_on,
        "BT-135": charge.to_on,
    }
    return {key: value for key, value in found.items() if value}


def _amount(cents: int) -> str:
    assert cents >= 0, "a credit note says positive amounts"
    return f"{cents // 100}.{cents % 100:02d}"
