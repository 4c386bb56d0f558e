"""The doors ask and show: they write through actions, never through a model (house.md, 1)."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from tests.house.sources import DOORS, Source, none, ours, planted

WRITES = frozenset(
    {"save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
)
# `update` and `delete` are also words of dictionaries and sessions: what they are called on decides
SHARED_WORDS = frozenset({"update", "delete", "aupdate", "adelete"})
QUERIES = frozenset({"objects", "of", "filter", "exclude", "all", "get", "select_for_update"})


def writes(source: Source) -> Iterator[str]:
    """Every call that would write a row."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        word = node.func.attr
        if word in WRITES or (word in SHARED_WORDS and _is_rows(node.func.value)):
            yield f"{source}:{node.lineno} .{word}()"


def _is_rows(node: ast.expr) -> bool:
    """Say whether an expression passes through a query."""
    return any(isinstance(part, ast.Attribute) and part.attr in QUERIES for part in ast.walk(node))


def test_the_doors_write_nothing() -> None:
    doors = [source for source in ours() if source.package in DOORS]

    assert doors
    none(line for source in doors for line in writes(source))


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        pytest.param("invoice.save()", True, id="a row saved"),
        pytest.param("Invoice.objects.create(number=1)", True, id="a row created"),
        pytest.param("Invoice.objects.of(1).update(x=1)", True, id="rows updated"),
        pytest.param("rows.filter(x=1).delete()", True, id="rows deleted"),
        pytest.param("shown.update(x=1)", False, id="a dictionary"),
        pytest.param("actions.create_invoice()", False, id="an action"),
    ],
)
def test_a_write_is_seen(text: str, seen: bool) -> None:
    assert bool(list(writes(planted(text)))) is seen
