"""Every template is used by somebody, and every template that is named exists."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.template.loader import get_template
from django.template.utils import get_app_template_dirs
from tests.house.sources import PACKAGE, none, ours

NAMED = re.compile(r"""{%-?\s*(?:extends|include|component|partial)\s+["']([^"']+)["']""")
QUOTED = re.compile(r"""["']([\w./-]+\.(?:html|txt|typ|svg))["']""")
DJANGO_S_OWN = re.compile(r"^(?:400|403|403_csrf|404|500)\.html$")


def templates() -> dict[str, Path]:
    """Our templates by the name that Django gives them."""
    return {
        str(path.relative_to(folder)): path
        for folder in PACKAGE.glob("*/templates")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def named_by_templates() -> Iterator[tuple[str, str]]:
    """(who, template) for each template that another one names."""
    for name, path in templates().items():
        text = path.read_text("utf-8")
        yield from ((name, found) for found in [*NAMED.findall(text), *QUOTED.findall(text)])


def named_by_code() -> Iterator[tuple[str, re.Pattern[str]]]:
    """(who, pattern) for each string of the code that may name a template."""
    for source in ours():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if node.value.endswith(".html"):
                    yield str(source), re.compile(re.escape(node.value))
            elif isinstance(node, ast.JoinedStr):
                pattern = "".join(
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".*"
                    for part in node.values
                )
                if pattern.endswith((r"\.html", ".html")):
                    yield str(source), re.compile(pattern)


def replaces(name: str) -> bool:
    """Say whether a template stands for one of Django or of a library."""
    away = [Path(folder) for folder in get_app_template_dirs("templates")]
    return any((folder / name).exists() for folder in away if PACKAGE not in folder.parents)


def unused(names: set[str]) -> list[str]:
    by_templates = {found for _, found in named_by_templates()}
    patterns = [pattern for _, pattern in named_by_code()]
    return [
        name
        for name in sorted(names)
        if name not in by_templates
        and not DJANGO_S_OWN.match(name)
        and not replaces(name)
        and not any(pattern.fullmatch(name) for pattern in patterns)
    ]


def test_every_template_is_used() -> None:
    none(unused(set(templates())))


def test_an_unused_template_is_seen() -> None:
    assert unused({"planted/" + "nobody.html"}) == ["planted/" + "nobody.html"]


def test_every_template_that_is_named_exists() -> None:
    named = {found for _, found in named_by_templates() if "/" in found or ".html" in found}
    known = templates()
    missing = [name for name in sorted(named) if name.endswith(".html") and name not in known]

    none(name for name in missing if not _exists(name))


def _exists(name: str) -> bool:
    return get_template(name) is not None


def test_every_template_compiles() -> None:
    for name in templates():
        if name.endswith(".html"):
            get_template(name)
