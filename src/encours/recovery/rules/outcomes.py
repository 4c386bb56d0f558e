"""How a call ends: what must be said with each outcome, and what becomes of the planned call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

Outcome = Literal[
    "reached", "promise", "dispute", "paid", "call_back", "wrong_number", "no_answer", "voicemail"
]
End = Literal["done", "waits", "falls_back"]
Then = Literal["done", "next_channel"]

OUTCOMES: Final[tuple[Outcome, ...]] = (
    "reached",
    "promise",
    "dispute",
    "paid",
    "call_back",
    "wrong_number",
    "no_answer",
    "voicemail",
)
UNANSWERED: Final = frozenset({"no_answer", "voicemail"})
PROOF_DAYS: Final = 3
"""Working days during which nobody who says to have paid is reminded."""
TRIES_MAX: Final = 10


@dataclass(frozen=True, slots=True)
class Policy:
    """How often a call is tried, and what then: the step is done, or leaves by its next channel."""

    tries: int = 3
    then: Then = "next_channel"
    from_hour: int = 9
    until_hour: int = 19


@dataclass(frozen=True, slots=True)
class Said:
    """What the person typed with an outcome."""

    outcome: str
    promised_on: date | None = None
    amount_cents: int | None = None
    cause: str = ""
    call_back_at: datetime | None = None
    has_contact: bool = False


def faults(said: Said, *, causes: tuple[str, ...], now: datetime, today: date) -> Iterator[str]:
    """Yield, in French, what an outcome lacks."""
    if said.outcome not in OUTCOMES:
        yield "Choisissez l'issue de l'appel."
    if said.outcome == "promise":
        if said.promised_on is None:
            yield "Indiquez la date promise."
        elif said.promised_on < today:
            yield "La date promise est passée."
        if said.amount_cents is None:
            yield "Indiquez le montant promis."
    if said.outcome == "dispute" and said.cause not in causes:
        yield "Choisissez la cause du litige."
    if said.outcome == "call_back" and (said.call_back_at is None or said.call_back_at <= now):
        yield "Indiquez quand rappeler : un moment à venir."
    if said.outcome == "wrong_number" and not said.has_contact:
        yield "Choisissez l'interlocuteur dont le numéro est faux."


def end_of(
    outcome: str, *, tries: int, policy: Policy, has_number: bool = True, has_next: bool = False
) -> End:
    """Return what becomes of a planned call; `tries` counts this one.

    `has_number` = somebody there can still be called; `has_next` = the step has another channel.
    """
    is_over = tries >= policy.tries if outcome in UNANSWERED else not has_number
    if outcome in UNANSWERED or outcome == "wrong_number":
        if not is_over:
            return "waits"
        return "falls_back" if has_next and policy.then == "next_channel" else "done"
    return "done"


def is_policy(policy: Policy) -> bool:
    """Say whether a policy can be held."""
    hours = 0 <= policy.from_hour < policy.until_hour <= 24  # noqa: PLR2004 - hours of a day
    return 1 <= policy.tries <= TRIES_MAX and policy.then in ("done", "next_channel") and hours
