"""The hard limits of size (house.md, 2): beyond them, split along a noun."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house.sources import PACKAGE, Source, none, planted, sources

FUNCTION_MAX, FILE_MAX, CLASS_MAX, KERNEL_MAX = 60, 500, 200, 1000
Function = ast.FunctionDef | ast.AsyncFunctionDef


def too_long(source: Source) -> Iterator[str]:
    lines = source.text.count("\n")
    if lines > FILE_MAX:
        yield f"{source}: {lines} lines, {FILE_MAX} at most"
    for node in ast.walk(source.tree):
        if not isinstance(node, Function | ast.ClassDef) or node.end_lineno is None:
            continue
        limit = CLASS_MAX if isinstance(node, ast.ClassDef) else FUNCTION_MAX
        length = node.end_lineno - node.lineno + 1
        if length > limit:
            yield f"{source}:{node.lineno} {node.name}: {length} lines, {limit} at most"


def test_nothing_is_too_long() -> None:
    every = sources("src", "tests", "bench", "tools")

    none(line for source in every for line in too_long(source))


def test_a_long_function_is_seen() -> None:
    body = "    pass\n" * FUNCTION_MAX

    assert list(too_long(planted(f"def f():\n{body}")))
    assert not list(too_long(planted(f"def f():\n{body[: -len('    pass|')]}")))


def test_a_long_file_and_a_long_class_are_seen() -> None:
    assert list(too_long(planted("x = 1\n" * (FILE_MAX + 1))))
    assert list(too_long(planted("class C:\n" + "    x = 1\n" * CLASS_MAX)))


def test_the_kernel_stays_small() -> None:
    lines = sum(len(path.read_text("utf-8").splitlines()) for path in PACKAGE.glob("kernel/*.py"))

    assert lines < KERNEL_MAX
