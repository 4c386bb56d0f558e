"""Who owes what on a date, by age: buckets, and the plain reference of the aged balance.

The ledger computes the same in one SQL statement; this slow version, over tuples of facts, is
what that statement is tested against (design.md, decisions 6 and 10).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from encours.kernel.refusal import Refusal


class InvalidBuckets(Refusal):
    """Say what is wrong in a set of ageing buckets."""

    message = "Les tranches d'âge doivent croître, avec un nom de plus que de bornes."


class AgeBy(StrEnum):
    """Age is counted from the due date, or from the date of issue; the screen says which."""

    DUE = "due"
    ISSUED = "issued"


@dataclass(frozen=True, slots=True)
class Buckets:
    """Age limits in days, each included in the bucket that it ends, and one name more."""

    bounds: tuple[int, ...] = (0, 30, 60, 90)
    names: tuple[str, ...] = ("not_due", "d1_30", "d31_60", "d61_90", "d90_plus")

    def __post_init__(self) -> None:
        is_sorted = list(self.bounds) == sorted(set(self.bounds))
        is_named = len(set(self.names)) == len(self.names) == len(self.bounds) + 1
        if not is_sorted or not is_named:
            raise InvalidBuckets

    def name_of(self, age_days: int) -> str:
        """Return the bucket of an age; 0 and less is not due."""
        passed = sum(bound < age_days for bound in self.bounds)
        return self.names[passed]


STANDARD: Final = Buckets()


def bucket_of(counted_from: date, as_of: date, buckets: Buckets = STANDARD) -> str:
    """Return the bucket of a line on a date: due on that very day is not due yet."""
    return buckets.name_of((as_of - counted_from).days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """When a fact was learned, and when it was taken back; instants of one time zone."""

    recorded_at: datetime
    undone_at: datetime | None = None

    def is_known(self, known_at: datetime | None) -> bool:
        """Say whether the program held the fact at that instant (None: now)."""
        if known_at is None:
            return self.undone_at is None
        return self.recorded_at <= known_at and (
            self.undone_at is None or known_at < self.undone_at
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLineFact(Recorded):
    """One due line of a debit claim."""

    line: str
    customer: str
    issued_on: date
    due_on: date
    cents: int
    currency: str = "EUR"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditFact(Recorded):
    """A payment, a credit note, a deposit: what lowers what is owed once allocated."""

    credit: str
    customer: str
    received_on: date
    cents: int
    currency: str = "EUR"


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationFact(Recorded):
    """Part of a credit put against a due line, from its effective date on."""

    credit: str
    line: str
    effective_on: date
    cents: int


@dataclass(frozen=True, slots=True)
class LedgerFacts:
    """All facts of a ledger, undone ones included."""

    lines: tuple[DueLineFact, ...] = ()
    credits: tuple[CreditFact, ...] = ()
    allocations: tuple[AllocationFact, ...] = ()

    def known_at(self, known_at: datetime | None) -> LedgerFacts:
        """Return the facts that the program held at an instant (None: now)."""
        return LedgerFacts(
            tuple(fact for fact in self.lines if fact.is_known(known_at)),
            tuple(fact for fact in self.credits if fact.is_known(known_at)),
            tuple(fact for fact in self.allocations if fact.is_known(known_at)),
        )


@dataclass(frozen=True, slots=True)
class AgedRow:
    """The balance of one customer in one currency; `unallocated_cents` is negative or nil."""

    customer: str
    currency: str
    unallocated_cents: int
    by_bucket: dict[str, int] = field(default_factory=dict)

    @property
    def open_cents(self) -> int:
        """Return the buckets added up."""
        return sum(self.by_bucket.values())

    @property
    def net_cents(self) -> int:
        """Return what is open less the credits not yet allocated."""
        return self.open_cents + self.unallocated_cents


def open_as_of(
    ledger: LedgerFacts, as_of: date, *, known_at: datetime | None = None
) -> dict[str, int]:
    """Return what is open of each due line issued by `as_of`; settled lines are at zero."""
    return _open(ledger.known_at(known_at), as_of)


def unallocated_as_of(
    ledger: LedgerFacts, as_of: date, *, known_at: datetime | None = None
) -> dict[str, int]:
    """Return what each credit received by `as_of` has not yet settled."""
    return _spare(ledger.known_at(known_at), as_of)


def _open(facts: LedgerFacts, as_of: date) -> dict[str, int]:
    taken = _sums((fact.line, fact.cents) for fact in _effective(facts, as_of))
    issued = (fact for fact in facts.lines if fact.issued_on <= as_of)
    return {fact.line: fact.cents - taken[fact.line] for fact in issued}


def _spare(facts: LedgerFacts, as_of: date) -> dict[str, int]:
    used = _sums((fact.credit, fact.cents) for fact in _effective(facts, as_of))
    received = (fact for fact in facts.credits if fact.received_on <= as_of)
    return {fact.credit: fact.cents - used[fact.credit] for fact in received}


def _effective(facts: LedgerFacts, as_of: date) -> Iterator[AllocationFact]:
    return (fact for fact in facts.allocations if fact.effective_on <= as_of)


def aged_balance(
    ledger: LedgerFacts,
    as_of: date,
    *,
    known_at: datetime | None = None,
    buckets: Buckets = STANDARD,
    by: AgeBy = AgeBy.DUE,
) -> tuple[AgedRow, ...]:
    """Return the aged balance by customer and currency, those with nothing at all left out."""
    facts = ledger.known_at(known_at)
    opened = _open(facts, as_of)
    spare = _spare(facts, as_of)
    aged: dict[tuple[str, str], dict[str, int]] = defaultdict(
        lambda: dict.fromkeys(buckets.names, 0)
    )
    credit: dict[tuple[str, str], int] = defaultdict(int)
    for line in facts.lines:
        if opened.get(line.line):
            start = line.due_on if by is AgeBy.DUE else line.issued_on
            key = line.customer, line.currency
            aged[key][bucket_of(start, as_of, buckets)] += opened[line.line]
    for fact in facts.credits:
        if spare.get(fact.credit):
            credit[fact.customer, fact.currency] -= spare[fact.credit]
    return tuple(
        AgedRow(*key, unallocated_cents=credit[key], by_bucket=dict(aged[key]))
        for key in sorted({*aged, *credit})
    )


def ledger_faults(ledger: LedgerFacts) -> Iterator[str]:
    """Yield what breaks the invariants of a ledger: over-allocation, strangers, wrong order."""
    facts = ledger.known_at(None)
    lines = {fact.line: fact for fact in facts.lines}
    received = {fact.credit: fact for fact in facts.credits}
    for fact in facts.allocations:
        line, credit = lines.get(fact.line), received.get(fact.credit)
        if line is None or credit is None:
            yield f"allocation of {fact.credit} to {fact.line}: one of them is not live"
            continue
        if line.currency != credit.currency:
            yield f"allocation of {fact.credit} to {fact.line}: two currencies"
        if fact.effective_on < max(line.issued_on, credit.received_on):
            yield f"allocation of {fact.credit} to {fact.line}: effective before its facts"
    yield from _over(_sums((fact.line, fact.cents) for fact in facts.allocations), lines)
    yield from _over(_sums((fact.credit, fact.cents) for fact in facts.allocations), received)


def _over(
    used: dict[str, int], limits: dict[str, DueLineFact] | dict[str, CreditFact]
) -> Iterator[str]:
    for key, cents in used.items():
        if key in limits and cents > limits[key].cents:
            yield f"{key}: {cents} allocated of {limits[key].cents}"


def _sums(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for key, cents in pairs:
        sums[key] += cents
    return sums
