"""What one says on the telephone: by class, reason, profile and tone, filled with the figures.

The passages are data (`data/scripts.*.toml`); a test reads every one of them, filled, with `tone`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template
from typing import Final, Literal

Language = Literal["fr", "en"]
Reason = Literal["step", "promise_broken", "call_back", "task", "current"]
REASONS: Final[tuple[Reason, ...]] = ("step", "promise_broken", "call_back", "task", "current")
UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Figures:
    """What fills a script, already written in its language."""

    creditor: str
    amount: str
    lines: int
    days: int
    document: str
    contact: str = ""
    promised: str = ""
    promised_on: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which script: whom one calls, why, how they pay, in which tone."""

    debtor_class: str
    reason: Reason
    profile: str
    tone: str


def script(asked: Asked, figures: Figures, language: Language) -> tuple[str, ...]:
    """Return the sentences in the order of the call; a class nobody confirmed has the careful one.

    A tone is taken when we call first, not about a promise nor when called back; when nothing is
    late, nothing is asked.
    """
    said = passages(language)
    who = "business" if asked.debtor_class == "foreign" else asked.debtor_class
    chosen = [_of(said["opening"], who), said["reason"][asked.reason]]
    if asked.reason in ("step", "task"):
        chosen.append(_of(said["tone"], asked.tone, "neutral"))
    if asked.reason != "current":
        chosen.append(_of(said["profile"], asked.profile))
    chosen.append(_of(said["closing"], who))
    values = _values(figures, said["words"])
    return tuple(Template(one).substitute(values) for one in chosen)


@cache
def passages(language: Language) -> Mapping[str, Mapping[str, str]]:
    """Return the passages of a language, by part."""
    path = files("encours.recovery") / "data" / f"scripts.{language}.toml"
    read: dict[str, dict[str, str]] = tomllib.loads(path.read_text("utf-8"))
    return read


def _of(part: Mapping[str, str], name: str, otherwise: str = UNKNOWN) -> str:
    return part.get(name) or part[otherwise]


def _values(figures: Figures, words: Mapping[str, str]) -> dict[str, str]:
    many = Template(words["lines_many"]).substitute(number=figures.lines)
    return {
        "creditor": figures.creditor,
        "contact": figures.contact or words["nobody"],
        "amount": figures.amount,
        "count": words["lines_one"] if figures.lines == 1 else many,
        "days": str(figures.days),
        "document": figures.document,
        "promised": figures.promised,
        "promised_on": figures.promised_on,
    }
