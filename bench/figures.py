"""A figure: our time beside the limit measured in the same run, and the table of them."""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

RUNS: Final = 3
MISSING: Final = "–"


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table; `to_reach` is a multiple of the limit, `at_most_s` a time of its own.

    `ours_s` is None while the command that does the work is not there.
    """

    work: str
    ours_s: float | None
    limit_s: float
    to_reach: float | None = None
    at_most_s: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Return how many times slower than the limit we are."""
        return None if self.ours_s is None else self.ours_s / self.limit_s

    @property
    def is_reached(self) -> bool | None:
        """Say whether the promise is kept; None while nothing was measured."""
        if self.ours_s is None or self.ratio is None:
            return None
        kept = self.to_reach is None or self.ratio <= self.to_reach
        return kept and (self.at_most_s is None or self.ours_s <= self.at_most_s)

    def cells(self) -> tuple[str, ...]:
        """Return the row as text: work, ours, limit, ratio, to reach, verdict, note."""
        wanted = [f"≤ {self.to_reach:g} ×"] if self.to_reach else []
        wanted += [f"≤ {self.at_most_s:g} s"] if self.at_most_s else []
        verdict = {None: MISSING, True: "yes", False: "NO"}[self.is_reached]
        return (
            self.work,
            MISSING if self.ours_s is None else seconds(self.ours_s),
            seconds(self.limit_s),
            MISSING if self.ratio is None else f"{self.ratio:.2f} ×",
            " and ".join(wanted) or MISSING,
            verdict,
            self.note,
        )


HEADER: Final = ("work", "ours", "limit", "ratio", "to reach", "reached", "note")


def seconds(duration: float) -> str:
    """Write a duration with the unit that suits it."""
    return f"{duration * 1000:.0f} ms" if duration < 1 else f"{duration:.2f} s"


def spaced(number: int) -> str:
    """Write a whole number with its thousands apart."""
    return f"{number:,}".replace(",", " ")


def table(figures: Iterable[Figure]) -> str:
    """Return the figures as a Markdown table."""
    rows = [HEADER, ("---",) * len(HEADER), *(figure.cells() for figure in figures)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def timed(work: Callable[[], object], *, runs: int = RUNS) -> float:
    """Return the median duration of several runs."""
    durations = []
    for _ in range(runs):
        gc.collect()
        start = time.perf_counter()
        work()
        durations.append(time.perf_counter() - start)
    return statistics.median(durations)


def say(text: str) -> None:
    """Tell on the error output what is going on: a benchmark is long and silent."""
    print(text, file=sys.stderr, flush=True)
