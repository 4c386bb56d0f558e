"""An electronic invoice as its file says it: terms of EN 16931 (BT-n), amounts in cents."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from encours.imports.rules.einvoices.status import Status
from encours.kernel.issue import Issue

CREDIT_TYPES: Final = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420",
                                 "458", "502", "503", "532"})  # fmt: skip
"""Codes of UNTDID 1001 that give back: credit notes, of all kinds."""
CORRECTED: Final = "384"
"""A corrected invoice takes the place of the one that it names."""
SIREN: Final = re.compile(r"^\d{9}$")
SIRET: Final = re.compile(r"^\d{14}$")
FRENCH_VAT: Final = re.compile(r"^FR[0-9A-Z]{2}(\d{9})$")
SIREN_SCHEMES: Final = frozenset({"0002", "0009", "0225", "0224", "SIREN", "SIRET"})


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number and the list it comes from (ISO 6523, EAS)."""

    value: str
    scheme: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """A seller, a buyer or a payee; `endpoint` is its electronic address (BT-34, BT-49)."""

    name: str = ""
    identifiers: tuple[Identifier, ...] = ()
    vat_number: str = ""
    endpoint: Identifier = field(default_factory=lambda: Identifier(""))
    line1: str = ""
    line2: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    email: str = ""

    @property
    def siren(self) -> str:
        """Return the SIREN: of the register, else of the VAT number, else of the address."""
        for one in (*self.identifiers, self.endpoint):
            if one.scheme in SIREN_SCHEMES:
                found = siren_in(one.value)
                if found:
                    return found
        french = FRENCH_VAT.match(self.vat_number)
        return french.group(1) if french else ""

    @property
    def address(self) -> str:
        """Return the electronic address with its scheme, as one text; empty without."""
        one = self.endpoint
        return f"{one.scheme}:{one.value}" if one.value else ""


@dataclass(frozen=True, slots=True)
class VatShare:
    """One line of the VAT breakdown (BG-23): category, rate in per cent, base and tax."""

    category: str
    rate: Decimal
    base_cents: int
    vat_cents: int
    exemption: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """A due date and what falls due then; an amount is said only where there are several."""

    due_on: date | None = None
    cents: int | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A note and its subject (UNTDID 4451): PMT, PMD and AAB are the French mentions."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Reference:
    """Another document: the invoice that this one corrects (BT-25, BT-26)."""

    number: str
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """What a line says of its amount: quantity, net price for a base quantity, adjustments."""

    number: str
    quantity: Decimal
    price: Decimal
    base: Decimal
    adjustment: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """Totals (BG-22) in cents; what is due is the total less what was paid before, rounded."""

    net_cents: int
    vat_cents: int
    total_cents: int
    prepaid_cents: int = 0
    rounding_cents: int = 0
    due_cents: int = 0

    @property
    def owed_cents(self) -> int:
        """Return what the document adds to the account, before what was paid is taken off."""
        return self.due_cents + self.prepaid_cents


@dataclass(frozen=True, slots=True)
class Einvoice:
    """One invoice or credit note; `syntax` is cii, ubl or zugferd1, `process` is BT-23."""

    syntax: str
    profile: str
    number: str
    type_code: str
    issued_on: date
    currency: str
    seller: Party
    buyer: Party
    totals: Totals
    process: str = ""
    payee: Party | None = None
    vat: tuple[VatShare, ...] = ()
    terms: tuple[Term, ...] = ()
    terms_text: str = ""
    payment_reference: str = ""
    ibans: tuple[str, ...] = ()
    means: str = ""
    preceding: tuple[Reference, ...] = ()
    notes: tuple[Note, ...] = ()
    order_number: str = ""
    delivered_on: date | None = None
    lines: tuple[Line, ...] = ()
    is_test: bool = False
    is_credit_document: bool = False

    @property
    def is_credit(self) -> bool:
        """Say whether it gives back: by its kind, or a negative invoice, which does the same."""
        by_kind = self.is_credit_document or self.type_code in CREDIT_TYPES
        return by_kind or self.totals.owed_cents < 0

    @property
    def is_french(self) -> bool:
        """Say whether it is under French rules: both parties, or its profile, say so."""
        french = self.seller.country in {"", "FR"} and bool(self.seller.siren)
        return french or self.is_ctc

    @property
    def is_ctc(self) -> bool:
        """Say whether it claims the French profile of the reform (law-fr 10.7, 10.8)."""
        has_mode = re.fullmatch(r"[BSM][1-8]", self.process) is not None
        return "ctc" in self.profile or (has_mode and self.seller.country in {"", "FR"})


@dataclass(frozen=True, slots=True)
class Read:
    """One document of a file: its name in an archive, its bytes' digest, what was found in it.

    `invoice` or `status` is None when it could not be read: an issue of severity error says why.
    """

    name: str
    sha256: str
    size_bytes: int
    invoice: Einvoice | None = None
    status: Status | None = None
    issues: tuple[Issue, ...] = ()

    @property
    def is_wrong(self) -> bool:
        """Say whether an error keeps it out."""
        return any(issue.severity == "error" for issue in self.issues)


def siren_in(value: str) -> str:
    """Return the SIREN that a SIREN, a SIRET or a French electronic address starts with."""
    digits = re.sub(r"\s", "", value)
    head = digits.partition("_")[0]
    if SIREN.match(head) or SIRET.match(head):
        return head[:9]
    return ""
