"""Mandates: whether one may be used today, and why not; how a reference is written.

SEPA rulebooks as law-fr.md gives them, part 8: minimum content (8.1), lapse without presentation
(8.2), the B2B scheme for non-consumers only (8.3).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from encours.kernel.dates import add_months

SCHEMES: Final = ("core", "b2b")
KINDS: Final = ("recurrent", "one_off")
ORIGINS: Final = ("hand", "table", "program")
REFERENCE_MAX: Final = 35
_REFERENCE: Final = re.compile(r"^[A-Za-z0-9/?:().,'+ -]{1,35}$")
_B2B: Final = re.compile(r"b\s*2\s*b|interentreprise|entreprise", re.IGNORECASE)
_CORE: Final = re.compile(r"core|sdd|standard|classique|b\s*2\s*c", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Lapse:
    """After how many months without presentation a mandate lapses, by what, last checked when."""

    months: int
    source: str
    checked_on: date


LAPSE: Final = Lapse(36, "Banque de France, le prélèvement SEPA", date(2026, 11, 22))
REFUND_MONTHS: Final = 13
"""An unauthorised debit may be disputed so long: the mandate is its proof (law-fr 8.3)."""


class State(StrEnum):
    """Whether a mandate may be used."""

    ACTIVE = "active"
    INCOMPLETE = "incomplete"
    REVOKED = "revoked"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Signed:
    """What decides whether a mandate may be used."""

    has_iban: bool
    signed_on: date | None
    revoked_on: date | None = None
    last_used_on: date | None = None


def state_of(mandate: Signed, *, today: date) -> State:
    """Return the state of a mandate on a day: revoked, incomplete, lapsed, else active."""
    if mandate.revoked_on is not None and mandate.revoked_on <= today:
        return State.REVOKED
    if mandate.signed_on is None or not mandate.has_iban:
        return State.INCOMPLETE
    if lapses_on(mandate) < today:
        return State.LAPSED
    return State.ACTIVE


def lapses_on(mandate: Signed) -> date:
    """Return the last day of a signed mandate: so many months after its last use, or signature.

    The due date of the last collection counts, rejected or not.
    """
    assert mandate.signed_on is not None, "a mandate that nobody signed never began"
    last = max(filter(None, (mandate.signed_on, mandate.last_used_on)))
    return add_months(last, LAPSE.months)


def reference_of(text: str) -> str:
    """Return a mandate's reference as banks take it, nothing when they would not."""
    plain = " ".join(text.split())
    return plain if _REFERENCE.match(plain) else ""


def scheme_of(text: str) -> str:
    """Return the scheme that a word names, nothing when it names none."""
    if _B2B.search(text):
        return "b2b"
    return "core" if _CORE.search(text) else ""


def may_be_b2b(debtor_class: str) -> bool:
    """Say whether a debtor may sign a B2B mandate: a consumer may not, nor who may be one."""
    return debtor_class not in {"consumer", "unknown"}


def kept_until(mandate: Signed) -> date | None:
    """Return until when a mandate proves a debit that may be disputed; None: never used."""
    if mandate.last_used_on is None:
        return None
    return add_months(mandate.last_used_on, REFUND_MONTHS)
