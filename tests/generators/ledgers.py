"""Small hostile ledgers: FEC bytes in every legal dress, each with what an importer must answer.

`small_ledgers()` is a Hypothesis strategy. A ledger is a list of exports to import in order;
each export carries the truth after it: open amount by document, net by customer.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import strategies as st
from tests.generators.books import (
    CUSTOMERS,
    CUT,
    FIRST,
    JOURNALS,
    LAST,
    NEXT,
    SETTLINGS,
    SIREN,
    YEAR,
    Document,
    Options,
    Parties,
    Shape,
    Writer,
)

from encours.config.demo.exercises import state_of
from encours.config.demo.fec import FecRow, Layout, file_name, render
from encours.config.demo.model import Entry, Group, Line
from encours.config.demo.truth import open_of


@dataclass(frozen=True, slots=True)
class SmallTruth:
    """The answers after an export: (customer, amount, open) by number; net by customer.

    A customer is named by auxiliary code, sub-account or, in a ledger without either, name.
    """

    on: date
    documents: Mapping[str, tuple[str, int, int]]
    nets: Mapping[str, int]

    def unallocated(self, customer: str) -> int:
        """Return what was received and settles nothing: negative or zero."""
        owed = sum(left for code, _, left in self.documents.values() if code == customer)
        return self.nets.get(customer, 0) - owed


@dataclass(frozen=True, slots=True)
class Export:
    """One file to import, and the truth once it is in."""

    name: str
    content: bytes
    rows: tuple[FecRow, ...]
    truth: SmallTruth


@dataclass(frozen=True, slots=True)
class SmallLedger:
    """Exports to import in order; `withdrawn` are the numbers that the last one drops."""

    options: Options
    exports: tuple[Export, ...]
    withdrawn: tuple[str, ...] = ()


def customer_key(code: str, options: Options) -> str:
    """Return how the file names a customer."""
    name = dict(CUSTOMERS)[code]
    return {"aux": code, "sub_account": f"411{code}", "label": name}[options.parties]


def _account(line: Line, options: Options) -> str:
    return line.account[:3] + line.party if _is_sub(line, options) else line.account


def _is_sub(line: Line, options: Options) -> bool:
    return bool(line.party) and options.parties == "sub_account"


def _letters(
    groups: Sequence[Group], options: Options, *, first: date, on: date
) -> dict[int, tuple[str, date]]:
    """Give letters by account and customer, starting again each year; perhaps reused within it."""
    alive = []
    for group in groups:
        state = state_of(group, on)
        if state and state_of(group, first - timedelta(days=1)) != "full":
            there = [line for line in group.lines if line.entry.on <= on]
            alive.append((min(max(line.entry.on, first) for line in there), state, there, group))
    alive.sort(key=lambda found: found[0])
    ends: defaultdict[tuple[str, str], list[date]] = defaultdict(list)
    letters: dict[int, tuple[str, date]] = {}
    for start, state, there, group in alive:
        party = "" if options.parties == "label" else there[0].party
        used = ends[there[0].account, party]
        latest = max(max(line.entry.on, first) for line in there)
        free = [n for n, end in enumerate(used) if end < start and state == "full"]
        rank = free[0] if options.reused_letters and free else len(used)
        used[rank : rank + 1] = [latest if state == "full" else date.max]
        letter = f"A{chr(65 + rank)}" if rank < 26 else f"B{chr(65 + rank % 26)}{rank // 26}"
        lettered = max(group.lettered_on or latest, latest) if state == "full" else latest
        for line in there:
            letters[id(line)] = (letter if state == "full" else letter.lower(), lettered)
    return letters


def _rows(
    entries: Sequence[Entry], groups: Sequence[Group], options: Options, *, first: date, on: date
) -> Iterator[FecRow]:
    letters = _letters(groups, options, first=first, on=on)
    carried = [
        line
        for entry in entries
        if entry.on < first
        for line in entry.lines
        if line.party
        and (line.group is None or state_of(line.group, first - timedelta(days=1)) != "full")
    ]
    if carried:
        total = sum(line.cents for line in carried)
        rest = Line("110000", -total, "Report à nouveau")
        rest.entry = Entry("AN", first, "AN", [])
        for line in (*carried, rest):
            yield _row(line, options, letters, journal="AN", number="1", on=first)
    counts: Counter[str] = Counter(AN=1) if carried else Counter()
    for entry in sorted(entries, key=lambda one: one.on):
        if first <= entry.on <= on:
            counts[entry.journal] += 1
            number = counts[entry.journal]
            if options.numbered_by_file:
                number = sum(counts.values())
            for line in entry.lines:
                if line.cents:
                    yield _row(
                        line,
                        options,
                        letters,
                        journal=entry.journal,
                        number=str(number),
                        on=entry.on,
                    )


def _row(
    line: Line,
    options: Options,
    letters: Mapping[int, tuple[str, date]],
    *,
    journal: str,
    number: str,
    on: date,
) -> FecRow:
    letter, lettered = letters.get(id(line), ("", None))
    aux = bool(line.party) and options.parties == "aux"
    name = dict(CUSTOMERS).get(line.party, "")
    return FecRow(
        journal_code=journal,
        journal_name=JOURNALS[journal],
        entry_number=number,
        entry_on=on,
        account=_account(line, options),
        account_name=name if _is_sub(line, options) else f"Compte {line.account}",
        party=line.party if aux else "",
        party_name=name if aux else "",
        piece=line.entry.piece,
        piece_on=line.entry.on,
        label=line.label,
        cents=line.cents,
        letter=letter,
        lettered_on=lettered,
        validated_on=on,
    )


def _truth(
    entries: Sequence[Entry], claims: Sequence[tuple[str, Line]], options: Options, on: date
) -> SmallTruth:
    there = {id(entry) for entry in entries if entry.on <= on}
    documents: dict[str, tuple[str, int, int]] = {}
    for number, line in claims:
        if id(line.entry) in there:
            _, amount, left = documents.get(number, ("", 0, 0))
            rest = _open(line, on)
            customer = customer_key(line.party, options)
            documents[number] = (customer, amount + line.cents, left + rest)
    nets: Counter[str] = Counter()
    for entry in entries:
        if entry.on <= on:
            for line in entry.lines:
                if line.party:
                    nets[customer_key(line.party, options)] += line.cents
    return SmallTruth(on, documents, dict(nets))


def _open(line: Line, on: date) -> int:
    """Return what is open on a date; what a later letter or receipt settles still is."""
    group = line.group
    if group is None or (group.proven and any(one.entry.on > on for one in group.lines)):
        return line.cents
    if not group.proven and not state_of(group, on):
        return line.cents
    moved = [one.continued for one in group.lines if one.continued and one.entry.on <= on]
    if moved:
        return _open(moved[0], on)
    there = [one for one in group.lines if one.entry.on <= on]
    if len(there) == len(group.lines):
        return open_of(line, on)[0]
    return max(0, sum(one.cents for one in there))


def _export(
    writer: Writer, entries: Sequence[Entry], *, first: date, on: date, closing: date
) -> Export:
    options = writer.options
    rows = tuple(_rows(entries, writer.groups, options, first=first, on=on))
    return Export(
        file_name(SIREN, closing),
        render(rows, options.layout),
        rows,
        _truth(entries, writer.claims, options, on),
    )


def build(options: Options, documents: Sequence[Document], dropped: int = 0) -> SmallLedger:
    """Write the documents into exports; `dropped` picks what a provisional export still had."""
    writer = Writer(NEXT if options.shape == "next_year" else LAST, options)
    for document in sorted(documents, key=lambda one: one.day):
        writer.write(document)
    writer.write_bank_fees()
    whole = writer.entries
    if options.shape == "next_year":
        return SmallLedger(
            options,
            (
                _export(writer, whole, first=FIRST, on=LAST, closing=LAST),
                _export(writer, whole, first=date(YEAR + 1, 1, 1), on=NEXT, closing=NEXT),
            ),
        )
    last = _export(writer, whole, first=FIRST, on=LAST, closing=LAST)
    if options.shape == "one_year":
        return SmallLedger(options, (last,))
    return _provisional(writer, dropped)


def _provisional(writer: Writer, dropped: int) -> SmallLedger:
    """Export the year twice: cut in August, then whole, renumbered, with some entries replaced.

    What only one of the two has is unsettled: an open invoice or a receipt without a letter.
    """
    early = [entry for entry in writer.loose if entry.on <= CUT]
    gone = [entry for position, entry in enumerate(early) if (position + dropped) % 3 == 0]
    came = [entry for position, entry in enumerate(early) if (position + dropped) % 3 == 1]
    first = [entry for entry in writer.entries if entry not in came]
    second = [entry for entry in writer.entries if entry not in gone]
    return SmallLedger(
        writer.options,
        (
            _export(writer, first, first=FIRST, on=CUT, closing=LAST),
            _export(writer, second, first=FIRST, on=LAST, closing=LAST),
        ),
        tuple(entry.piece for entry in gone),
    )


def layouts() -> st.SearchStrategy[Layout]:
    """Every dress that the law allows and programs use."""
    return st.builds(
        Layout,
        separator=st.sampled_from(("\t", "|")),
        encoding=st.sampled_from(("utf-8", "iso-8859-15", "cp1252")),
        newline=st.sampled_from(("\n", "\r\n", "\r", "\r\r\n")),
        amounts=st.sampled_from(("debit_credit", "amount_side")),
        sides=st.sampled_from((("D", "C"), ("+1", "-1"))),
        signed=st.booleans(),
        padded=st.booleans(),
    ) | st.builds(Layout, bom=st.just(True))


def any_options(
    parties: Sequence[Parties] = ("aux", "sub_account"),
    shapes: Sequence[Shape] = ("one_year", "next_year", "provisional"),
    opened: Sequence[bool] = (True, False),
) -> st.SearchStrategy[Options]:
    """Any dress; a ledger without customer accounts must be asked for."""
    return st.builds(
        Options,
        parties=st.sampled_from(parties),
        layout=layouts(),
        shape=st.sampled_from(shapes),
        reused_letters=st.booleans(),
        numbered_by_file=st.booleans(),
        number_format=st.sampled_from(("FA{:05d}", "18{:04d}", "F-2025/{:03d}")),
        first_number=st.sampled_from((1, 4_000)),
        opened=st.sampled_from(opened),
    )


def documents() -> st.SearchStrategy[Document]:
    """One invoice of any size, on any day, settled in any way or not."""
    return st.builds(
        Document,
        customer=st.integers(0, len(CUSTOMERS) - 1),
        day=st.integers(0, 364),
        cents=st.integers(1_000, 9_999_999),
        parts=st.sampled_from((1, 1, 1, 2, 3)),
        settling=st.sampled_from(SETTLINGS),
        delay=st.integers(0, 150),
        percent=st.integers(1, 99),
        lag=st.integers(0, 12),
    )


@st.composite
def small_ledgers(
    draw: st.DrawFn, options: st.SearchStrategy[Options] | None = None, most: int = 12
) -> SmallLedger:
    """Draw a ledger; twelve documents are enough to be nasty."""
    found = draw(st.lists(documents(), min_size=1, max_size=most))
    return build(
        draw(any_options() if options is None else options), found, draw(st.integers(0, 2))
    )
