"""What the hostile ledgers are made of: documents, the ways to settle them, their entries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Literal

from encours.config.demo.fec import LEGAL, Layout
from encours.config.demo.model import Entry, Group, Line

YEAR: Final = 2025
FIRST, LAST, NEXT = date(YEAR, 1, 1), date(YEAR, 12, 31), date(YEAR + 1, 12, 31)
CUT: Final = date(YEAR, 8, 31)
SIREN: Final = "000325175"
DEBTOR: Final = ("411000", "413000", "416000")
CUSTOMERS: Final = (
    ("DUPON01", "Dupont & Fils SARL"),
    ("EPICE02", 'Épicerie "Chez Zoé"'),
    ("MAIRI03", "Mairie de Val-d'Érable"),
)
JOURNALS: Final = {"AN": "A nouveaux", "VE": "Ventes", "BQ": "Banque", "OD": "Op. diverses"}
Parties = Literal["aux", "sub_account", "label"]
Shape = Literal["one_year", "next_year", "provisional"]
Settling = Literal[
    "open",
    "full",
    "partial",
    "overpaid",
    "named",
    "loose",
    "twins",
    "credited",
    "reversed",
    "together",
    "difference",
    "bill",
    "doubtful",
]
SETTLINGS: Final[tuple[Settling, ...]] = (
    *("open", "full", "partial", "overpaid", "named", "loose", "twins"),
    *("credited", "reversed", "together", "difference", "bill", "doubtful"),
)


@dataclass(frozen=True, slots=True)
class Options:
    """The dress of a ledger: how customers, amounts, letters and years are written."""

    parties: Parties = "aux"
    layout: Layout = LEGAL
    shape: Shape = "one_year"
    reused_letters: bool = False
    numbered_by_file: bool = False
    number_format: str = "FA{:05d}"
    first_number: int = 1
    opened: bool = True


@dataclass(frozen=True, slots=True)
class Document:
    """One invoice to come and how it is settled."""

    customer: int
    day: int
    cents: int
    parts: int
    settling: Settling
    delay: int
    percent: int
    lag: int


@dataclass(frozen=True, slots=True)
class Case:
    """An invoice written, and the day on which it is settled."""

    document: Document
    number: str
    lines: list[Line]
    on: date


@dataclass(slots=True)
class Writer:
    """Writes the entries of all documents; nothing after `last` is written."""

    last: date
    options: Options
    entries: list[Entry] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    claims: list[tuple[str, Line]] = field(default_factory=list)
    loose: list[Entry] = field(default_factory=list)
    waiting: defaultdict[int, list[Line]] = field(default_factory=lambda: defaultdict(list))
    count: int = field(init=False)

    def __post_init__(self) -> None:
        """Number documents from where the options say."""
        self.count = self.options.first_number - 1

    def write(self, document: Document) -> None:
        """Write the invoice, then what settles it."""
        self.count += 1
        number = self.options.number_format.format(self.count)
        on = FIRST + timedelta(days=document.day)
        lines = self._invoice(document, number, on)
        if document.settling == "open":
            self.loose.append(self.entries[-1])
            return
        later = on + timedelta(days=document.delay)
        if later <= self.last:
            settle = getattr(self, f"_{document.settling}")
            settle(Case(document, number, lines, later))

    def write_bank_fees(self) -> None:
        """End each period with an entry that is nobody's; `opened`: begin the year with one too.

        Otherwise the year's first entry may be one that a newer export no longer has.
        """
        for on in (*([FIRST] if self.options.opened else []), CUT, LAST, NEXT):
            if on <= self.last:
                fees = (Line("627000", 890, "FRAIS"), Line("512000", -890, "FRAIS"))
                self._record("BQ", on, "FRAIS", *fees)

    def _line(self, document: Document, cents: int, text: str, account: str = DEBTOR[0]) -> Line:
        code, name = CUSTOMERS[document.customer]
        label = name if self.options.parties == "label" else f"{text} {name}"
        return Line(account, cents, label, code)

    def _record(self, journal: str, on: date, piece: str, *lines: Line) -> Entry:
        self.entries.append(Entry(journal, on, piece, list(lines)))
        return self.entries[-1]

    def _letter(self, case: Case, *lines: Line) -> None:
        latest = max(line.entry.on for line in lines)
        group = next((line.group for line in lines if line.group), None) or Group()
        if group not in self.groups:
            self.groups.append(group)
        for line in lines:
            if line.group is None:
                line.group = group
                group.lines.append(line)
        group.lettered_on = latest + timedelta(
            days=case.document.lag if len(group.lines) == 2 else 0
        )

    def _invoice(self, document: Document, number: str, on: date) -> list[Line]:
        part = document.cents // document.parts
        amounts = [part] * (document.parts - 1)
        amounts.append(document.cents - sum(amounts))
        owed = [self._line(document, cents, number) for cents in amounts]
        net = document.cents * 5 // 6
        sold = Line("707000", -net, number)
        vat = Line("445710", net - document.cents, number)
        self._record("VE", on, number, *owed, sold, vat)
        self.claims += [(number, line) for line in owed]
        return owed

    def _receive(
        self, case: Case, cents: int, text: str, *, on: date | None = None, piece: str = ""
    ) -> Line:
        account = "413000" if text == "EFFET" else DEBTOR[0]
        credit = self._line(case.document, -cents, f"VIR {text}".strip(), account)
        self.count += 1
        paid_in = Line("512000", cents, "VIR")
        self._record("BQ", on or case.on, piece or f"R{self.count}", paid_in, credit)
        return credit

    def _full(self, case: Case) -> None:
        credit = self._receive(case, case.document.cents, "")
        self._letter(case, *case.lines, credit)

    def _partial(self, case: Case) -> None:
        first = case.lines[0]
        cents = max(1, first.cents * case.document.percent // 100)
        self._letter(case, first, self._receive(case, cents, "ACPTE"))

    def _overpaid(self, case: Case) -> None:
        credit = self._receive(case, case.document.cents + case.document.percent, "")
        self._letter(case, *case.lines, credit)

    def _named(self, case: Case) -> None:
        """Pay without a letter: the piece is the invoice's number, so the invoice has one line."""
        if len(case.lines) == 1:
            text = case.number if case.document.lag % 2 else ""
            credit = self._receive(case, case.document.cents, text, piece=case.number)
            group = Group([case.lines[0], credit], None, proven=True)
            case.lines[0].group = credit.group = group
            self.groups.append(group)

    def _loose(self, case: Case) -> None:
        self._receive(case, case.document.cents + case.document.percent, "SANS REFERENCE")
        self.loose.append(self.entries[-1])

    def _twins(self, case: Case) -> None:
        """Receive twice the very same thing, piece included: both count."""
        for _ in range(2):
            self._receive(case, case.document.percent, "JUMEAU", piece=f"J{case.document.day}")

    def _credited(self, case: Case) -> None:
        back = max(1, case.document.cents * case.document.percent // 100)
        self.count += 1
        credit = self._line(case.document, -back, "AVOIR")
        self._record("VE", case.on, f"AV{self.count:05d}", credit, Line("707000", back, "AVOIR"))
        rest = case.document.cents - back
        later = case.on + timedelta(days=case.document.lag)
        if len(case.lines) == 1 and later > self.last:
            self._letter(case, case.lines[0], credit)
        elif later <= self.last:
            paid = [self._receive(case, rest, "", on=later)] if rest else []
            self._letter(case, *case.lines, credit, *paid)

    def _reversed(self, case: Case) -> None:
        """Reverse the whole invoice under its own number."""
        text = f"ANNULATION {case.number}"
        back = [self._line(case.document, -line.cents, text) for line in case.lines]
        sold = Line("707000", case.document.cents, text)
        self._record("VE", case.on, case.number, *back, sold)
        self._letter(case, *case.lines, *back)
        back[0].group.lettered_on = case.on  # type: ignore[union-attr]

    def _together(self, case: Case) -> None:
        waiting = self.waiting[case.document.customer]
        waiting += case.lines
        if len(waiting) > len(case.lines):
            day = max(case.on, *(line.entry.on for line in waiting))
            total = sum(line.cents for line in waiting)
            self._letter(case, *waiting, self._receive(case, total, "RELEVE", on=day))
            waiting.clear()

    def _difference(self, case: Case) -> None:
        gap = case.document.percent
        credit = self._receive(case, case.document.cents - gap, "")
        small = self._line(case.document, -gap, "ECART")
        self._record("OD", case.on, f"E{self.count}", small, Line("658000", gap, "ECART"))
        self._letter(case, *case.lines, credit, small)

    def _moved(self, case: Case, line: Line, account: str) -> Line:
        ends = self._line(case.document, -line.cents, f"{account} {case.number}")
        goes_on = self._line(case.document, line.cents, f"{account} {case.number}", account)
        ends.continued = goes_on
        self._record("OD", case.on, case.number, goes_on, ends)
        self._letter(case, line, ends)
        ends.group.lettered_on = case.on  # type: ignore[union-attr]
        return goes_on

    def _bill(self, case: Case) -> None:
        if len(case.lines) == 1:
            owed = self._moved(case, case.lines[0], "413000")
            later = case.on + timedelta(days=case.document.percent)
            if later <= self.last:
                credit = self._receive(case, owed.cents, "EFFET", on=later)
                self._letter(case, owed, credit)

    def _doubtful(self, case: Case) -> None:
        if len(case.lines) == 1:
            self._moved(case, case.lines[0], "416000")
