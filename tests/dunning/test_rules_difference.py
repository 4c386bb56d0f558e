"""The difference between two versions of a scenario, read by a credit manager."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, get_args

import pytest

from encours.dunning.rules import scenario as words
from encours.dunning.rules.difference import FIELDS, WORDS, Change, difference, value_text
from encours.dunning.rules.gallery import gallery
from encours.dunning.rules.scenario import Scenario, Step, french_scenario

FRENCH = french_scenario()


def changed(code: str, **given: Any) -> Scenario:
    steps = tuple(replace(one, **given) if one.code == code else one for one in FRENCH.steps)
    return replace(FRENCH, version=2, steps=steps)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        pytest.param(replace(FRENCH, version=2), [], id="a new number says nothing"),
        pytest.param(
            changed("relance_1", offset_days=5),
            ["« relance 1 » part à J+5, et non plus à J+3."],
            id="another day",
        ),
        pytest.param(
            changed("relance_1", days="working"),
            ["« relance 1 » part à J+3 ouvrés, et non plus à J+3."],
            id="working days",
        ),
        pytest.param(
            changed("relance_1", anchor="previous", offset_days=7),
            ["« relance 1 » part 7 jours après l'étape précédente, et non plus à J+3."],
            id="counted from another day",
        ),
        pytest.param(
            changed("relance_2", channels=("letter", "email"), fallback=()),
            [
                "« relance 2 », canaux : courrier, e-mail au lieu de e-mail.",
                "« relance 2 », à défaut : rien au lieu de courrier.",
            ],
            id="other ways out",
        ),
        pytest.param(
            changed("relance_3", is_active=False), ["« relance 3 » est endormie."], id="asleep"
        ),
        pytest.param(
            changed("relance_3", minimum_cents={"EUR": 50_00}),
            ["« relance 3 », montant minimum : 50,00\u00a0€ au lieu de rien."],
            id="an amount",
        ),
        pytest.param(
            changed("relance_3", interest=True),
            ["« relance 3 », pénalités : oui au lieu de selon le ton."],
            id="said or not",
        ),
        pytest.param(
            replace(FRENCH, min_spacing_days=10),
            ["Le scénario, espacement : 10 au lieu de 7."],
            id="a limit of the whole",
        ),
        pytest.param(
            replace(FRENCH, steps=FRENCH.steps[:-1]),
            ["« remerciement » n'existe plus (elle partait : le jour même (le règlement))."],
            id="a step less",
        ),
        pytest.param(
            replace(FRENCH, steps=(*FRENCH.steps, Step("appel", "appel", 7, "reminder", 40))),
            ["« appel » est nouvelle : à J+40."],
            id="a step more",
        ),
    ],
)
def test_each_change_is_a_sentence(after: Scenario, expected: list[str]) -> None:
    assert [one.sentence for one in difference(FRENCH, after)] == expected


def test_a_step_that_wakes_is_told() -> None:
    asleep = changed("relance_3", is_active=False)

    assert difference(asleep, FRENCH) == [
        Change("relance_3", "relance 3", "is_active", "endormie", "active")
    ]
    assert difference(asleep, FRENCH)[0].sentence == "« relance 3 » est remise en service."


def test_the_same_both_ways_and_nothing_with_itself() -> None:
    every = [one.scenario for one in gallery()]
    for one in every:
        assert difference(one, one) == []
        for other in every:
            there = {(c.step, c.field) for c in difference(one, other)}
            back = {(c.step, c.field) for c in difference(other, one)}
            turned = {"added": "removed", "removed": "added"}
            assert there == {(step, turned.get(field, field)) for step, field in back}


def test_every_field_and_every_word_is_named() -> None:
    left = {one.name for one in fields(Step)} - FIELDS.keys()
    assert left == {"code"}
    for kind in ("Kind", "Channel", "Anchor", "Days", "Tone", "Sender", "Approval", "Attachment",
                 "Effect", "Behaviour"):  # fmt: skip
        missing = set(get_args(getattr(words, kind))) - WORDS.keys()
        assert not missing, (kind, missing)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("texts", "", "rien"),
        ("texts", "maison", "maison"),
        ("discount", True, "oui"),
        ("discount", False, "non"),
        ("is_active", True, "active"),
        ("lapse_days", 30, "30"),
        ("tone", "firm", "ferme"),
    ],
)
def test_values_as_a_person_reads_them(name: str, value: object, expected: str) -> None:
    assert value_text(name, value) == expected
