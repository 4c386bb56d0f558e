"""The lexicons: turns of phrase that mean one thing, in French and English at once."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, cast

from encours.tone.rules.values import LANGUAGES, Severity

_ER: Final = (
    "(?:er|e|es|ons|eons|ez|ent|a|as|ai|ais|ait|ions|iez|aient|ant|ee|ees|erai|eras|era|erons|erez"
    "|eront|erais|erait|erions|eriez|eraient)"
)
_IR: Final = (
    "(?:ir|is|it|i|ie|ies|issons|issez|issent|issant|issait|irai|iras|ira|irons|irez|iront|irait"
    "|irions|iraient)"
)
_RE: Final = "(?:re|s|ons|ez|ent|u|ue|us|ues|rai|ras|ra|rons|rez|ront|rait|rions|raient|ant)"
_MACROS: Final = {"{er}": _ER, "{ir}": _IR, "{re}": _RE, "{v}": "(?:s|es|ed|ing)?"}
_GAP: Final = re.compile(r"\.\.(\d) ")


@dataclass(frozen=True, slots=True)
class Rule:
    """What concepts mean together in one sentence; the fields are told in `rules.toml`."""

    code: str
    all: tuple[str, ...]
    near: int = 0
    unless: tuple[str, ...] = ()
    soften: tuple[str, ...] = ()
    harden: tuple[str, ...] = ()
    mask: str = ""
    classes: frozenset[str] = frozenset()
    steps: frozenset[str] = frozenset()
    severity: Severity = "block"
    titled: Literal["", "warn", "none"] = ""
    denied: bool = True
    proved: bool = False
    first: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a thing is found, and better words in each language."""

    reason: str
    fr: str
    en: str


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "lexicon" / f"{name}.toml").read_text("utf-8"))


@cache
def concepts() -> dict[str, re.Pattern[str]]:
    """Return the pattern of each concept."""
    written: dict[str, list[str]] = {}
    for language in LANGUAGES:
        for name, lines in _read(language)["concepts"].items():
            written.setdefault(name, []).append(lines)
    return {name: _compiled("\n".join(lines)) for name, lines in written.items()}


def _compiled(written: str) -> re.Pattern[str]:
    turns = [line.strip() for line in written.splitlines() if line.strip()]
    pattern = "|".join(turns)
    for macro, meaning in _MACROS.items():
        pattern = pattern.replace(macro, meaning)
    pattern = _GAP.sub(r"(?:[^\\s;]+ ){0,\1}", pattern)
    return re.compile(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])")


@cache
def rules() -> tuple[Rule, ...]:
    """Return the rules in their written order."""
    return tuple(_rule(one) for one in _read("rules")["rule"])


def _rule(one: dict[str, Any]) -> Rule:
    told = dict(one)
    for name in ("all", "unless", "soften", "harden"):
        told[name] = tuple(one.get(name, ()))
    for name in ("classes", "steps"):
        told[name] = frozenset(one.get(name, ()))
    return Rule(**told)


@cache
def reasons() -> dict[str, Reason]:
    """Return the reason of each code."""
    return {code: Reason(**cast("dict[str, str]", said)) for code, said in _read("reasons").items()}
