"""Read a text that a user wrote, and say what it may not say (law-fr 4.6 to 4.9)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from encours.dunning.texts.passages import FLAGS, PLACEHOLDERS, Passage, StepText
from encours.kernel.issue import Issue

TEXT_MAX: Final = 3_000
REQUIRED: Final = ("subject", "greeting", "opening")
_PARTS: Final = tuple(part.name for part in fields(StepText))
_STRAY: Final = re.compile(r"\$(?![a-z_$])")


@dataclass(frozen=True, slots=True)
class Banned:
    """A wording that a creditor without a court title may not use, and why."""

    code: str
    pattern: re.Pattern[str]
    message: str


def _banned(code: str, pattern: str, message: str) -> Banned:
    return Banned(code, re.compile(pattern, re.IGNORECASE), message)


BANNED: Final = (
    _banned(
        "text_seizure",
        r"(?<!erreur de )\bsaisi(?:e|es|r)\b(?! (?:le|la) (?:tribunal|juge|médiateur))"
        r"|\bexpulsion\b|\bseiz(?:e|ure)\b|\bbailiff",
        "Annoncer une saisie sans titre exécutoire est interdit (CPCE L111-8, C. pén. 312-1).",
    ),
    _banned(
        "text_court_look",
        r"\bhuissiers?\b|\bcommissaires? de justice\b|\bcommandement de payer\b"
        r"|\bsommation (?:de payer )?(?:avant|interpellative)|\bau nom du peuple\b"
        r"|\brépublique française\b|\bdernier avis avant\b|\bfinal notice before\b",
        "Un courrier ne doit pas ressembler à un acte de justice (C. pén. 433-13).",
    ),
    _banned(
        "text_fees",
        r"\bfrais de (?:dossier|relance|rappel|gestion|recommandé|mise en demeure|poursuite)\b"
        r"|\breminder fees?\b|\badmin(?:istration)? fees?\b",
        "Les frais de recouvrement sans titre restent à la charge du créancier (CPCE L111-8).",
    ),
    _banned(
        "text_registers",
        r"\bficp\b|\bfichage?\b|\bfiché\b|\bbanque de france\b|\bcredit blacklist",
        "Menacer d'un fichage que seules les banques peuvent demander est une pratique trompeuse.",
    ),
    _banned(
        "text_crime",
        r"\bplainte\b|\bla police\b|\bescroquerie\b|\bprison\b|\bcriminal\b|\bfraud charges?\b",
        "Menacer de poursuites pénales pour une dette peut être un chantage (C. pén. 312-10).",
    ),
    _banned(
        "text_relatives",
        r"\bvotre employeur\b|\bvos voisins\b|\bvotre famille\b|\byour employer\b",
        "On ne parle pas de la dette à l'entourage du débiteur.",
    ),
)


def wording_issues(words: str, *, line: int = 0, column: str = "") -> Iterator[Issue]:
    """Yield what the law or the supervisors forbid in these words."""
    for banned in BANNED:
        found = banned.pattern.search(words)
        if found:
            yield Issue(banned.code, banned.message, line=line, column=column, found=found[0])


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
    return (None if issues else text), tuple(issues)


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
        yield from wording_issues(passage.text, **where)
