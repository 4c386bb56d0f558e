"""Actions and queries name what they are given, and the tenant first (house.md, 2)."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from tests.house.sources import Source, ours, planted


def unnamed(source: Source) -> Iterator[str]:
    """Public functions of an action module that take arguments by position, or a late tenant.

    One that comes before a tenant is known (opening an invitation) may take its one subject so.
    """
    for node in source.tree.body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
            continue
        place = f"{source}:{node.lineno} {node.name}"
        positional = [*node.args.posonlyargs, *node.args.args]
        named = [argument.arg for argument in node.args.kwonlyargs]
        if len(positional) > (0 if "tenant_id" in named else 1):
            yield f"{place}: {positional[0].arg} is taken by position"
        if "tenant_id" in named and named[0] != "tenant_id":
            yield f"{place}: tenant_id is not first"
        if "today" in named and named[-1] != "today":
            yield f"{place}: today is not last"


def test_actions_are_called_by_name() -> None:
    actions = [source for source in ours() if source.module == "actions"]

    assert [line for source in actions for line in unnamed(source)] == []


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        pytest.param("def send(tenant_id, line_id): ...", True, id="by position"),
        pytest.param("def send(line_id, *, tenant_id): ...", True, id="its subject by position"),
        pytest.param("def open_invitation(token, *, now): ...", False, id="before any tenant"),
        pytest.param("def send(*, line_id, tenant_id): ...", True, id="a late tenant"),
        pytest.param("def send(*, tenant_id, today, line_id): ...", True, id="an early today"),
        pytest.param("def send(*, tenant_id, line_id, today): ...", False, id="as it should be"),
        pytest.param("def _send(line): ...", False, id="a private function"),
    ],
)
def test_an_unnamed_argument_is_seen(text: str, seen: bool) -> None:
    assert bool(list(unnamed(planted(text)))) is seen
