"""The product as its users call it: the commands of `encours`, on the benchmarks' installation."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final

COMMAND: Final = (sys.executable, "-m", "encours.config.entry")
EXIT_REFUSED: Final = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command printed, how long it took from start to end, and its peak of memory so far."""

    text: str
    duration_s: float
    peak_mb: float


def has(name: str) -> bool:
    """Say whether the module of the command line that holds a command is there."""
    return find_spec(f"encours.cli.{name}") is not None


def run(*words: str) -> Answer:
    """Run a command in a process of its own, as a user does; its start is in the time.

    The peak is that of the hungriest command so far.
    """
    start = time.perf_counter()
    done = subprocess.run([*COMMAND, *words], capture_output=True, text=True, check=False)
    duration = time.perf_counter() - start
    assert done.returncode <= EXIT_REFUSED, done.stderr[-2000:]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return Answer(done.stdout, duration, peak)
