"""Whose an e-invoice is: the seller's creditor, the buyer's customer, the invoice known already."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from encours.imports.rules.einvoices.document import Einvoice, Party

CODE_MAX: Final = 60
_FORMS: Final = re.compile(
    r"\b(?:SARL|SASU|SAS|SA|EURL|SNC|SCI|SCOP|EARL|GAEC|SELARL|STE|SOCIETE|ETS|"
    r"ETABLISSEMENTS?|GMBH|LTD|BV|SRL|AG|INC)\b"
)


@dataclass(frozen=True, slots=True)
class Owner:
    """A creditor or a customer, by what tells it from others; `addresses` are electronic ones."""

    id: int
    name: str
    code: str = ""
    siren: str = ""
    vat_number: str = ""
    addresses: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """A live document of the ledger; `key` says which import brought it."""

    id: int
    key: str
    number: str
    issued_on: date
    amount_cents: int
    customer_id: int
    currency: str = "EUR"
    is_rejected: bool = False


def is_seller(party: Party, creditor: Owner) -> bool:
    """Say whether the seller is the creditor: by SIREN, else VAT number, else name."""
    if party.siren and creditor.siren:
        return party.siren == creditor.siren
    if party.vat_number and creditor.vat_number:
        return _bare(party.vat_number) == _bare(creditor.vat_number)
    return bool(party.name) and plain_name(party.name) == plain_name(creditor.name)


def customer_of(buyer: Party, customers: Sequence[Owner]) -> Owner | None:
    """Return the customer that a buyer is: by SIREN, VAT number, electronic address, then name.

    A name tells only one customer from others, and never one of another SIREN.
    """
    tests = (
        lambda one: bool(buyer.siren) and one.siren == buyer.siren,
        lambda one: bool(buyer.vat_number) and _bare(one.vat_number) == _bare(buyer.vat_number),
        lambda one: bool(buyer.address) and buyer.address in one.addresses,
    )
    for test in tests:
        found = [one for one in customers if test(one)]
        if found:
            return min(found, key=lambda one: one.id)
    wanted = plain_name(buyer.name)
    same = [
        one
        for one in customers
        if wanted and plain_name(one.name) == wanted and not differ(buyer, one)
    ]
    return same[0] if len(same) == 1 else None


def differ(buyer: Party, customer: Owner) -> bool:
    """Say whether numbers prove that a buyer is not this customer."""
    if buyer.siren and customer.siren:
        return buyer.siren != customer.siren
    if buyer.vat_number and customer.vat_number:
        return _bare(buyer.vat_number) != _bare(customer.vat_number)
    return False


def code_for(buyer: Party, taken: Iterable[str]) -> str:
    """Return a code for a new customer: its number at the seller's, SIREN, VAT number or name."""
    used = {code.casefold() for code in taken}
    own = [one.value for one in buyer.identifiers if not one.scheme]
    words = re.sub(r"[^A-Z0-9]+", "-", plain_name(buyer.name)).strip("-") or "CLIENT"
    for wanted in (*own, buyer.siren, buyer.vat_number, words):
        code = " ".join(wanted.split())[:CODE_MAX]
        if code and code.casefold() not in used:
            return code
    place = 2
    while f"{words[:50]}-{place}".casefold() in used:
        place += 1
    return f"{words[:50]}-{place}"


def twin(invoice: Einvoice, known: Sequence[Known]) -> Known | None:
    """Return the document of the ledger that has this one's number, the nearest in time."""
    same = [one for one in known if same_number(one.number, invoice.number)]
    near = [one for one in same if abs((one.issued_on - invoice.issued_on).days) <= 366]  # noqa: PLR2004
    return min(near, key=lambda one: abs((one.issued_on - invoice.issued_on).days), default=None)


def same_number(one: str, other: str) -> bool:
    """Say whether two document numbers are the same but for case and blanks."""
    return bool(one) and _number(one) == _number(other)


def key_of(invoice: Einvoice) -> str:
    """Name a document for good: its seller, its side, its number and its year."""
    seller = invoice.seller.siren or _bare(invoice.seller.vat_number)
    side = "C" if invoice.is_credit else "F"
    whose = seller or plain_name(invoice.seller.name)[:40]
    return f"E|{side}|{whose}|{_number(invoice.number)[:80]}|{invoice.issued_on.year}"


def plain_name(name: str) -> str:
    """Return a name in capitals without accents, punctuation or legal form."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    words = re.sub(r"[^A-Z0-9]+", " ", ascii_name.replace(".", ""))
    return " ".join(_FORMS.sub(" ", words).split()) or " ".join(words.split())


def _bare(number: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", number.upper())


def _number(text: str) -> str:
    return "".join(text.split()).upper()
