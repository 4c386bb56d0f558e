"""Turns of phrase that tell an intent or a cause, on folded text with its abbreviations spelt out.

A sign is a feature of the model, never a verdict: its weight is learnt from the corpus. They stand
in a data file, one expression a line under its `[name]`; under `[name] whole` a line stands as it
is, elsewhere it begins and ends with a word.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final

SIGNS: Final = "replies_signs.txt"


@cache
def compiled() -> dict[str, re.Pattern[str]]:
    """Return the signs by name."""
    text = (files("encours.replies") / "data" / SIGNS).read_text("utf-8")
    groups: dict[str, list[str]] = {}
    whole: set[str] = set()
    name = ""
    for line in text.splitlines():
        if line.startswith("["):
            name, _, mark = line[1:].partition("]")
            groups.setdefault(name, [])
            whole |= {name} if mark.strip() else set()
        elif line and not line.startswith("#"):
            groups[name].append(line)
    return {
        name: re.compile("|".join(lines) if name in whole else rf"\b(?:{'|'.join(lines)})\b")
        for name, lines in groups.items()
    }


def signs_of(folded: str) -> dict[str, str]:
    """Return the signs of a folded text, each with the words that show it."""
    found = {}
    for name, expression in compiled().items():
        match = expression.search(folded)
        if match:
            found[name] = match[0].strip()
    return found
