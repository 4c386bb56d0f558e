"""The corpus that the model learns from, and the part held out: our own replies, labelled.

One reply a line: `id language class[+others] [@cause] [date] [amount] [#invoice]… [to:address] |
text`, under a line `@date` that says when it was received. An amount is `1250.50`, `4x500.00`,
`3x`, a share `1/3` or `50%`, or `balance`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from importlib.resources import files
from typing import Final

from encours.replies.rules.values import CAUSES, CLASSES, WHOLE

TRAINING: Final = "replies_train.txt"
HELD_OUT: Final = "replies_held_out.txt"
_AMOUNT: Final = re.compile(r"(?:(\d+)x)?(?:(\d+)\.(\d\d))?")
_PERCENT: Final = 100


@dataclass(frozen=True, slots=True)
class Example:
    """A reply with what a person reads in it; the first class is the main one."""

    code: str
    received: date
    language: str
    classes: tuple[str, ...]
    text: str
    cause: str = ""
    said_on: date | None = None
    cents: int | None = None
    times: int | None = None
    share: Fraction | None = None
    invoices: tuple[str, ...] = ()
    address: str = ""


def examples(name: str) -> tuple[Example, ...]:
    """Return the examples of one of the files shipped."""
    return read((files("encours.replies") / "data" / name).read_text("utf-8"))


def read(text: str) -> tuple[Example, ...]:
    """Return the examples of such a text."""
    found, received = [], date.min
    for line in text.splitlines():
        if line.startswith("@"):
            received = date.fromisoformat(line[1:].strip())
        elif line and not line.startswith("#"):
            found.append(_example(line, received))
    return tuple(found)


def _example(line: str, received: date) -> Example:
    head, _, text = line.partition(" | ")
    code, language, classes, *labels = head.split()
    kinds = tuple(classes.split("+"))
    assert set(kinds) <= set(CLASSES), line
    cause = next((one[1:] for one in labels if one.startswith("@")), "")
    assert not cause or cause in CAUSES, line
    days = [date.fromisoformat(one) for one in labels if re.fullmatch(r"\d{4}-\d\d-\d\d", one)]
    times, cents, share = _amount(labels)
    return Example(
        code,
        received,
        language,
        kinds,
        text.replace("\\n", "\n"),
        cause,
        days[0] if days else None,
        cents,
        times,
        share,
        tuple(one[1:] for one in labels if one.startswith("#")),
        next((one[3:] for one in labels if one.startswith("to:")), ""),
    )


def _amount(labels: list[str]) -> tuple[int | None, int | None, Fraction | None]:
    for one in labels:
        if one == "balance":
            return None, None, WHOLE
        if one.endswith("%"):
            return None, None, Fraction(one[:-1]) / _PERCENT
        if re.fullmatch(r"\d/\d", one):
            return None, None, Fraction(one)
        match = _AMOUNT.fullmatch(one)
        if match and (match[1] or match[2]):
            cents = int(match[2] + match[3]) if match[2] else None
            return int(match[1]) if match[1] else None, cents, None
    return None, None, None
