"""Run the benchmarks asked for and print their table; `--write` puts it in the README.

python -m bench [--quick] [--lines N] [--write] [fec_import table_import …]
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench import aged_balance, emails, fec_import, letters, pages, plan, scoring, table_import
from bench.figures import Figure, say, table
from bench.installation import close_installation, open_installation

README: Final = Path(__file__).parent / "README.md"
SCRIPTS: Final[dict[str, Callable[[int], list[Figure]]]] = {
    "fec_import": fec_import.measure,
    "table_import": table_import.measure,
    "aged_balance": aged_balance.measure,
    "plan": plan.measure,
    "scoring": scoring.measure,
    "letters": letters.measure,
    "emails": emails.measure,
    "pages": pages.measure,
}
FULL, QUICK = 1_000_000, 50_000


def main() -> int:
    """Measure, print, and say with the exit code whether every promise measured is kept."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("scripts", nargs="*", choices=[[], *SCRIPTS], default=[])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} lines: does it run at all?")
    parser.add_argument("--lines", type=int, default=FULL)
    parser.add_argument("--write", action="store_true", help="put the table in bench/README.md")
    asked = parser.parse_args()
    size = QUICK if asked.quick else asked.lines
    figures: list[Figure] = []
    open_installation()
    try:
        for name in asked.scripts or SCRIPTS:
            say(f"— {name}")
            figures += SCRIPTS[name](size)
            say(table(figures[-3:]))
    finally:
        close_installation()
    report = f"{_conditions(size)}\n\n{table(figures)}"
    print(report)
    if asked.write:
        _write(report)
    return 1 if any(figure.is_reached is False for figure in figures) else 0


def _conditions(size: int) -> str:
    python, system = platform.python_version(), platform.system()
    day = datetime.now(UTC).date()
    return f"Measured {day}: {os.cpu_count()} cores, {system}, Python {python}, size {size}."


def _write(report: str) -> None:
    """Replace what stands between the two marks of the README."""
    text = README.read_text("utf-8")
    marked = re.compile(r"(<!-- table -->\n).*(\n<!-- end -->)", re.DOTALL)
    README.write_text(marked.sub(lambda found: found[1] + report + found[2], text), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
