"""The tenant of a transaction has one writer, and never outlives the transaction."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.house.sources import Source, none, planted, sources

SETTING = r"encours\.tenant\b"
BY_SESSION = re.compile(rf"\bset\s+(?:session\s+)?['\"]?{SETTING}", re.IGNORECASE)
BY_FUNCTION = re.compile(rf"set_config\(\s*'{SETTING}'\s*,[^)]*\)", re.IGNORECASE)
THE_DOOR = Path("src/encours/tenancy/scope.py")


def leaks(source: Source) -> Iterator[str]:
    """A tenant set for the session, or set elsewhere than at the door."""
    for match in BY_SESSION.finditer(source.text):
        yield f"{source}: {match[0]}"
    for match in BY_FUNCTION.finditer(source.text):
        if source.path != THE_DOOR or not re.search(r",\s*true\s*\)$", match[0]):
            yield f"{source}: {match[0]}"


def test_the_door_is_the_only_way_in() -> None:
    every = sources("src", "bench", "tools", migrations=True)

    none(line for source in every for line in leaks(source))
    assert BY_FUNCTION.search((Path(__file__).parents[2] / THE_DOOR).read_text("utf-8"))


@pytest.mark.parametrize(
    ("text", "path"),
    [
        pytest.param("set encours.tenant = 1", "src/x.py", id="by session"),
        pytest.param("SET SESSION encours.tenant TO 1", "src/x.py", id="by session, in full"),
        pytest.param("set_config('encours.tenant', %s, true)", "src/x.py", id="another door"),
        pytest.param("set_config('encours.tenant', %s, false)", str(THE_DOOR), id="a wide door"),
    ],
)
def test_a_leak_is_seen(text: str, path: str) -> None:
    assert list(leaks(planted(text, path)))
