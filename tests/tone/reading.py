"""Read the corpus: expected codes, context, text; `~code` is a warning, `-` a good text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from encours.tone.rules.check import check
from encours.tone.rules.values import CLASSES, SENDERS, STEP_KINDS, Context, is_blocked

CORPUS: Final = Path(__file__).parent / "corpus"


@dataclass(frozen=True)
class Case:
    file: str
    line: int
    expected: frozenset[str]
    context: Context
    text: str

    @property
    def is_unlawful(self) -> bool:
        return any(not code.startswith("~") for code in self.expected)

    def found(self) -> tuple[bool, frozenset[str]]:
        findings = check(self.text, self.context)
        codes = {one.code if one.severity == "block" else f"~{one.code}" for one in findings}
        return is_blocked(findings), frozenset(codes)


def cases(pattern: str = "*.tsv") -> Iterator[Case]:
    for path in sorted(CORPUS.glob(pattern)):
        for number, raw in enumerate(path.read_text("utf-8").splitlines(), start=1):
            if not raw.strip() or raw.startswith("#"):
                continue
            expected, context, text = raw.split("\t")
            codes = frozenset() if expected == "-" else frozenset(expected.split(","))
            yield Case(path.stem, number, codes, _context(context), text.replace("\\n", "\n"))


def _context(words: str) -> Context:
    said: dict[str, Any] = {"debtor_class": "business"}
    for word in words.split():
        if word in CLASSES:
            said["debtor_class"] = word
        elif word in STEP_KINDS:
            said["step"] = word
        elif word in SENDERS:
            said["sender"] = word
        elif word in {"whole", "part"}:
            said["extent"] = word
        else:
            assert word == "title", word
            said["has_title"] = True
    return Context(**said)
