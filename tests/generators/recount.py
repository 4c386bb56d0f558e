"""What is open, worked out a second time from the rows of the files alone.

Shares nothing with the generators: letters, moves between accounts and references are read in
the rows. Two lines alike in everything are one here: no twins, no equal parts of an invoice.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from encours.config.demo.fec import FecRow

DEBTOR = ("411", "413", "416", "419")
Node = tuple[str, str, str, date, str, int]
Files = Sequence[Sequence[FecRow]]


def rows(files: Files) -> list[FecRow]:
    return [row for file in files for row in file]


def node(row: FecRow) -> Node:
    """Name a line in a way that survives being carried over."""
    return (row.account, row.party, row.piece, row.piece_on, row.label, row.cents)


def lettered_groups(files: Files) -> list[set[Node]]:
    """Join the lines that share a letter in some year, whatever its case."""
    group_of: dict[Node, set[Node]] = {}
    for file in files:
        shared: defaultdict[tuple[str, str, str], set[Node]] = defaultdict(set)
        for row in file:
            if row.letter and row.account.startswith(DEBTOR):
                shared[row.account, row.party, row.letter.upper()].add(node(row))
        for members in shared.values():
            joined = set().union(members, *(group_of[m] for m in members if m in group_of))
            group_of |= dict.fromkeys(joined, joined)
    return list({id(group): group for group in group_of.values()}.values())


def moves_to_other_accounts(files: Files) -> dict[Node, Node]:
    """Find the claims moved from 411 to 413 or 416: two customer lines, one entry."""
    entries: defaultdict[tuple[int, str, str], list[FecRow]] = defaultdict(list)
    for position, file in enumerate(files):
        for row in file:
            if row.journal_code != "AN":
                entries[position, row.journal_code, row.entry_number].append(row)
    moved = {}
    for lines in entries.values():
        ends = [r for r in lines if r.account.startswith("411") and r.cents < 0]
        goes_on = [r for r in lines if r.account.startswith(("413", "416")) and r.cents > 0]
        if ends and goes_on:
            moved[node(ends[0])] = node(goes_on[0])
    return moved


def named_settlements(files: Files, groups: Iterable[set[Node]]) -> set[Node]:
    """Find the invoices that nobody lettered but that one receipt quotes as its piece and pays exactly."""
    known = {n for group in groups for n in group}
    loose = {node(r) for r in rows(files) if r.account.startswith("411")} - known
    credits_of = defaultdict(list)
    for one in loose:
        if one[5] < 0:
            credits_of[one[1], one[2]].append(-one[5])
    return {n for n in loose if n[5] > 0 and n[5] in credits_of[n[1], n[2]]}


def open_by_rows(files: Files) -> dict[str, int]:
    """Return what is open by document, leaving out what is not."""
    groups = lettered_groups(files)
    group_of = {n: group for group in groups for n in group}
    moved = moves_to_other_accounts(files)
    named = named_settlements(files, groups)

    def rest(one: Node) -> int:
        group = group_of.get(one)
        if group is None:
            return 0 if one in named else one[5]
        goes_on = [moved[n] for n in group if n in moved]
        if goes_on:
            return rest(goes_on[0])
        return max(0, sum(n[5] for n in group)) if sum(n[5] > 0 for n in group) == 1 else 0

    found: Counter[str] = Counter()
    claims = {
        node(row)
        for row in rows(files)
        if row.account.startswith("411") and row.cents > 0 and row.journal_code in ("VE", "AN")
    }
    claims |= {node(r) for r in rows(files) if r.piece.startswith("IMP") and r.party}
    for one in claims:
        found[one[2]] += rest(one)
    return +found
