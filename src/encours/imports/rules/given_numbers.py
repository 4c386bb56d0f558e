"""A table of numbers as people paste it: how each row names its invoice, and the number it gets.

An invoice is named by its piece, or by what it says of itself: day, amount, customer. A row that
names none, or several, gives nothing and says so.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from encours.imports.rules.tables import amounts, days
from encours.kernel.issue import Issue
from encours.kernel.money import decimal_text
from encours.parties.rules import plain
from encours.receivables.rules import numbers

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "number": ("NUMERO", "NUMERO DE FACTURE", "N DE FACTURE", "N FACTURE", "NO FACTURE",
               "NUMERO FACTURE", "FACTURE", "INVOICE NUMBER", "INVOICE", "INVOICE NO"),
    "piece": ("PIECE", "PIECEREF", "REFERENCE PIECE", "N PIECE", "N DE PIECE", "NUMERO DE PIECE",
              "REF PIECE", "REFERENCE"),
    "day": ("DATE", "DATE DE FACTURE", "DATE FACTURE", "DATE D EMISSION", "EMISE LE",
            "DATE PIECE", "DATE DE PIECE", "INVOICE DATE"),
    "amount": ("MONTANT", "MONTANT TTC", "TTC", "TOTAL TTC", "TOTAL", "AMOUNT"),
    "customer": ("CLIENT", "CODE CLIENT", "NOM CLIENT", "NOM DU CLIENT", "CODE", "NOM",
                 "COMPTE", "COMPTE CLIENT", "RAISON SOCIALE", "CUSTOMER"),
}  # fmt: skip
DELIMITERS: Final = ";\t,|"
SHOWN: Final = 3
PAIR: Final = 2


@dataclass(frozen=True, slots=True)
class GivenRow:
    """One row: the number, and what names the invoice; None or blank where not said."""

    line: int
    number: str
    piece: str = ""
    day: date | None = None
    cents: int | None = None
    customer: str = ""


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice that a row may name; `number` is the one given before, if any."""

    id: int
    customer_code: str
    customer_name: str
    piece: str
    issued_on: date
    amount_cents: int
    number: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The numbers to give, by invoice, how many rows say what is there, and what is wrong."""

    numbers: Mapping[int, str]
    unchanged: int
    issues: tuple[Issue, ...]


def read_rows(content: bytes) -> tuple[list[GivenRow], list[Issue]]:
    """Read a CSV or pasted cells; two columns without titles are a piece and its number."""
    text = _text(content)
    first = next((line for line in text.splitlines() if line.strip(DELIMITERS + " ")), "")
    delimiter = max(DELIMITERS, key=first.count)
    try:
        cells = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as problem:
        return [], [Issue("numbers_unreadable", f"Tableau illisible : {problem}.")]
    filled = [(at, row) for at, row in enumerate(cells, start=1) if any(map(str.strip, row))]
    if not filled:
        return [], [Issue("numbers_unreadable", "Le tableau est vide.")]
    columns = _columns(filled[0][1])
    if "number" in columns and len(columns) > 1:
        return _read(filled[1:], columns)
    if len(filled[0][1]) == PAIR and not columns:
        return _read(filled, {"piece": 0, "number": 1})
    message = (
        "Il faut une colonne « numéro », et de quoi reconnaître la facture : « pièce », ou "
        "« date », « montant » et « client »."
    )
    return [], [Issue("numbers_columns", message, found=first)]


def find(rows: Sequence[GivenRow], invoices: Iterable[Invoice]) -> Found:
    """Say which invoice each row names; an invoice or a number named twice gives nothing.

    All that a row says must be true of the invoice, and of no other.
    """
    known = _Index(invoices)
    issues: list[Issue] = []
    named: list[tuple[GivenRow, Invoice]] = []
    for row in rows:
        met = known.meeting(row)
        if len(met) == 1:
            named.append((row, met[0]))
        else:
            issues.append(_none(row) if not met else _several(row, met))
    said = {(one.id, row.number) for row, one in named}
    by_invoice = Counter(invoice_id for invoice_id, _ in said)
    by_number = Counter(numbers.compared(number) for _, number in said)
    kept: dict[int, str] = {}
    unchanged = 0
    for row, one in named:
        if by_invoice[one.id] > 1 or by_number[numbers.compared(row.number)] > 1:
            issues.append(_twice(row))
        elif one.number == row.number:
            unchanged += 1
        else:
            kept[one.id] = row.number
    issues.sort(key=lambda issue: issue.line)
    return Found(kept, unchanged, tuple(issues))


class _Index:
    """Invoices by what a row may say first: their piece, else their amount."""

    def __init__(self, invoices: Iterable[Invoice]) -> None:
        self._by_piece: dict[str, list[Invoice]] = {}
        self._by_cents: dict[int, list[Invoice]] = {}
        for one in invoices:
            self._by_piece.setdefault(numbers.compared(one.piece), []).append(one)
            self._by_cents.setdefault(one.amount_cents, []).append(one)

    def meeting(self, row: GivenRow) -> list[Invoice]:
        """Return those of which all that the row says is true."""
        if row.piece:
            first = self._by_piece.get(numbers.compared(row.piece), [])
        else:
            first = self._by_cents.get(row.cents if row.cents is not None else -1, [])
        return [one for one in first if _meets(row, one)]


def _meets(row: GivenRow, one: Invoice) -> bool:
    names = {plain(one.customer_code), plain(one.customer_name)}
    return (
        (row.cents is None or row.cents == one.amount_cents)
        and (row.day is None or row.day == one.issued_on)
        and (not row.customer or plain(row.customer) in names)
    )


def _columns(titles: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, title in enumerate(titles):
        words = plain(title)
        for name, usual in COLUMNS.items():
            if words in usual and name not in found:
                found[name] = at
    return found


def _read(
    rows: Sequence[tuple[int, list[str]]], columns: Mapping[str, int]
) -> tuple[list[GivenRow], list[Issue]]:
    cells = {
        name: [row[at].strip() if at < len(row) else "" for _, row in rows]
        for name, at in columns.items()
    }
    blank = [""] * len(rows)
    texts = pl.Series(cells.get("amount", blank), dtype=pl.String)
    cents = amounts.to_cents(texts, amounts.decimals_of(texts))["cents"].to_list()
    order = days.order_of(cells.get("day", blank))
    found: list[GivenRow] = []
    issues: list[Issue] = []
    for at, (line, _) in enumerate(rows):
        said = {name: values[at] for name, values in cells.items()}
        row = GivenRow(
            line,
            numbers.cleaned(said.get("number", "")),
            said.get("piece", ""),
            days.read_day(said["day"], order) if said.get("day") else None,
            cents[at],
            said.get("customer", ""),
        )
        wrong = list(_faults(row, said))
        issues += wrong
        if row.number and not wrong:
            found.append(row)
    return found, issues


def _faults(row: GivenRow, said: Mapping[str, str]) -> Iterator[Issue]:
    """Say what cannot be read of a row; one without a number is simply not filled in."""
    if not row.number:
        return
    warning = {"line": row.line, "severity": "warning"}
    if fault := numbers.fault_of(row.number):
        yield Issue("number_invalid", f"{fault}.", found=row.number, **warning)  # type: ignore[arg-type]
    for name, value, what in (
        ("day", row.day, "une date"),
        ("amount", row.cents, "un montant"),
    ):
        if said.get(name) and value is None:
            told = f"« {said[name]} » n'est pas {what} : la ligne est laissée de côté."
            yield Issue("number_unreadable", told, found=said[name], **warning)  # type: ignore[arg-type]
    if not row.piece and row.cents is None:
        told = "Rien ne dit de quelle facture il s'agit : donnez sa pièce, ou son montant."
        yield Issue("number_unnamed", told, found=row.number, **warning)  # type: ignore[arg-type]


def _none(row: GivenRow) -> Issue:
    return Issue(
        "number_no_invoice",
        "Aucune facture sans numéro ne correspond à cette ligne.",
        row.line,
        found=row.number,
        severity="warning",
    )


def _several(row: GivenRow, met: Sequence[Invoice]) -> Issue:
    shown = ", ".join(
        f"{one.customer_name} {one.issued_on:%d/%m/%Y} {decimal_text(one.amount_cents)}"
        for one in met[:SHOWN]
    )
    more = ", …" if len(met) > SHOWN else ""
    return Issue(
        "number_ambiguous",
        f"{len(met)} factures correspondent ({shown}{more}) : précisez la date, le montant ou le "
        "client.",
        row.line,
        found=row.number,
        severity="warning",
    )


def _twice(row: GivenRow) -> Issue:
    return Issue(
        "number_twice",
        "Deux lignes donnent deux numéros à une facture, ou un numéro à deux factures : aucune "
        "n'est prise.",
        row.line,
        found=row.number,
        severity="warning",
    )


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
