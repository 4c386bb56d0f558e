"""The last look before a message leaves: the same planner, asked again as if it were not reserved.

design.md, 2.8: balance, dispute, promise, pause, insolvency, recipient, under lock just before
sending. A second rule would differ one day; there is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import polars as pl

from encours.dunning.rules import planner
from encours.dunning.rules.frames import Ledger, Moment
from encours.dunning.rules.planner import Plan
from encours.dunning.rules.reasons import PASSING
from encours.dunning.rules.scenario import Scenario

Outcome = Literal["send", "rewrite", "wait", "cancel"]

SETTLED: Final = ("settled", "Réglée depuis.")
MOVED: Final = ("moved", "Cette étape n'est plus celle de l'échéance : le message ne vaut plus.")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A reserved message as it was written: its step and, by due line, what was open."""

    message_id: int
    customer_id: int
    currency: str
    step: str
    open_cents: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Dropped:
    """A due line that may no longer be listed: `settled`, `moved` on, or held for a reason."""

    instalment_id: int
    reason: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do with the message now.

    `send` it as it is; `rewrite` it with `open_cents`, since amounts or lines changed; let it
    `wait` for another day, somebody or fresher data; or `cancel` it.
    """

    outcome: Outcome
    channel: str = ""
    open_cents: tuple[tuple[int, int], ...] = ()
    dropped: tuple[Dropped, ...] = ()
    reason: str = ""
    sentence: str = ""


def recheck(prepared: Prepared, ledger: Ledger, scenario: Scenario, moment: Moment) -> Verdict:
    """Decide again, at this moment, for one message whose ledger was just read under lock.

    A line that the message did not list is never added: it has its own day.
    """
    mine = ledger.of_customer(prepared.customer_id).without_message(prepared.message_id)
    plan = planner.plan(mine, scenario, moment)
    same = (pl.col("currency") == prepared.currency) & (pl.col("step") == prepared.step)
    listed = dict(prepared.open_cents)
    lines = plan.planned.filter(same & pl.col("instalment_id").is_in(list(listed)))
    kept: dict[int, int] = {}
    if lines["is_due"].any():
        kept = dict(lines.select("instalment_id", "open_cents").iter_rows())
    dropped = tuple(_dropped(mine, plan, [number for number in listed if number not in kept]))
    if not kept:
        return _stopped(dropped)
    return Verdict(
        outcome="send" if kept == listed else "rewrite",
        channel=plan.messages.filter(same)["channel"].item(),
        open_cents=tuple(sorted(kept.items())),
        dropped=dropped,
    )


def _dropped(mine: Ledger, plan: Plan, numbers: list[int]) -> Iterator[Dropped]:
    held = {
        number: (reason, sentence)
        for number, reason, sentence in plan.held.select(
            "instalment_id", "reason", "sentence"
        ).iter_rows()
    }
    still_open = set(mine.lines["instalment_id"])
    for number in numbers:
        otherwise = MOVED if number in still_open else SETTLED
        yield Dropped(number, *held.get(number, otherwise))


def _stopped(dropped: tuple[Dropped, ...]) -> Verdict:
    passing = [line for line in dropped if line.reason in PASSING]
    lasting = [line for line in dropped if line.reason != SETTLED[0]]
    first = (passing or lasting or list(dropped))[0]
    outcome: Outcome = "wait" if passing else "cancel"
    return Verdict(outcome, dropped=dropped, reason=first.reason, sentence=first.sentence)
