"""FECs written in a line each, so that a test reads like a page of a ledger."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import polars as pl

from encours.imports.readers.fec import Fec
from encours.imports.rules.derive import derive
from encours.imports.rules.derived import Derived
from encours.imports.rules.ledger import Ledger

HEADER: Final = (
    "JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|"
    "PieceRef|PieceDate|EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|Idevise"
)
JOURNALS: Final = {
    "VE": "Ventes",
    "BQ": "Banque",
    "AN": "A nouveaux",
    "OD": "Opérations diverses",
}
FIELDS: Final = 9


def row(line: str) -> str:
    """Write a line `journal number day account aux piece amount letter label…` as 18 fields.

    `-` is an empty cell; an amount above zero is a debit; the day is AAAAMMJJ, perhaps followed
    by `/` and the piece's own day.
    """
    journal, number, days, account, aux, piece, amount, letter, label = [
        "" if cell == "-" else cell for cell in (*line.split(maxsplit=FIELDS - 1), "-")[:FIELDS]
    ]
    day, _, piece_day = days.partition("/")
    cents = amount.lstrip("-").replace(".", ",")
    debit, credit = ("0,00", cents) if amount.startswith("-") else (cents, "0,00")
    name = f"Client {aux}" if aux else ""
    return "|".join(
        (
            *(journal, JOURNALS.get(journal, journal), number, day, account, f"Compte {account}"),
            *(aux, name, piece, piece_day or day, label, debit, credit, letter, "", day, "", ""),
        )
    )


def read(content: bytes | str, name: str = "000325175FEC20241231.txt") -> Ledger:
    """Read a file of these bytes."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "fichier"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return Fec().read(path, name=name)


def ledger(lines: str | Iterable[str]) -> Ledger:
    """Read a ledger written one line a row."""
    rows = (
        [text for text in lines.splitlines() if text.strip()] if isinstance(lines, str) else lines
    )
    return read("\n".join([HEADER, *(row(line) for line in rows)]))


def derived(lines: str | Iterable[str]) -> Derived:
    """Derive a ledger written one line a row."""
    return derive(ledger(lines))


def codes(found: Derived | Ledger) -> set[tuple[str, str]]:
    """Return what was found, with its severity."""
    return {(issue.code, issue.severity) for issue in found.issues}


def table(frame: pl.DataFrame, *names: str) -> list[tuple[object, ...]]:
    """Return some columns as sorted tuples."""
    return sorted(frame.select(names).iter_rows(), key=repr)
