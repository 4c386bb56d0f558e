"""The last look before a message leaves: the same planner, asked again as if it were not reserved.

design.md, 2.8: balance, dispute, promise, pause, insolvency, recipient, under lock just before
sending. A second rule would differ one day; there is none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from encours.dunning.rules.frames import Ledger
from encours.dunning.rules.planner import Plan
from encours.dunning.rules.reasons import PASSING

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
    `wait` for another day, somebody or fresher data; or `cancel` it. `covered` = by due line,
    money received and not yet allocated that pays a part of it: the message takes it off.
    """

    outcome: Outcome
    channel: str = ""
    open_cents: tuple[tuple[int, int], ...] = ()
    covered: tuple[tuple[int, int], ...] = ()
    dropped: tuple[Dropped, ...] = ()
    reason: str = ""
    sentence: str = ""


def recheck(
    prepared: Sequence[Prepared], ledger: Ledger, ask: Callable[[Ledger], Plan]
) -> dict[int, Verdict]:
    """Decide again, at this moment, for messages whose ledger was just read under lock.

    `ask` is the planner at this moment. A few dozen at once cost what one costs. A line that a
    message did not list is never added: it has its own day. Returns a verdict by message id.
    """
    mine = ledger.of_customers({message.customer_id for message in prepared})
    mine = mine.without_messages([message.message_id for message in prepared])
    answers = _Answers.of(ask(mine), mine)
    return {message.message_id: _verdict(message, answers) for message in prepared}


Key = tuple[int, str, str]  # customer, currency, step


@dataclass(frozen=True, slots=True)
class _Answers:
    """What the planner says now, looked up by message and by due line."""

    channels: dict[Key, str]
    lines: dict[Key, dict[int, int]]
    dues: dict[Key, set[int]]
    covered: dict[int, int]
    held: dict[int, tuple[str, str]]
    still_open: set[int]

    @classmethod
    def of(cls, plan: Plan, ledger: Ledger) -> _Answers:
        key = ("customer_id", "currency", "step")
        lines: dict[Key, dict[int, int]] = defaultdict(dict)
        dues: dict[Key, set[int]] = defaultdict(set)
        covered = dict[int, int]()
        told = plan.planned.select(
            *key, "instalment_id", "open_cents", "covered_cents", "is_due"
        ).iter_rows()
        for customer, currency, step, number, cents, paid, is_due in told:
            lines[customer, currency, step][number] = cents
            covered[number] = paid or 0
            if is_due:
                dues[customer, currency, step].add(number)
        held = plan.held.select("instalment_id", "reason", "sentence").iter_rows()
        return cls(
            channels={row[:3]: row[3] for row in plan.messages.select(*key, "channel").iter_rows()},
            lines=lines,
            covered=covered,
            dues=dues,
            held={number: (reason, sentence) for number, reason, sentence in held},
            still_open=set(ledger.lines["instalment_id"]),
        )

    def why_not(self, number: int) -> Dropped:
        """Say why a line may no longer be listed."""
        otherwise = MOVED if number in self.still_open else SETTLED
        return Dropped(number, *self.held.get(number, otherwise))


def _verdict(message: Prepared, answers: _Answers) -> Verdict:
    key = (message.customer_id, message.currency, message.step)
    listed, now = dict(message.open_cents), answers.lines.get(key, {})
    kept = {number: now[number] for number in listed if number in now}
    if not answers.dues.get(key, set()) & set(kept):
        kept = {}
    dropped = tuple(answers.why_not(number) for number in listed if number not in kept)
    if not kept:
        return _stopped(dropped)
    outcome: Outcome = "send" if kept == listed else "rewrite"
    covered = tuple((number, answers.covered[number]) for number in kept if answers.covered[number])
    return Verdict(outcome, answers.channels[key], tuple(kept.items()), covered, dropped)


def _stopped(dropped: tuple[Dropped, ...]) -> Verdict:
    passing = [line for line in dropped if line.reason in PASSING]
    lasting = [line for line in dropped if line.reason != SETTLED[0]]
    first = (passing or lasting or dropped)[0]
    outcome: Outcome = "wait" if passing else "cancel"
    return Verdict(outcome, dropped=dropped, reason=first.reason, sentence=first.sentence)
