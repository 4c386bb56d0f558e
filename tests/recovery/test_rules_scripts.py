"""Every script, filled with figures, in both languages: nothing missing, nothing unlawful."""

from __future__ import annotations

from itertools import product

import pytest

from encours.recovery.rules.scripts import REASONS, Asked, Figures, Language, passages, script
from encours.scoring.rules.profiles import PROFILES
from encours.tone.rules.check import check
from encours.tone.rules.values import CLASSES, Context

FIGURES = Figures(
    "Maison Durand", "1 200,00 €", 3, 24, "F2026-118", "Claire Martin", "500,00 €", "05/11/2026"
)
TONES = ("friendly", "neutral", "firm", "formal")


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("debtor_class", CLASSES)
def test_every_script_is_filled_and_passes_the_tone(debtor_class: str, language: Language) -> None:
    told: Context = Context(
        debtor_class=debtor_class, step="other", language=language, extent="part"
    )  # type: ignore[arg-type]
    found = {
        sentence
        for reason, profile, tone in product(REASONS, ("", *PROFILES), TONES)
        for sentence in script(Asked(debtor_class, reason, profile, tone), FIGURES, language)
    }

    assert found
    assert not [one for one in found if "$" in one]
    assert not [(one, finding) for one in found for finding in check(one, told)]


def test_both_languages_have_the_same_passages() -> None:
    french, english = passages("fr"), passages("en")

    assert {part: set(said) for part, said in french.items()} == {
        part: set(said) for part, said in english.items()
    }
    assert set(PROFILES) <= set(french["profile"])
    assert set(french["reason"]) == set(REASONS)


def test_a_consumer_is_not_told_why_before_it_is_them() -> None:
    said = script(Asked("consumer", "step", "consumer", "firm"), FIGURES, "fr")

    assert said[0] == "Bonjour, êtes-vous bien Claire Martin ?"
    assert "Maison Durand" not in said[0]
    assert "1 200,00 €" in said[1]


def test_one_line_nobody_named_nothing_late() -> None:
    one = Figures("Durand", "10,00 €", 1, 2, "F1")
    said = script(Asked("unknown", "step", "", "neutral"), one, "fr")
    assert "une échéance dont" in said[1]
    assert "la personne qui suit vos règlements" in said[0]

    back = script(Asked("business", "promise_broken", "early", "firm"), one, "fr")
    assert len(back) == 4
    current = script(Asked("business", "current", "early", "firm"), one, "fr")
    assert len(current) == 3
    assert "10,00" not in "".join(current)
