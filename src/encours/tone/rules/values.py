"""What a text is read with, and what is found in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, get_args

Severity = Literal["block", "warn"]
DebtorClass = Literal["business", "consumer", "public", "foreign", "unknown"]
StepKind = Literal["pre_due", "reminder", "formal_notice", "thank_you", "statement", "other"]
SenderKind = Literal["creditor", "collector"]
Language = Literal["fr", "en"]
Extent = Literal["auto", "whole", "part"]

CLASSES: Final = get_args(DebtorClass)
SENDERS: Final = get_args(SenderKind)
LANGUAGES: Final = get_args(Language)
STEP_KINDS: Final = get_args(StepKind)
PROFESSIONAL: Final = frozenset({"business", "public", "foreign"})


@dataclass(frozen=True, slots=True)
class Context:
    """Who owes, at which step, who writes; `has_title`: a court already gave its title.

    `extent` says whether the text is a whole message, which must hold what its step requires, or
    a part of one; `auto` decides by its length. `language` "" is found out from the words.
    """

    debtor_class: DebtorClass = "unknown"
    step: StepKind = "reminder"
    sender: SenderKind = "creditor"
    language: Language | Literal[""] = ""
    has_title: bool = False
    extent: Extent = "auto"

    @property
    def is_professional(self) -> bool:
        """Say whether L441-10 or public procurement law gives interest and 40 EUR."""
        return self.debtor_class in PROFESSIONAL


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong: `start` and `end` count characters of the text; both 0: what is missing."""

    code: str
    severity: Severity
    excerpt: str
    reason: str
    better: str
    start: int = 0
    end: int = 0
    line: int = 0
    column: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the shape that `--json` promises (docs/contracts/text-check.md)."""
        return asdict(self)


def is_blocked(findings: Iterable[Finding]) -> bool:
    """Say whether one of them forbids the text."""
    return any(finding.severity == "block" for finding in findings)
