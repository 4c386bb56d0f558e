"""Read a text that a user wrote; what it may not say is for `tone` (law-fr 4.6 to 4.9)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Any, Final

from encours.dunning.texts.passages import FLAGS, PLACEHOLDERS, Passage, StepText
from encours.kernel.issue import Issue, Severity, has_errors
from encours.tone.rules.check import check
from encours.tone.rules.values import Context, DebtorClass

TEXT_MAX: Final = 3_000
DECIDED_LATER: Final = frozenset({"class"})
"""What the plan sees to: a formal notice waits until the class is confirmed."""
REQUIRED: Final = ("subject", "greeting", "opening")
_PARTS: Final = tuple(part.name for part in fields(StepText))
_STRAY: Final = re.compile(r"\$(?![a-z_$])")


def wording_issues(words: str, context: Context) -> Iterator[Issue]:
    """Yield what `tone` finds in these words: an error blocks, a warning is for a person."""
    for found in check(words, context):
        if found.code in DECIDED_LATER:
            continue
        severity: Severity = "error" if found.severity == "block" else "warning"
        yield Issue(
            found.code,
            found.reason,
            found=found.excerpt,
            expected=found.better,
            severity=severity,
        )


def passage_context(passage: Passage) -> Context:
    """Return whom a passage may reach: one without a condition of class reaches everybody.

    The indemnity is known of professionals only (`compose`); what an unknown debtor may not be
    told needs a condition (`business`, `public`, `consumer`).
    """
    held = set(passage.when)
    told: DebtorClass = "unknown"
    if held & {"business", "indemnity", "!consumer"}:
        told = "business"
    if "public" in held:
        told = "public"
    if "consumer" in held:
        told = "consumer"
    return Context(debtor_class=told, step="other", extent="part")


def read_text(data: Mapping[str, Any]) -> tuple[StepText | None, tuple[Issue, ...]]:
    """Return the text, or None with all that is wrong; `line` is the passage's place, from 1."""
    issues = list(_shape_issues(data))
    if issues:
        return None, tuple(issues)
    text = StepText(
        **{
            part: tuple(Passage(one["text"], tuple(one.get("when", ()))) for one in data[part])
            for part in _PARTS
            if part in data
        }
    )
    issues = [issue for part in _PARTS for issue in _part_issues(part, getattr(text, part))]
    return (None if has_errors(issues) else text), tuple(issues)


def _shape_issues(data: Mapping[str, Any]) -> Iterator[Issue]:
    for name in data.keys() - set(_PARTS):
        yield Issue("text_part", "Partie de texte inconnue.", column=name)
    for name in REQUIRED:
        if not data.get(name):
            yield Issue("text_part", "Cette partie est obligatoire.", column=name)
    for name in _PARTS:
        said = data.get(name, [])
        for place, one in enumerate(said if isinstance(said, list) else [said], start=1):
            if not _is_passage(one):
                message = "Un passage est un texte et ses conditions."
                yield Issue("text_passage", message, line=place, column=name)


def _is_passage(one: object) -> bool:
    if not isinstance(one, dict) or one.keys() - {"text", "when"}:
        return False
    text, when = one.get("text"), one.get("when", [])
    conditions = isinstance(when, list) and all(isinstance(name, str) for name in when)
    return isinstance(text, str) and 0 < len(text.strip()) <= TEXT_MAX and conditions


def _part_issues(part: str, passages: tuple[Passage, ...]) -> Iterator[Issue]:
    for line, passage in enumerate(passages, start=1):
        where: dict[str, Any] = {"line": line, "column": part}
        for name in sorted(passage.names - PLACEHOLDERS.keys()):
            yield Issue("text_name", "Nom inconnu.", found=f"${name}", **where)
        for name in passage.when:
            if name.removeprefix("!") not in PLACEHOLDERS.keys() | FLAGS.keys():
                yield Issue("text_condition", "Condition inconnue.", found=name, **where)
        if _STRAY.search(passage.text.replace("$$", "")):
            yield Issue("text_name", "Un dollar seul s'écrit $$.", found="$", **where)
        for issue in wording_issues(passage.text, passage_context(passage)):
            yield replace(issue, **where)
