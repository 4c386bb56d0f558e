"""What is past its time: files whose period is over, natural persons nobody deals with any more.

CNIL, référentiel gestion commerciale: 3 years after the last contact; accounting: 10 years.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from encours.custody.rules.erasure import ACCOUNTING_MONTHS
from encours.documents.rules.kinds import Retention, kept_until, retention_on
from encours.kernel.dates import add_months

CONTACT_MONTHS: Final = 36


@dataclass(frozen=True, slots=True)
class Kept:
    """One file: its kind, its last use, and whether a claim it proves is still open."""

    document_id: int
    creditor_id: int
    kind: str
    name: str
    last_used_on: date
    is_needed: bool


@dataclass(frozen=True, slots=True)
class Past:
    """One file past its time, since when, and who says so."""

    document_id: int
    creditor_id: int
    kind: str
    name: str
    until: date
    source: str


def past_retention(
    files: Iterable[Kept], periods: tuple[Retention, ...], *, today: date
) -> Iterator[Past]:
    """Yield the files to destroy on a day; what an open claim needs is never among them."""
    for one in files:
        period = retention_on(periods, one.kind, today)
        until = kept_until(period, one.last_used_on)
        if until < today and not one.is_needed:
            yield Past(one.document_id, one.creditor_id, one.kind, one.name, until, period.source)


@dataclass(frozen=True, slots=True)
class Dormant:
    """A customer who is a natural person: last contact of any kind, last entry in the accounts."""

    customer_id: int
    name: str
    last_contact_on: date
    last_document_on: date | None
    is_owing: bool


@dataclass(frozen=True, slots=True)
class PastPerson:
    """A natural person past their time, and since when."""

    customer_id: int
    name: str
    until: date


def past_persons(people: Iterable[Dormant], *, today: date) -> Iterator[PastPerson]:
    """Yield those to anonymise on a day; somebody who owes is never among them."""
    for one in people:
        until = add_months(one.last_contact_on, CONTACT_MONTHS)
        if one.last_document_on is not None:
            until = max(until, add_months(one.last_document_on, ACCOUNTING_MONTHS))
        if until < today and not one.is_owing:
            yield PastPerson(one.customer_id, one.name, until)
