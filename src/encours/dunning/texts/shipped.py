"""The texts that come with encours: eight texts, French and English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from encours.dunning.texts.words import Text
from encours.messaging.rules.notice import Language

STEPS: Final = (
    *("prevenance", "relance_1", "relance_2", "relance_3", "mise_en_demeure"),
    *("remerciement", "releve", "cabinet"),
)
OF_KIND: Final[Mapping[str, str]] = {
    "pre_due": "prevenance",
    "formal_notice": "mise_en_demeure",
    "thank_you": "remerciement",
    "statement": "releve",
}
OF_TONE: Final[Mapping[str, str]] = {
    "friendly": "relance_1",
    "grateful": "relance_1",
    "neutral": "relance_2",
    "firm": "relance_3",
    "formal": "relance_3",
}
OF_AGENCY: Final = "cabinet"
"""The reminder of a third-party collector; `mandates` adds what the law asks of it."""
_PART: Final = re.compile(r"^\[([a-z_]+)\]\n", re.MULTILINE)


def shipped_name(kind: str, tone: str, sender: str = "creditor") -> str:
    """Return which shipped text a step has: its kind, then for a reminder who writes, its tone."""
    if kind == "reminder" and sender == "agency":
        return OF_AGENCY
    return OF_KIND.get(kind) or OF_TONE.get(tone, "relance_2")


def shipped(name: str, language: Language) -> Text:
    """Return a shipped text; a name we do not know reads as `relance_2`."""
    return _texts(language)[name if name in STEPS else "relance_2"]


@cache
def phrases(language: Language) -> Mapping[str, str]:
    """Return the sentences written once for all texts."""
    return _parts(language, "phrases")


@cache
def _texts(language: Language) -> Mapping[str, Text]:
    said = phrases(language)
    return {name: Text.of_parts(_parts(language, name), said) for name in STEPS}


def _parts(language: Language, name: str) -> dict[str, str]:
    written = (files(__package__) / language / f"{name}.liquid").read_text("utf-8")
    pieces = _PART.split(written)
    return dict(zip(pieces[1::2], (one.strip() for one in pieces[2::2]), strict=True))
