"""What an import needs from outside: something that reads a ledger export.

A reader turns a file into a `Ledger` (`encours.imports.rules.ledger`): customer lines, sums of
the others, totals, and every problem as an Issue. It never raises on what a file contains: a
file it cannot read is an empty `Ledger` with one issue of severity error.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from encours.imports.rules.ledger import Layout, Ledger, Totals
from encours.kernel.registry import Registry

Progress = Callable[[int, int], None]
"""Called with the bytes read and the size of the file, a few times a second at most."""


class LedgerReader(Protocol):
    """Reads one kind of ledger export."""

    code: str

    def recognises(self, head: bytes, name: str) -> bool:
        """Say whether a file is of this kind from its first 64 kB and its name."""
        ...

    def read(self, path: Path, *, name: str = "", progress: Progress | None = None) -> Ledger:
        """Read a whole file in bounded memory; `name` is the one the user gave it."""
        ...


READERS: Registry[LedgerReader] = Registry("ledger reader")

__all__ = ["READERS", "Layout", "Ledger", "LedgerReader", "Progress", "Totals"]
