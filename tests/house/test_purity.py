"""Rules know no clock, no setting, no chance; models save nothing by themselves (house.md, 2)."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from tests.house.sources import Source, none, ours, planted

CLOCKS = frozenset({"now", "today", "utcnow", "localdate", "localtime", "monotonic", "time_ns"})
FORBIDDEN = frozenset(
    {"django", "httpx", "lxml", "psycopg", "os", "random", "secrets", "locale", "time", "logging"}
)


def impure(source: Source) -> Iterator[str]:
    """What makes a rule depend on something else than its arguments."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            names = []
        for name in names:
            if name.partition(".")[0] in FORBIDDEN:
                yield f"{source}:{node.lineno} imports {name}"
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr in CLOCKS:
            yield f"{source}:{called.lineno} reads the clock: {called.attr}()"


def surprises(source: Source) -> Iterator[str]:
    """What a model must not do: save in its own way, or sort every query."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.ClassDef):
            continue
        for part in node.body:
            if isinstance(part, ast.FunctionDef) and part.name in {"save", "delete"}:
                yield f"{source}:{part.lineno} {node.name}.{part.name}"
            if isinstance(part, ast.Assign) and node.name == "Meta":
                names = [target.id for target in part.targets if isinstance(target, ast.Name)]
                if "ordering" in names:
                    yield f"{source}:{part.lineno} Meta.ordering"


def test_rules_depend_on_their_arguments_alone() -> None:
    pure = [source for source in ours() if source.package == "kernel" or source.module == "rules"]

    assert pure
    none(line for source in pure for line in impure(source))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("from datetime import date\nx = date.today()", id="the clock"),
        pytest.param("import os", id="the environment"),
        pytest.param("from django.conf import settings", id="the settings"),
        pytest.param("from random import choice", id="chance"),
    ],
)
def test_an_impure_rule_is_seen(text: str) -> None:
    assert list(impure(planted(text)))


def test_models_hold_no_surprise() -> None:
    models = [source for source in ours() if source.module == "models"]

    assert models
    none(line for source in models for line in surprises(source))


def test_a_surprise_is_seen() -> None:
    assert list(surprises(planted("class A:\n    def save(self): ...")))
    assert list(surprises(planted("class A:\n    class Meta:\n        ordering = ('id',)")))
