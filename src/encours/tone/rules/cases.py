"""Cases in, answers out: a text or a JSON list of texts, each with its context (text-check.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from encours.kernel.refusal import Refusal
from encours.tone.rules.check import check
from encours.tone.rules.values import (
    CLASSES,
    LANGUAGES,
    SENDERS,
    STEP_KINDS,
    Context,
    DebtorClass,
    Extent,
    Language,
    SenderKind,
    StepKind,
    is_blocked,
)

_STEPS: Final[Mapping[str, StepKind]] = {
    **{kind: kind for kind in STEP_KINDS},
    "prevenance": "pre_due",
    "pre-due": "pre_due",
    "relance": "reminder",
    "relance_1": "reminder",
    "relance_2": "reminder",
    "relance_3": "reminder",
    "mise_en_demeure": "formal_notice",
    "formal-notice": "formal_notice",
    "remerciement": "thank_you",
    "thank-you": "thank_you",
    "releve": "statement",
}
_SENDERS: Final[Mapping[str, SenderKind]] = {
    **{sender: sender for sender in SENDERS},
    "third_party": "collector",
    "third-party": "collector",
    "third_party_collector": "collector",
    "agency": "collector",
}
_CLASSES: Final[Mapping[str, DebtorClass]] = {one: one for one in CLASSES}
_LANGUAGES: Final[Mapping[str, Language]] = {one: one for one in LANGUAGES}
Named = TypeVar("Named")
_FIELDS: Final = frozenset(
    {"id", "text", "debtor_class", "class", "step", "sender", "language", "lang", "has_title"}
    | {"title", "whole"}
)


class InvalidText(Refusal):
    """A case or an option that nobody can read."""


def context(
    *,
    debtor_class: str = "unknown",
    step: str = "reminder",
    sender: str = "creditor",
    language: str = "",
    has_title: bool = False,
    extent: Extent = "auto",
) -> Context:
    """Return the context that these words name, or raise InvalidText with what is allowed."""
    return Context(
        debtor_class=_named(debtor_class, _CLASSES, "type de débiteur"),
        step=_named(step, _STEPS, "étape"),
        sender=_named(sender, _SENDERS, "expéditeur"),
        language=_named(language, _LANGUAGES, "langue") if language else "",
        has_title=has_title,
        extent=extent,
    )


def _named(word: str, known: Mapping[str, Named], what: str) -> Named:
    if word not in known:
        raise InvalidText(f"{what} inconnu : « {word} » ({', '.join(known)}).")
    return known[word]


def answer(text: str, asked: Context) -> dict[str, Any]:
    """Return the answer to one text."""
    findings = check(text, asked)
    return {
        "blocked": is_blocked(findings),
        "findings": [finding.as_json() for finding in findings],
    }


def answer_cases(cases: object, default: Context) -> list[dict[str, Any]]:
    """Answer a JSON list of cases in the same order; one that cannot be read says why."""
    if not isinstance(cases, list):
        raise InvalidText("Une liste JSON de cas est attendue.")
    return [_answered(case, default) for case in cases]


def _answered(case: Any, default: Context) -> dict[str, Any]:
    if isinstance(case, str):
        return answer(case, default)
    named = {"id": case["id"]} if isinstance(case, Mapping) and "id" in case else {}
    try:
        if not isinstance(case, Mapping) or not isinstance(case.get("text"), str):
            raise InvalidText("Un cas est un objet dont « text » est le texte.")
        return named | answer(case["text"], _case_context(case, default))
    except Refusal as refusal:
        return named | {"error": {"code": "invalid_case", "message": str(refusal)}}


def _case_context(case: Mapping[str, Any], default: Context) -> Context:
    unknown = sorted(case.keys() - _FIELDS)
    if unknown:
        raise InvalidText(f"Champ inconnu : {', '.join(unknown)}.")
    whole = case.get("whole")
    return context(
        debtor_class=str(case.get("debtor_class", case.get("class", default.debtor_class))),
        step=str(case.get("step", default.step)),
        sender=str(case.get("sender", default.sender)),
        language=str(case.get("language", case.get("lang", default.language))),
        has_title=bool(case.get("has_title", case.get("title", default.has_title))),
        extent=default.extent if whole is None else ("whole" if whole else "part"),
    )
