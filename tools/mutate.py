"""Change the rules one small thing at a time and see whether a test notices.

    python tools/mutate.py --sample 200 --seed 1 src/encours/receivables/rules=tests/receivables

Each mutant changes one comparison, operator, whole number, boolean, condition or return value in a
temporary copy of `src`, then runs pytest there under a time limit: first the tests named after the
module, then the others of the folder. No change is made in the checkout.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
DEFAULT_TARGETS: Final = (
    "src/encours/receivables/rules=tests/receivables/test_rules_*.py",
    "src/encours/dunning/rules*=tests/dunning/test_rules*.py",
)
# What says nothing about behaviour: types, decorators, assertions (a programmer's own).
SKIPPED_FIELDS: Final = frozenset({"annotation", "returns", "decorator_list"})
SKIPPED_KEYWORDS: Final = frozenset({"strict", "frozen", "slots", "kw_only"})
OPERATORS: Final[dict[type[ast.AST], type[ast.AST]]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult, ast.Mod: ast.Mult, ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.And: ast.Or, ast.Or: ast.And,
    ast.USub: ast.UAdd,
}  # fmt: skip
PROFILE: Final = """
from hypothesis import HealthCheck, settings
settings.register_profile(
    "mutants", deadline=None, derandomize=True, max_examples=50, database=None,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("mutants")
"""
INI: Final = """
[pytest]
pythonpath = src .
addopts = --import-mode=importlib -p no:django -p no:cacheprovider -p no:xdist -p mutants_profile
markers =
    slow: minutes
    real: real files
    screens: a browser
filterwarnings = error
"""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: which node of which file (in walking order), and which way."""

    path: Path
    node: int
    variant: int
    line: int
    label: str


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Yield every mutant of a file, in the order of its lines."""
    source = path.read_text("utf-8")
    tree = ast.parse(source)
    ignored = {id(node) for node in _ignored(tree)}
    found = [
        Mutant(path, position, variant, getattr(node, "lineno", 0), label)
        for position, node in enumerate(ast.walk(tree))
        if id(node) not in ignored
        for variant, label in enumerate(_labels(node))
    ]
    yield from sorted(found, key=lambda mutant: mutant.line)


def mutated_source(mutant: Mutant) -> str:
    """Return the file with the one change."""
    tree = ast.parse(mutant.path.read_text("utf-8"))
    for position, node in enumerate(ast.walk(tree)):
        if position == mutant.node:
            _change(node, mutant.variant)
            break
    return ast.unparse(ast.fix_missing_locations(tree))


def _ignored(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            yield from ast.walk(node)
        if isinstance(node, ast.keyword) and node.arg in SKIPPED_KEYWORDS:
            yield from ast.walk(node)
        for name, value in ast.iter_fields(node):
            if name in SKIPPED_FIELDS:
                for part in value if isinstance(value, list) else [value]:
                    yield from ast.walk(part) if isinstance(part, ast.AST) else ()


def _labels(node: ast.AST) -> list[str]:
    """Name the ways in which a node can be changed."""
    if isinstance(node, ast.Compare):
        return [f"{_name(op)} becomes {_name(_other(op))}" for op in node.ops]
    if isinstance(node, (ast.BinOp, ast.AugAssign, ast.BoolOp, ast.UnaryOp)):
        return _operator_labels(node)
    if isinstance(node, ast.Constant):
        return _constant_labels(node.value)
    if isinstance(node, (ast.If, ast.IfExp, ast.While)):
        return ["condition negated"]
    is_answer = isinstance(node, ast.Return) and not _is_none(node.value)
    return ["returns None"] if is_answer else []


def _operator_labels(node: ast.BinOp | ast.AugAssign | ast.BoolOp | ast.UnaryOp) -> list[str]:
    if isinstance(node, ast.BinOp) and any(map(_is_text, (node.left, node.right))):
        return []
    if isinstance(node.op, (ast.Not, ast.Invert)):
        return [f"{_name(node.op)} dropped"]
    other = _other(node.op)
    return [f"{_name(node.op)} becomes {_name(other)}"] if other else []


def _constant_labels(value: object) -> list[str]:
    if isinstance(value, bool):
        return [f"{value} becomes {not value}"]
    return [f"{value} becomes {value + step}" for step in (1, -1)] if isinstance(value, int) else []


def _change(node: ast.AST, variant: int) -> None:
    if isinstance(node, ast.Compare):
        node.ops[variant] = _other(node.ops[variant])  # type: ignore[call-overload]
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.Invert)):
        node.operand = ast.UnaryOp(node.op, node.operand)
    elif isinstance(node, (ast.BinOp, ast.AugAssign, ast.BoolOp, ast.UnaryOp)):
        node.op = _other(node.op)  # type: ignore[assignment]
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        node.value = not node.value
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        node.value += (1, -1)[variant]
    elif isinstance(node, (ast.If, ast.IfExp, ast.While)):
        node.test = ast.UnaryOp(ast.Not(), node.test)
    elif isinstance(node, ast.Return):
        node.value = ast.Constant(None)


def _other(operator: ast.AST) -> ast.AST | None:
    kind = OPERATORS.get(type(operator))
    return kind() if kind else None


def _name(operator: ast.AST | None) -> str:
    return type(operator).__name__


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _is_none(node: ast.AST | None) -> bool:
    return node is None or (isinstance(node, ast.Constant) and node.value is None)


class Bench:
    """A temporary copy of the sources and tests, where one mutant at a time lives."""

    def __init__(self, root: Path, home: Path, timeout_s: float) -> None:
        """Copy what pure tests need: no caches (one could hide a mutant), no database fixtures."""
        self.root, self.home, self.timeout_s = root, home, timeout_s
        skip = shutil.ignore_patterns(
            "__pycache__", "*.pyc", "static", "node_modules", "conftest.py"
        )
        for name in ("src", "tests", "docs"):
            if (root / name).exists():
                shutil.copytree(root / name, home / name, ignore=skip)
        (home / "mutants_profile.py").write_text(PROFILE, "utf-8")
        (home / "pytest.ini").write_text(INI, "utf-8")

    def is_killed(self, mutant: Mutant, tests: list[Path]) -> bool:
        """Say whether a test fails, or takes too long, with the mutant in place."""
        place = self.home / mutant.path.relative_to(self.root)
        before = place.read_text("utf-8")
        place.write_text(mutated_source(mutant), "utf-8")
        try:
            near = [test for test in tests if mutant.path.stem in test.stem]
            far = [test for test in tests if test not in near]
            return any(self.fails(part) for part in (near, far) if part)
        finally:
            place.write_text(before, "utf-8")

    def fails(self, tests: Iterable[Path]) -> bool:
        """Run pytest until the first failure; a run that takes too long is a failure too."""
        names = [str(test.relative_to(self.root)) for test in tests]
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-c", "pytest.ini"]
        try:
            run = subprocess.run(
                [*command, "--rootdir", ".", *names],
                cwd=self.home,
                env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": "src:."},
                capture_output=True,
                timeout=self.timeout_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return True
        return run.returncode != 0


def _targets(root: Path, wanted: Iterable[str]) -> Iterator[tuple[list[Path], list[Path]]]:
    for target in wanted:
        code, _, tests = target.partition("=")
        modules = [path for found in sorted(root.glob(code)) for path in _python(found)]
        checks = [path for found in sorted(root.glob(tests)) for path in _python(found)]
        if modules and checks:
            yield modules, [path for path in checks if path.name.startswith("test_")]


def _python(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("targets", nargs="*", default=DEFAULT_TARGETS, help="CODE=TESTS, globs")
    parser.add_argument("--sample", type=int, default=150, help="mutants tried for each target")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--timeout", type=float, default=90, help="seconds for one pytest run")
    parser.add_argument("--budget", type=float, default=1500, help="seconds for all of it")
    parser.add_argument("--least", type=float, default=0.9, help="share to kill, else exit 1")
    return parser.parse_args()


def main() -> int:
    """Try a sample of mutants, print each with its place, and say how many were killed."""
    asked, started, killed, tried = _arguments(), time.monotonic(), 0, 0
    with tempfile.TemporaryDirectory(prefix="mutants-") as home:
        bench = Bench(ROOT, Path(home), asked.timeout)
        for modules, tests in _targets(ROOT, asked.targets):
            if bench.fails(tests):
                print("the tests fail, or take too long, before any change", file=sys.stderr)
                return 2
            every = [mutant for path in modules for mutant in mutants_of(path)]
            sample = random.Random(asked.seed).sample(every, min(asked.sample, len(every)))  # noqa: S311
            for mutant in sample:
                if time.monotonic() - started > asked.budget:
                    print("time is up: the rest of the sample was not tried")
                    break
                is_killed = bench.is_killed(mutant, tests)
                killed, tried = killed + is_killed, tried + 1
                place = f"{mutant.path.relative_to(ROOT)}:{mutant.line}"
                print(f"{'killed' if is_killed else 'SURVIVED'} {place} {mutant.label}", flush=True)
            print(f"{len(every)} mutants in {len(modules)} modules, seed {asked.seed}")
    share = killed / tried if tried else 1.0
    print(f"killed {killed} of {tried} ({share:.1%}) in {time.monotonic() - started:.0f} s")
    return 0 if share >= asked.least else 1


if __name__ == "__main__":
    raise SystemExit(main())
