"""What is committed is ours, finished, and says nothing of the machine that wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.house.sources import ROOT, committed, none

# A letter in brackets: this file must not hold what it looks for.
HOSTS = re.compile(r"[p]ypi\.org|[p]ythonhosted\.org|[r]egistry\.npmjs")
PATHS = re.compile(r"[/]work/(?:main|shared)|[/]root/\.?[a-z]|[/]home/[a-z]+/|[/]opt/pypi")
UNFINISHED = re.compile(r"\b(?:[T]ODO|[F]IXME)\b")
CONFLICT = re.compile(r"^(?:<{7} |>{7} )", re.MULTILINE)
THIRD_PARTY = re.compile(r"\.min\.(?:js|css)$|(?:^|/)(?:node_modules|vendor)/")
TEXT = {".py", ".md", ".toml", ".json", ".lock", ".html", ".css", ".js", ".sh", ".txt", ".sql"}
TEXT |= {".typ", ".svg", ".po", ".service", ".yml", ".yaml", ".cfg", ".ini", ""}


def blemishes(name: str, text: str) -> Iterator[str]:
    """What must not be in a committed file."""
    if THIRD_PARTY.search(name):
        yield f"{name}: somebody else's file"
    for what, pattern in (("host", HOSTS), ("path", PATHS), ("conflict", CONFLICT)):
        for match in pattern.finditer(text):
            yield f"{name}:{text.count(chr(10), 0, match.start()) + 1} {what} {match[0]!r}"
    if Path(name).suffix == ".py" or name == "Makefile":
        for match in UNFINISHED.finditer(text):
            yield f"{name}:{text.count(chr(10), 0, match.start()) + 1} unfinished {match[0]!r}"


def test_committed_files_are_clean() -> None:
    names = [name for name in committed() if name.suffix in TEXT and name != Path("LICENSE")]

    assert names
    found = [
        line
        for name in names
        for line in blemishes(str(name), (ROOT / name).read_text("utf-8", "replace"))
    ]
    none(found)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("a.lock", "https://py" + "pi.org/simple", id="a registry"),
        pytest.param("a.py", "open('/wo" + "rk/main/x')", id="a path of this machine"),
        pytest.param("a.py", "# TO" + "DO: later", id="unfinished"),
        pytest.param("a.py", "<" * 7 + " HEAD", id="a conflict"),
        pytest.param("src/encours/web/static/chart.min.js", "", id="somebody else's file"),
    ],
)
def test_a_blemish_is_seen(name: str, text: str) -> None:
    assert list(blemishes(name, text))
