"""What a reply says, as values: its class, its date, its amount, the cause of non-payment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from encours.standing import causes

CLASSES: Final = (
    "promise",
    "dispute",
    "payment_proof",
    "wrong_contact",
    "invoice_asked",
    "delay_asked",
    "out_of_office",
    "bounce",
    "other",
)
OURS: Final = causes.codes_of("ourselves")
CUSTOMER: Final = causes.codes_of("customer")
MARKET: Final = causes.codes_of("market")
CAUSES: Final = (*OURS, *CUSTOMER, *MARKET)
WHOLE: Final = Fraction(1)


@dataclass(frozen=True, slots=True)
class Span:
    """Where something stands in the text, end excluded."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DateSaid:
    """A date as written: what it means for what is to come, and for what is past.

    One of the two is None where the words exclude it (« demain », « hier »).
    """

    span: Span
    future: date | None
    past: date | None


@dataclass(frozen=True, slots=True)
class AmountSaid:
    """An amount as written: cents, or a share of what is owed; `times` of it in a plan."""

    span: Span
    cents: int | None = None
    currency: str = "EUR"
    share: Fraction | None = None
    times: int | None = None


@dataclass(frozen=True, slots=True)
class Intent:
    """One class with its confidence, from 0 to 1."""

    kind: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Bounce:
    """A notice of non-delivery: to whom, whether for good, its status (RFC 3463)."""

    recipient: str
    is_permanent: bool
    status: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reply was read as; `why` holds the reply's own words that decided."""

    kind: str
    confidence: float
    is_abstained: bool
    language: str
    why: tuple[str, ...] = ()
    others: tuple[Intent, ...] = ()
    said_on: date | None = None
    amount: AmountSaid | None = None
    cause: str = ""
    invoices: tuple[str, ...] = ()
    reference: str = ""
    address: str = ""
    bounce: Bounce | None = None
    own_text: str = ""
