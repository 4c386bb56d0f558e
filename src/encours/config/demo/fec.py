"""Write FEC files: the eighteen columns of LPF, article A47 A-1, and the variants it allows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

COLUMNS: Final = (
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
)
DEBIT: Final = COLUMNS.index("Debit")


@dataclass(frozen=True, slots=True)
class FecRow:
    """One line of a ledger export; a debit is positive."""

    journal_code: str
    journal_name: str
    entry_number: str
    entry_on: date
    account: str
    account_name: str
    party: str
    party_name: str
    piece: str
    piece_on: date
    label: str
    cents: int
    letter: str = ""
    lettered_on: date | None = None
    validated_on: date | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """A way of writing the same rows: separator, encoding, columns and form of the amounts.

    `signed` writes credits as negative debits; `padded` fills with zeros as old programs do.
    """

    separator: Literal["\t", "|"] = "\t"
    encoding: str = "utf-8"
    newline: str = "\r\n"
    amounts: Literal["debit_credit", "amount_side"] = "debit_credit"
    sides: tuple[str, str] = ("D", "C")
    signed: bool = False
    padded: bool = False
    bom: bool = False


LEGAL: Final = Layout()
PIPE: Final = Layout(separator="|", encoding="iso-8859-15")
AMOUNT_SIDE: Final = Layout(amounts="amount_side")


def file_name(siren: str, closing: date) -> str:
    """Return the legal name of the file: SirenFECAAAAMMJJ."""
    return f"{siren}FEC{closing:%Y%m%d}.txt"


def render(rows: Iterable[FecRow], layout: Layout = LEGAL) -> bytes:
    """Return the file, header included; a character that the encoding lacks becomes `?`."""
    header = list(COLUMNS)
    if layout.amounts == "amount_side":
        header[DEBIT : DEBIT + 2] = ["Montant", "Sens"]
    lines = [layout.separator.join(header)]
    lines += [layout.separator.join(_cells(row, layout)) for row in rows]
    text = layout.newline.join([*lines, ""])
    return (b"\xef\xbb\xbf" if layout.bom else b"") + text.encode(layout.encoding, "replace")


def _cells(row: FecRow, layout: Layout) -> list[str]:
    return [
        row.journal_code,
        row.journal_name,
        row.entry_number,
        _day(row.entry_on),
        row.account,
        row.account_name,
        row.party,
        row.party_name,
        row.piece,
        _day(row.piece_on),
        row.label,
        *_amounts(row.cents, layout),
        row.letter,
        _day(row.lettered_on),
        _day(row.validated_on),
        "",
        "",
    ]


def _day(day: date | None) -> str:
    return f"{day:%Y%m%d}" if day else ""


def _amounts(cents: int, layout: Layout) -> tuple[str, str]:
    if layout.amounts == "amount_side":
        return _text(abs(cents), layout), layout.sides[0] if cents >= 0 else layout.sides[1]
    if layout.signed:
        return _text(cents, layout), _text(0, layout)
    return _text(max(cents, 0), layout), _text(max(-cents, 0), layout)


def _text(cents: int, layout: Layout) -> str:
    """Write an amount with the comma that the law asks for."""
    sign = "-" if cents < 0 else "+" if layout.padded else ""
    whole, rest = divmod(abs(cents), 100)
    return f"{sign}{whole:09d},{rest:02d}" if layout.padded else f"{sign}{whole},{rest:02d}"
