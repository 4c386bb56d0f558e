"""What the importer must find: each invoice's open amount, each customer's net at any date."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from encours.config.demo.exercises import state_of
from encours.config.demo.model import (
    BILLS,
    DEBTOR_ACCOUNTS,
    DOUBTFUL,
    Claim,
    ClaimKind,
    Entry,
    Group,
    Line,
)

LineState = Literal["ordinary", "bill", "doubtful"]


@dataclass(frozen=True, slots=True)
class TrueLine:
    """One due line as the books say it: what is lettered, or proven by a reference, is settled.

    `due_read`: the due date stands in the label; otherwise it follows from the customer's terms.
    """

    number: str
    kind: ClaimKind
    customer: str
    issued_on: date
    due_on: date
    due_read: bool
    amount_cents: int
    open_cents: int
    state: LineState


@dataclass(frozen=True, slots=True)
class Truth:
    """The answers, at the day of generation and, for the nets, at any date."""

    today: date
    lines: tuple[TrueLine, ...]
    moves: Mapping[str, tuple[tuple[date, int], ...]]

    def by_number(self) -> dict[str, tuple[str, int, int]]:
        """Return customer, amount and open amount of each document."""
        found: dict[str, tuple[str, int, int]] = {}
        for line in self.lines:
            _, amount, left = found.get(line.number, ("", 0, 0))
            found[line.number] = (
                line.customer,
                amount + line.amount_cents,
                left + line.open_cents,
            )
        return found

    def net(self, customer: str, on: date) -> int:
        """Return Σ of 411, 413, 416 and 419 of a customer at the end of a day."""
        moves = self.moves.get(customer, ())
        at = bisect_right(moves, on, key=lambda move: move[0])
        return moves[at - 1][1] if at else 0

    def unallocated(self, customer: str) -> int:
        """Return what was received and settles nothing, negative, at the day of generation."""
        owed = sum(line.open_cents for line in self.lines if line.customer == customer)
        return self.net(customer, self.today) - owed

    def overdue_customers(self) -> frozenset[str]:
        """Return who owes something past due at the day of generation."""
        late = (one for one in self.lines if one.open_cents and one.due_on < self.today)
        return frozenset(one.customer for one in late)


def truth_of(
    entries: Sequence[Entry], claims: Sequence[Claim], *, first_day: date, today: date
) -> Truth:
    """Work the answers out from the books; a claim settled before the first day is not shown."""
    shown = [claim for claim in claims if _is_shown(claim, first_day)]
    return Truth(today, tuple(_true_line(claim, today) for claim in shown), _moves(entries))


def _is_shown(claim: Claim, first_day: date) -> bool:
    group = claim.line.group
    if claim.line.entry.on >= first_day or group is None or group.lettered_on is None:
        return True
    latest = max(line.entry.on for line in group.lines)
    balanced = sum(line.cents for line in group.lines) == 0
    return not (balanced and max(latest, group.lettered_on) < first_day)


def _true_line(claim: Claim, today: date) -> TrueLine:
    left, account = open_of(claim.line, today)
    state: LineState = "ordinary"
    if left and account in (BILLS, DOUBTFUL):
        state = "bill" if account == BILLS else "doubtful"
    return TrueLine(
        claim.number,
        claim.kind,
        claim.customer.code,
        claim.issued_on,
        claim.due_on,
        claim.due_read,
        claim.amount_cents,
        left,
        state,
    )


def open_of(line: Line, today: date) -> tuple[int, str]:
    """Return what is left of a debit and the account where it stands now."""
    group = line.group
    if group is None or not _settles(group, today):
        return line.cents, line.account
    moved = [one.continued for one in group.lines if one.continued]
    if moved:
        return open_of(moved[0], today)
    debits = [one for one in group.lines if one.cents > 0]
    rest = sum(one.cents for one in group.lines)
    return (rest, line.account) if len(debits) == 1 and rest > 0 else (0, line.account)


def _settles(group: Group, today: date) -> bool:
    return group.proven or state_of(group, today) != ""


def _moves(entries: Sequence[Entry]) -> dict[str, tuple[tuple[date, int], ...]]:
    by_customer: defaultdict[str, list[tuple[date, int]]] = defaultdict(list)
    for entry in sorted(entries, key=lambda one: one.on):
        for line in entry.lines:
            if line.account in DEBTOR_ACCOUNTS:
                known = by_customer[line.party]
                known.append((entry.on, line.cents + (known[-1][1] if known else 0)))
    return {code: tuple(moves) for code, moves in by_customer.items()}
