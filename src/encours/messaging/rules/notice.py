"""A notice: what one message to one customer says, before it becomes an e-mail or a letter.

One value feeds the HTML part, the plain text part and the typeset letter, so that the three
cannot disagree. Content of a formal notice: law-fr 4.10 (C. civ. 1344, 1231).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from encours.kernel.money import EUR

Kind = Literal[
    "prevenance", "relance", "mise_en_demeure", "releve", "remerciement", "note_de_debit", "avoir"
]
Language = Literal["fr", "en"]
ASKING: Final[frozenset[Kind]] = frozenset({"prevenance", "relance", "mise_en_demeure", "releve"})
"""Messages to an account, to which an answer is awaited."""
LANGUAGES: Final[tuple[Language, ...]] = ("fr", "en")


@dataclass(frozen=True, slots=True)
class Sender:
    """The creditor as its letterhead shows it; the logo is a PNG or a JPEG."""

    name: str
    address: tuple[str, ...] = ()
    siren: str = ""
    vat_number: str = ""
    legal_line: str = ""
    email: str = ""
    phone: str = ""
    logo: bytes = b""


@dataclass(frozen=True, slots=True)
class Addressee:
    """The customer as the envelope shows it; `address` goes from the street to the country."""

    name: str
    address: tuple[str, ...] = ()
    attention: str = ""
    siren: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One due line of the table; a statement also lists credits, with negative amounts."""

    number: str
    issued_on: date | None
    due_on: date | None
    amount_cents: int
    open_cents: int
    days_late: int = 0
    label: str = ""

    @property
    def title(self) -> str:
        """Return how the line is called: its number, and what it is when it is no invoice."""
        return " · ".join(part for part in (self.number, self.label) if part) or "-"

    @property
    def paid_cents(self) -> int:
        """Return what has already been allocated to this line."""
        return self.amount_cents - self.open_cents


@dataclass(frozen=True, slots=True)
class Penalty:
    """One segment of late-payment interest: a base, a period and the rate of that period."""

    number: str
    base_cents: int
    from_on: date
    to_on: date
    days: int
    rate_percent: Decimal
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Payment:
    """How to pay: `holder` is the exact account-holder name that Verification of Payee compares."""

    holder: str
    iban: str
    bic: str = ""
    reference: str = ""
    bank: str = ""


@dataclass(frozen=True, slots=True)
class Reduced:
    """What there is to pay if it is paid by a day, and how much less that is."""

    pay_cents: int
    less_cents: int
    until_on: date


@dataclass(frozen=True, slots=True)
class Notice:
    """Everything a message says; amounts are those of the day it was prepared.

    `interest_cents` and `indemnity_cents` stay None when the message does not claim them.
    `short` is what goes by text message.
    """

    kind: Kind
    language: Language
    sender: Sender
    addressee: Addressee
    written_on: date
    subject: str
    greeting: str
    opening: tuple[str, ...]
    lines: tuple[Line, ...] = ()
    currency: str = EUR
    credits_cents: int = 0
    interest_cents: int | None = None
    indemnity_cents: int | None = None
    penalties: tuple[Penalty, ...] = ()
    payment: Payment | None = None
    closing: tuple[str, ...] = ()
    farewell: str = ""
    signatory: str = ""
    signatory_role: str = ""
    place: str = ""
    our_reference: str = ""
    mentions: tuple[str, ...] = ()
    pay_before: date | None = None
    short: str = ""
    reduced: Reduced | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """One line under the table: what it is (a key of the words), how much, and whether it rules."""

    name: Literal[
        "open", "credits", "interest", "indemnity", "due", "balance", "credited", "reduced"
    ]
    cents: int
    strong: bool = field(default=False)
    until_on: date | None = None


def open_cents(notice: Notice) -> int:
    """Return the sum of what is open on the listed lines."""
    return sum(line.open_cents for line in notice.lines)


def signature(notice: Notice) -> tuple[str, ...]:
    """Return who signs, as whom, for whom; a company that signs for itself is named once."""
    name = notice.sender.name
    person = "" if notice.signatory.casefold() == name.casefold() else notice.signatory
    return tuple(line for line in (person, notice.signatory_role, name) if line)


def due_cents(notice: Notice) -> int:
    """Return what the customer is asked to pay: lines, less credits, plus what the law adds."""
    extras = (notice.interest_cents or 0) + (notice.indemnity_cents or 0)
    return open_cents(notice) + notice.credits_cents + extras


def parts(notice: Notice) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """Return the lines already due, and those that will be."""
    told = [(line, _is_late(line, notice.written_on)) for line in notice.lines]
    late = tuple(line for line, is_late in told if is_late)
    return late, tuple(line for line, is_late in told if not is_late)


def _is_late(line: Line, today: date) -> bool:
    return line.due_on is None or line.due_on < today


def totals(notice: Notice) -> tuple[Total, ...]:
    """Return the totals to show, the amount asked for being strong; none without lines.

    After it, where a discount is offered: what there is to pay by its day.
    """
    asked = _asked(notice)
    if not asked or notice.reduced is None:
        return asked
    told = notice.reduced
    return (*asked, Total("reduced", told.pay_cents, until_on=told.until_on))


def _asked(notice: Notice) -> tuple[Total, ...]:
    if not notice.lines:
        return ()
    if notice.kind == "avoir":
        return (Total("credited", open_cents(notice), strong=True),)
    last = Total("balance" if notice.kind == "releve" else "due", due_cents(notice), strong=True)
    rows = [Total("open", open_cents(notice))]
    if notice.credits_cents:
        rows.append(Total("credits", notice.credits_cents))
    if notice.interest_cents is not None:
        rows.append(Total("interest", notice.interest_cents))
    if notice.indemnity_cents is not None:
        rows.append(Total("indemnity", notice.indemnity_cents))
    return (*rows, last) if len(rows) > 1 else (last,)
