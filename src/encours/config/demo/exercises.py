"""Fiscal years: which lines are carried over, under which letters, numbered how (LPF, A47 A-1)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final, Literal

from encours.config.demo.chart import CHART, JOURNALS
from encours.config.demo.fec import FecRow
from encours.config.demo.model import DEBTOR_ACCOUNTS, SUPPLIERS, Entry, Group, Line
from encours.kernel.dates import end_of_month

DETAILED: Final = frozenset({*DEBTOR_ACCOUNTS, SUPPLIERS})
VALIDATED_AFTER_DAYS: Final = 10
State = Literal["", "partial", "full"]
Letters = Mapping[int, tuple[str, date]]


@dataclass(frozen=True, slots=True)
class Exercise:
    """One fiscal year; the running one is cut before its closing."""

    first_day: date
    last_day: date
    cut_on: date


def exercises(today: date, *, years: int = 3) -> list[Exercise]:
    """Return calendar years, the running one last."""
    return [
        Exercise(date(year, 1, 1), date(year, 12, 31), min(today, date(year, 12, 31)))
        for year in range(today.year - years + 1, today.year + 1)
    ]


def state_of(group: Group, on: date) -> State:
    """Return how a group stood in the books on a date.

    Before it is complete, it bears a letter in lower case when what is there is one debit and
    what was received on it.
    """
    if group.lettered_on is None:
        return ""
    there = [line for line in group.lines if line.entry.on <= on]
    if len(there) == len(group.lines):
        if group.lettered_on > on:
            return ""
        return "partial" if sum(line.cents for line in there) else "full"
    debits = [line for line in there if line.cents > 0]
    return "partial" if len(debits) == 1 and len(there) > 1 else ""


def letters_of(groups: Sequence[Group], year: Exercise) -> dict[int, tuple[str, date]]:
    """Return letter and date by line (its id), for the groups alive in that year.

    Letters start again at AA for each account and party every year, as programs do.
    """
    alive: list[tuple[date, Group, State]] = []
    before = year.first_day - timedelta(days=1)
    for group in groups:
        state = state_of(group, year.cut_on)
        if state and state_of(group, before) != "full":
            there = [line.entry.on for line in group.lines if line.entry.on <= year.cut_on]
            lettered = group.lettered_on if state == "full" and group.lettered_on else max(there)
            alive.append((max(lettered, year.first_day), group, state))
    alive.sort(key=lambda found: found[0])
    used: Counter[tuple[str, str]] = Counter()
    letters: dict[int, tuple[str, date]] = {}
    for lettered, group, state in alive:
        first = group.lines[0]
        rank = used[first.account, first.party]
        used[first.account, first.party] += 1
        letter = chr(65 + rank // 26) + chr(65 + rank % 26)
        for line in group.lines:
            if line.entry.on <= year.cut_on:
                letters[id(line)] = (letter if state == "full" else letter.lower(), lettered)
    return letters


def rows_of(
    entries: Sequence[Entry], groups: Sequence[Group], year: Exercise, parties: Mapping[str, str]
) -> list[FecRow]:
    """Return the rows of one year's FEC: opening balances, then entries by validation date."""
    letters = letters_of(groups, year)
    rows = list(_opening_rows(entries, year, letters, parties))
    numbers: Counter[str] = Counter()
    mine = [one for one in entries if year.first_day <= one.on <= year.cut_on]
    for one in sorted(mine, key=lambda one: (_validated(one.on, year), one.on)):
        numbers[one.journal] += 1
        number = f"{one.journal}{numbers[one.journal]:06d}"
        rows += [
            _row(line, year, parties, letters, number=number, journal=one.journal, on=one.on)
            for line in one.lines
        ]
    return rows


@cache
def _validated(on: date, year: Exercise) -> date:
    """Months are validated ten days after their end; the running one is, provisionally, today."""
    return min(end_of_month(on) + timedelta(days=VALIDATED_AFTER_DAYS), _export_on(year))


def _export_on(year: Exercise) -> date:
    late = year.last_day + timedelta(days=VALIDATED_AFTER_DAYS)
    return late if year.cut_on == year.last_day else year.cut_on


def _row(
    line: Line,
    year: Exercise,
    parties: Mapping[str, str],
    letters: Letters,
    *,
    number: str,
    journal: str,
    on: date,
) -> FecRow:
    letter, lettered = letters.get(id(line), ("", None))
    return FecRow(
        journal_code=journal,
        journal_name=JOURNALS[journal],
        entry_number=number,
        entry_on=on,
        account=line.account,
        account_name=CHART[line.account],
        party=line.party,
        party_name=parties.get(line.party, ""),
        piece=line.entry.piece,
        piece_on=line.entry.piece_on or line.entry.on,
        label=line.label,
        cents=line.cents,
        letter=letter,
        lettered_on=lettered,
        validated_on=_validated(on, year),
    )


def _opening_rows(
    entries: Sequence[Entry], year: Exercise, letters: Letters, parties: Mapping[str, str]
) -> Iterator[FecRow]:
    """Yield the opening entry: parties by open item, other accounts by balance, the result in 12.

    A line carried keeps its piece, its date and its label.
    """
    before = year.first_day - timedelta(days=1)
    balances: defaultdict[str, int] = defaultdict(int)
    results: defaultdict[int, int] = defaultdict(int)
    carried: list[Line] = []
    for line in (line for one in entries if one.on <= before for line in one.lines):
        if line.account[0] in "67":
            results[line.entry.on.year] += line.cents
        elif line.account not in DETAILED:
            balances[line.account] += line.cents
        elif line.group is None or state_of(line.group, before) != "full":
            carried.append(line)
    for result in results.values():
        balances["120000" if result < 0 else "129000"] += result
    opened = [
        Line(account, cents, f"A-nouveau {CHART[account]}")
        for account, cents in sorted(balances.items())
        if cents
    ]
    for line in opened:
        line.entry = Entry("AN", year.first_day, f"AN{year.first_day:%Y}", [])
    carried.sort(key=lambda line: (line.account, line.party, line.entry.on))
    for line in (*opened, *carried):
        yield _row(line, year, parties, letters, number="AN000001", journal="AN", on=year.first_day)
