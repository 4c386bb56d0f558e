"""The product as its users call it: the commands of `encours`, on the benchmarks' installation."""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib.util import find_spec
from typing import IO, Final

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
    """Run a command in this process, into a file: its work is timed, not the start of Python.

    A test's runner would keep a hundred megabytes of answer three times, and be timed too.
    """
    from encours.config.commands import application  # noqa: PLC0415 - once Django is set up

    app = application(words)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        with _written(out) as told, _written(err) as said:
            code = EXIT_REFUSED + 1
            with redirect_stdout(told), redirect_stderr(said):
                try:
                    app(list(words))
                except SystemExit as ended:
                    code = int(ended.code or 0)
        duration = time.perf_counter() - start
        texts = [_read(file) for file in (out, err)]
    assert code <= EXIT_REFUSED, texts[1][-2000:]
    return Answer(texts[0], duration)


@contextmanager
def _written(file: IO[bytes]) -> Iterator[io.TextIOWrapper]:
    """Give a file as a terminal's stream, and the file back once all is in it."""
    stream = io.TextIOWrapper(file, encoding="utf-8")
    yield stream
    stream.flush()
    stream.detach()


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


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
