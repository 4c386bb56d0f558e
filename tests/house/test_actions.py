"""Actions and queries name what they are given, and the tenant first (house.md, 2)."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from tests.house.sources import Source, none, ours, planted


def unnamed(source: Source) -> Iterator[str]:
    """Public functions that take their tenant by position, or late: two ids are soon swapped.

    What is worked on (a frame, an export) may come first, by position.
    """
    for node in source.tree.body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
            continue
        place = f"{source}:{node.lineno} {node.name}"
        positional = [one.arg for one in (*node.args.posonlyargs, *node.args.args)]
        named = [argument.arg for argument in node.args.kwonlyargs]
        if "tenant_id" in positional:
            yield f"{place}: tenant_id is taken by position"
        if "tenant_id" in named and named[0] != "tenant_id":
            yield f"{place}: tenant_id is not first"
        if "today" in named and named[-1] != "today":
            yield f"{place}: today is not last"


def test_actions_are_called_by_name() -> None:
    actions = [source for source in ours() if source.module == "actions"]

    none(line for source in actions for line in unnamed(source))


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        pytest.param("def send(tenant_id, line_id): ...", True, id="by position"),
        pytest.param("def write(export, *, tenant_id): ...", False, id="its subject by position"),
        pytest.param("def open_invitation(token, *, now): ...", False, id="before any tenant"),
        pytest.param("def spread(shares, rows): ...", False, id="a part of a use case"),
        pytest.param("def send(*, line_id, tenant_id): ...", True, id="a late tenant"),
        pytest.param("def send(*, tenant_id, today, line_id): ...", True, id="an early today"),
        pytest.param("def send(*, tenant_id, line_id, today): ...", False, id="as it should be"),
        pytest.param("def _send(line): ...", False, id="a private function"),
    ],
)
def test_an_unnamed_argument_is_seen(text: str, seen: bool) -> None:
    assert bool(list(unnamed(planted(text)))) is seen
