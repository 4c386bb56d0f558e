"""What becomes of a letter: the states that providers tell, in our words, and when to ask again.

The ends of a registered letter are those of La Poste: delivered, refused, « avisé et non réclamé »
after fifteen days, « destinataire inconnu à l'adresse », access or address at fault.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal, get_args

State = Literal[
    "accepted", "deposited", "presented", "delivered", "refused", "not_claimed", "unknown",
    "returned", "rejected",
]  # fmt: skip
ProofKind = Literal["deposit", "content", "receipt", "refusal", "not_claimed", "returned"]
STATES: Final[tuple[State, ...]] = get_args(State)
PROOFS: Final[tuple[ProofKind, ...]] = get_args(ProofKind)
ENDS: Final = frozenset({"delivered", "refused", "not_claimed", "unknown", "returned", "rejected"})
BAD_ADDRESS: Final = frozenset({"not_claimed", "unknown", "returned"})

SOON: Final = timedelta(hours=4)
DAILY: Final = timedelta(days=1)
SELDOM: Final = timedelta(days=3)
FRESH_FOR: Final = timedelta(days=2)
LIVELY_FOR: Final = timedelta(days=25)
ASKED_FOR: Final = timedelta(days=90)
PROOF_WAITED_FOR: Final = timedelta(days=20)


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened to a letter, on the day the carrier gives."""

    state: State
    on: date
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ProofRef:
    """A proof that may be fetched: `where` is the provider's own name of it."""

    kind: ProofKind
    where: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Tracked:
    """What a provider says of one letter now; `number` is the carrier's."""

    happened: tuple[Happened, ...] = ()
    proofs: tuple[ProofRef, ...] = ()
    number: str = ""


def unheard(known: Iterable[str], told: Tracked) -> tuple[Happened, ...]:
    """Return what was not recorded yet, each state once and on its first day, in order of days."""
    fresh = dict[str, Happened]()
    for one in sorted(told.happened, key=lambda one: (one.on, STATES.index(one.state))):
        fresh.setdefault(one.state, one)
    seen = set(known)
    return tuple(one for state, one in fresh.items() if state not in seen)


def first_end(happened: Iterable[Happened]) -> Happened | None:
    """Return how a letter ended: the first end counts, a return to the sender only follows it."""
    ends = [one for one in happened if one.state in ENDS]
    return min(ends, key=lambda one: (one.on, one.state == "returned"), default=None)


def next_check(
    *, sent_at: datetime, now: datetime, ended_on: date | None, has_last_proof: bool
) -> datetime | None:
    """Return when to ask the provider again, or None when nothing more will come.

    Every four hours for two days, then daily while the carrier has the letter, then seldom; after
    the end, until its proof is there or twenty days have passed.
    """
    age = now - sent_at
    if ended_on is not None:
        waited = now.date() - ended_on
        return None if has_last_proof or waited > PROOF_WAITED_FOR else now + DAILY
    if age > ASKED_FOR:
        return None
    if age < FRESH_FOR:
        return now + SOON
    return now + (DAILY if age < LIVELY_FOR else SELDOM)
