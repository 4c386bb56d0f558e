"""The texts that come with encours: six steps, French and English."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from encours.dunning.texts.passages import Passage, StepText
from encours.messaging.rules.notice import Language

STEPS: Final = (
    *("prevenance", "relance_1", "relance_2", "relance_3", "mise_en_demeure"),
    *("remerciement", "releve"),
)
SHARED: Final = "@"


def shipped(step: str, language: Language) -> StepText:
    """Return the passages of a step; the code of a step we do not know reads as `relance_2`."""
    return _texts(language)[step if step in STEPS else "relance_2"]


@cache
def _texts(language: Language) -> Mapping[str, StepText]:
    written = tomllib.loads((files(__package__) / f"{language}.toml").read_text("utf-8"))
    shared: Mapping[str, list[Any]] = written["shared"]
    return {
        step: StepText(
            **{part: _passages(said, shared) for part, said in written[step].items()},
        )
        for step in STEPS
    }


def _passages(said: str | list[Any], shared: Mapping[str, list[Any]]) -> tuple[Passage, ...]:
    read = list[Passage]()
    for one in [said] if isinstance(said, str) else said:
        if isinstance(one, str) and one.startswith(SHARED):
            read += _passages(shared[one.removeprefix(SHARED)], shared)
        elif isinstance(one, str):
            read.append(Passage(one))
        else:
            read.append(Passage(one["text"], tuple(one["when"].split())))
    return tuple(read)
