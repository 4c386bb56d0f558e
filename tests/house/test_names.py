"""Names that say nothing are refused, and every module says what it owns (house.md, 2)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from tests.house.sources import DOORS, Source, none, ours, planted, sources

EMPTY_WORDS = re.compile(
    r"^_?(utils?|helpers?|managers?|services?|misc|base_utils|part_?\d+|.*_utils)$"
)
EMPTY_CLASSES = re.compile(r"(Utils?|Helpers?|Services?|Manager)$|^process_data$")
DOOR_SUFFIXES = re.compile(r"(View|Form)$")


def empty_names(source: Source) -> Iterator[str]:
    words = [part.removesuffix(".py") for part in source.path.parts[2:]]
    yield from (f"{source}: {word}" for word in words if EMPTY_WORDS.match(word))
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and EMPTY_CLASSES.search(node.name):
            yield f"{source}:{node.lineno} {node.name}"


def suffixed(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef) and DOOR_SUFFIXES.search(node.name):
            yield f"{source}:{node.lineno} {node.name}"


def test_no_name_is_empty() -> None:
    none(line for source in ours() for line in empty_names(source))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("src/encours/web/utils.py", "", id="a module"),
        pytest.param("src/encours/web/helpers/dates.py", "", id="a folder"),
        pytest.param("src/encours/web/x.py", "class MailService: ...", id="a class"),
    ],
)
def test_an_empty_name_is_seen(path: str, text: str) -> None:
    assert list(empty_names(planted(text, path)))


def test_views_and_forms_carry_no_suffix() -> None:
    doors = [source for source in ours() if source.package in DOORS]

    none(line for source in doors for line in suffixed(source))
    assert list(suffixed(planted("class SendForm: ...")))


def test_every_module_says_what_it_owns() -> None:
    every = sources("src", "bench", "tools")

    none(str(source) for source in every if not ast.get_docstring(source.tree))
    assert ast.get_docstring(planted("x = 1").tree) is None
