"""What the generated company is made of: parties, terms, accounting lines, letters, claims."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any, Final, Literal

from encours.kernel.dates import add_months, end_of_month

CUSTOMERS: Final = "411000"
BILLS: Final = "413000"
DOUBTFUL: Final = "416000"
DEPOSITS: Final = "419100"
SUPPLIERS: Final = "401000"
DEBTOR_ACCOUNTS: Final = (CUSTOMERS, BILLS, DOUBTFUL, DEPOSITS)
BANK: Final = "512000"
CHEQUES: Final = "511200"

DebtorClass = Literal["business", "consumer", "public", "foreign"]
ClaimKind = Literal["invoice", "opening", "returned_payment"]


def draw(seed: int, purpose: str) -> Random:
    """Return the generator of one purpose: adding a purpose never moves the others' draws."""
    return Random(f"{seed}:{purpose}")  # noqa: S311 - reproducible on purpose, protects nothing


@dataclass(frozen=True, slots=True)
class Terms:
    """Payment terms as data; both French readings of « fin de mois » exist (C. com. L441-10 I)."""

    code: str
    name: str
    days: int
    end_of_month: Literal["", "after", "before"] = ""
    day: int = 0

    def due_on(self, issued_on: date) -> date:
        """Return the due date: days then end of month (after), or end of month then days."""
        start = end_of_month(issued_on) if self.end_of_month == "before" else issued_on
        due = start + timedelta(days=self.days)
        if self.end_of_month == "after":
            due = end_of_month(due)
        return add_months(due.replace(day=1), 1).replace(day=self.day) if self.day else due

    def as_json(self) -> dict[str, Any]:
        """Return the terms in the shape that the ledger stores (`receivables.rules.terms`)."""
        month_end = {"": "none", "after": "after_days", "before": "before_days"}[self.end_of_month]
        part = {"percent": "100", "days": self.days, "months": 0, "month_end": month_end}
        return {"parts": [{**part, "day": self.day or None}], "postponement": "none"}


@dataclass(frozen=True, slots=True)
class Habit:
    """How a customer pays: days after the due date, how they scatter and how they drift."""

    code: str
    delay: float = 0
    spread: float = 2
    drift: float = 0
    method: Literal["transfer", "cheque", "direct_debit", "bill"] = "transfer"
    pay_days: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer, with what no ledger export says: class, terms, habit, address."""

    code: str
    name: str
    debtor_class: DebtorClass
    terms: Terms
    habit: Habit
    weight: float
    basket_cents: int
    siren: str = ""
    vat_number: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = "FR"
    language: str = "fr"
    salesperson: str = ""
    parent: str = ""
    arrears_days: int = 0
    fate: Literal["", "insolvent", "written_off", "doubtful"] = ""
    active_from: date = date.min
    active_until: date = date.max


@dataclass(frozen=True, slots=True)
class Company:
    """The creditor itself."""

    name: str
    code: str
    siren: str
    vat_number: str
    iban: str
    bic: str
    street: str
    postcode: str
    city: str
    email: str
    phone: str


@dataclass(slots=True)
class Group:
    """Lines settled together under one letter; `lettered_on` is None when it was forgotten.

    `proven`: nobody lettered it yet, but the receipt bears as its piece the number of the one
    invoice that it pays exactly.
    """

    lines: list[Line] = field(default_factory=list)
    lettered_on: date | None = None
    proven: bool = False


@dataclass(slots=True, eq=False)
class Line:
    """One accounting line; a debit is positive.

    `continued` is the line where a claim moved to another account (413, 416) goes on.
    """

    account: str
    cents: int
    label: str
    party: str = ""
    group: Group | None = None
    continued: Line | None = None
    entry: Entry = field(init=False, repr=False)


@dataclass(slots=True, eq=False)
class Entry:
    """One balanced entry of a journal; its number is given when the year is written."""

    journal: str
    on: date
    piece: str
    lines: list[Line]
    piece_on: date | None = None

    def __post_init__(self) -> None:
        """Tie the lines to their entry."""
        assert sum(line.cents for line in self.lines) == 0, f"{self.piece} does not balance"
        for line in self.lines:
            line.entry = self


@dataclass(slots=True, eq=False)
class Claim:
    """A debit on a customer: one due line of an invoice, or a payment that came back.

    `alone` is false for the parts of an invoice payable in several times.
    """

    number: str
    kind: ClaimKind
    customer: Customer
    issued_on: date
    due_on: date
    due_read: bool
    line: Line
    net_cents: int = 0
    alone: bool = True

    @property
    def amount_cents(self) -> int:
        """Return what was asked for at first."""
        return self.line.cents


def entry(journal: str, on: date, piece: str, *lines: Line, piece_on: date | None = None) -> Entry:
    """Build an entry, leaving out its lines of nothing."""
    return Entry(journal, on, piece, [line for line in lines if line.cents], piece_on)
