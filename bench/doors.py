"""The product as its users call it: the commands of `encours`, on the benchmarks' installation."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final

COMMAND: Final = (sys.executable, "-m", "encours.config.entry")
EXIT_REFUSED: Final = 1
WATCH: Final = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=sys.stderr).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command printed, and how long it took."""

    text: str
    duration_s: float


def has(name: str) -> bool:
    """Say whether the module of the command line that holds a command is there."""
    return find_spec(f"encours.cli.{name}") is not None


def run(*words: str) -> Answer:
    """Run a command in this process: what it does is timed, not the start of Python."""
    from typer.testing import CliRunner  # noqa: PLC0415 - once Django is set up

    from encours.config.commands import application  # noqa: PLC0415 - idem

    start = time.perf_counter()
    done = CliRunner().invoke(application(words), list(words))
    duration = time.perf_counter() - start
    assert done.exit_code <= EXIT_REFUSED, done.output[-2000:]
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Answer(done.stdout, duration)


def peak_mb(*words: str) -> float:
    """Run a command in a process of its own and return its own peak of memory.

    A small process stands between: Linux counts what the parent held at the fork as the child's.
    """
    with tempfile.TemporaryFile() as out:
        done = subprocess.run(
            [sys.executable, "-c", WATCH, *COMMAND, *words],
            stdout=subprocess.PIPE,
            stderr=out,
            check=False,
        )
        out.seek(0)
        assert done.returncode == 0, out.read()[-2000:]
    return int(done.stdout) / 1024
