"""Import of big tables of movements: CSV and XLSX, rates, processor time, peak memory.

Memory is taken at two sizes of the same table: that of a CSV must not grow with the file.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from bench import doors, limits, tables
from bench.figures import Figure, say, spaced
from bench.installation import found_books

SMALLER: Final = 4
OF_XLSX: Final = 10
FLAT: Final = 1.25
"""How much more memory four times the rows may take."""


def measure(size: int) -> list[Figure]:
    """Import a CSV of so many rows, a quarter of it, and a workbook of a tenth."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        mapping = tables.write_mapping(home)
        text, less = tables.write_csv(home, size), tables.write_csv(home, size // SMALLER)
        book = tables.write_xlsx(home, size // OF_XLSX)
        csv = _figure(
            f"table import, CSV, {spaced(size)} rows",
            text, mapping, lambda: limits.table_and_copy(text), _flatness(less, text, mapping),
        )  # fmt: skip
        peak = _peak(book, mapping)
        xlsx = _figure(
            f"table import, XLSX, {spaced(size // OF_XLSX)} rows",
            book, mapping, lambda: limits.read_workbook(book), f"peak {peak:.0f} MB",
        )  # fmt: skip
    return [csv, xlsx]


def _figure(work: str, path: Path, mapping: Path, least: Callable[[], int], note: str) -> Figure:
    """Time the import and its limit, elapsed and of the processor (the server's own apart)."""
    wall, used = time.perf_counter(), time.process_time()
    rows = least()
    limit, limit_cpu = time.perf_counter() - wall, time.process_time() - used
    books = found_books(f"BANC-{path.suffix[1:].upper()}")
    used = time.process_time()
    done = doors.run(*_words(path, mapping, books.code))
    cpu = time.process_time() - used
    told = json.loads(done.text)
    assert told["applied"], done.text[:2000]
    assert told["control"]["ok"], told["control"]
    assert told["counts"]["invoices"] + told["counts"]["payments"] == rows, told["counts"]
    rate = f"{spaced(round(rows / done.duration_s))} rows/s"
    said = f"{rate}; CPU {cpu:.1f} s, limit {limit_cpu:.1f} s; {note}"
    say(f"{work}: {said}")
    return Figure(work, done.duration_s, limit, note=said)


def _flatness(less: Path, text: Path, mapping: Path) -> str:
    small, large = _peak(less, mapping), _peak(text, mapping)
    flat = "flat" if large <= FLAT * small else "NOT FLAT"
    return f"peak {small:.0f} MB at a quarter, {large:.0f} MB whole: {flat}"


def _peak(path: Path, mapping: Path) -> float:
    books = found_books(f"BANC-M{path.stat().st_size % 1_000_000}")
    return doors.peak_mb(*_words(path, mapping, books.code))


def _words(path: Path, mapping: Path, code: str) -> tuple[str, ...]:
    return ("import", "table", str(path), "--creditor", code, "--mapping", str(mapping), "--json")
