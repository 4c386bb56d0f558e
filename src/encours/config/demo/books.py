"""The books while they are being written: entries, letters, piece numbers, and the agenda."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from random import Random

from encours.config.demo.model import Claim, Customer, Entry, Group, Line, entry
from encours.config.demo.seasons import at_work

Event = Callable[[], None]


class Books:
    """Everything recorded up to today; what is planned after today never happens."""

    def __init__(self, *, first_day: date, today: date, rng: Random) -> None:
        """Open empty books."""
        self.first_day = first_day
        self.today = today
        self.rng = rng
        self.entries: list[Entry] = []
        self.claims: list[Claim] = []
        self.groups: list[Group] = []
        self.unnamed = 0
        self.balance: Counter[str] = Counter()
        self.results: Counter[int] = Counter()
        self._numbers: Counter[str] = Counter()
        self._agenda: list[tuple[date, int, Event]] = []
        self._order = count()

    def plan(self, on: date, event: Event) -> None:
        """Let `event` happen on the first working day from `on`, if that day has come."""
        moved = at_work(on, self.today)
        if moved <= self.today:
            heapq.heappush(self._agenda, (moved, next(self._order), event))

    def plan_exactly(self, on: date, event: Event) -> None:
        """Let `event` happen that very day, working or not."""
        if on <= self.today:
            heapq.heappush(self._agenda, (on, next(self._order), event))

    def run(self) -> None:
        """Live through the agenda in the order of days."""
        while self._agenda:
            heapq.heappop(self._agenda)[2]()

    def number(self, prefix: str, on: date) -> str:
        """Return the next piece number of a series: prefix, year, five digits."""
        series = f"{prefix}{on:%y}"
        self._numbers[series] += 1
        return f"{series}{self._numbers[series]:05d}"

    def record(
        self, journal: str, on: date, piece: str, *lines: Line, piece_on: date | None = None
    ) -> Entry:
        """Write one entry."""
        written = entry(journal, on, piece, *lines, piece_on=piece_on)
        self.entries.append(written)
        for line in written.lines:
            self.balance[line.account] += line.cents
            if line.account[0] in "67":
                self.results[on.year] += line.cents
        return written

    def letter(self, *lines: Line, on: date | None, proven: bool = False) -> Group:
        """Settle lines together; those that already had company bring it along.

        A group of more than two lines is lettered at once: only simple ones wait.
        """
        kept = [line.group for line in lines if line.group]
        group = kept[0] if kept else Group()
        if not kept:
            self.groups.append(group)
        for line in lines:
            if line.group is None:
                line.group = group
                group.lines.append(line)
        group.proven = proven
        simple = len(group.lines) == 2 and sum(line.cents for line in group.lines) == 0  # noqa: PLR2004
        latest = max(line.entry.on for line in group.lines)
        group.lettered_on = on if simple or on is None else latest
        return group

    def release(self, line: Line) -> None:
        """Take a line out of its group, as an accountant who unletters."""
        assert line.group is not None, "nothing to unletter"
        line.group.lines.remove(line)
        line.group = None

    def soon(self, on: date, low: int, high: int) -> date:
        """Return a day between `low` and `high` days after `on`."""
        return on + timedelta(days=self.rng.randint(low, high))


def customer_line(
    account: str, customer: Customer, cents: int, label: str, *, extra: str = ""
) -> Line:
    """Write a line on a customer's account; the label carries the name, as exports do."""
    text = f"{label} {customer.name}"[:70].strip()
    return Line(account, cents, f"{text} {extra}".strip(), customer.code)
