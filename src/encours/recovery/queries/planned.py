"""The planned calls of one customer, decided again for its sheet; in which tone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from encours.dunning.actions import calls
from encours.dunning.queries.calls import WaitingCall, waiting_calls

GOES = frozenset({"send", "rewrite"})


@dataclass(frozen=True, slots=True)
class ToMake:
    """What is still to be said, why the rest is not, and the tone of the highest step."""

    calls: tuple[WaitingCall, ...]
    no_longer: tuple[str, ...]
    tone: str


def calls_to_make(
    *, tenant_id: int, creditor_id: int, customer_id: int, now: datetime, today: date
) -> ToMake:
    """Return the planned calls of a customer that may be made now."""
    waiting = waiting_calls(tenant_id=tenant_id, customer_id=customer_id, on=today)
    if not waiting:
        return ToMake((), (), "neutral")
    place = {"tenant_id": tenant_id, "creditor_id": creditor_id}
    numbers = [one.reminder_id for one in waiting]
    decided = calls.decided_again(**place, reminder_ids=numbers, now=now)
    going = tuple(one for one in waiting if decided[one.reminder_id].outcome in GOES)
    stopped = [decided[one.reminder_id].sentence for one in waiting if one not in going]
    tone = calls.tone_of(tenant_id=tenant_id, reminder_id=going[-1].reminder_id) if going else ""
    return ToMake(going, tuple(dict.fromkeys(stopped)), tone or "neutral")
