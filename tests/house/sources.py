"""The files of the house, parsed once: what its tests look at."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "encours"
LADDER = (
    ("kernel",),
    ("tenancy",),
    ("attributes",),
    ("parties", "messaging", "webhooks"),
    ("receivables",),
    ("standing", "documents"),
    ("imports", "bank", "payments", "postal"),
    ("feeds", "einvoicing"),
    ("reconciliation",),
    ("scoring",),
    ("insurance",),
    ("risk",),
    ("discounts",),
    ("dunning",),
    ("replies",),
    ("recovery",),
    ("legal",),
    ("analytics", "custody"),
    ("web", "portal", "api", "cli"),
    ("config",),
)
DOORS = ("web", "portal", "api", "cli")


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the root of the project, its text and its tree."""

    path: Path
    text: str

    @property
    def tree(self) -> ast.Module:
        return _parsed(self.text)

    @property
    def package(self) -> str:
        """The top package of ours that it belongs to; nothing elsewhere."""
        parts = self.path.parts
        return parts[2] if parts[:2] == ("src", "encours") and len(parts) > 3 else ""

    @property
    def module(self) -> str:
        """The name inside its package: `rules`, also for rules/interest.py."""
        parts = self.path.parts
        return parts[3].removesuffix(".py") if self.package else ""

    def __str__(self) -> str:
        return str(self.path)


@cache
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


@cache
def sources(*folders: str, migrations: bool = False) -> tuple[Source, ...]:
    """Every Python file under these folders of the project."""
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return tuple(
        Source(path.relative_to(ROOT), path.read_text("utf-8"))
        for path in found
        if migrations or "migrations" not in path.parts
    )


def ours() -> tuple[Source, ...]:
    """Every module of the program, migrations apart."""
    return sources("src/encours")


def none(found: Iterable[str]) -> None:
    """Fail with every line found, one below the other."""
    lines = sorted(found)
    assert not lines, "\n" + "\n".join(lines)


def planted(text: str, path: str = "src/encours/web/planted.py") -> Source:
    """A file that a test makes up, to see its own check fail."""
    return Source(Path(path), text)


def rung(package: str) -> int:
    """How high a package stands on the ladder."""
    return next(height for height, names in enumerate(LADDER) if package in names)


@cache
def committed() -> tuple[Path, ...]:
    """Every file that is in git, or will be with the next commit; the tree outside of git."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        names = [Path(name) for name in listed.stdout.split("\0") if name]
    else:
        away = {".venv", "node_modules", "build", "dist", "vendor", "__pycache__"}
        names = [path.relative_to(ROOT) for path in ROOT.rglob("*") if not away & set(path.parts)]
    return tuple(name for name in names if (ROOT / name).is_file())
