"""What makes no sense in a scenario whose words are all known."""

from __future__ import annotations

from typing import Any

import pytest
from tests.dunning.test_rules_scenario import changed

from encours.dunning.rules.scenario_data import read_scenario
from encours.kernel.issue import Issue

SOON = "Pas encore en usage."


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(
            changed(3, unless=["opened", "promised"], discount=True),
            [
                Issue(
                    "scenario_discount",
                    "Un escompte s'offre avant l'échéance : par une prévenance seulement.",
                    3,
                    "discount",
                ),
                Issue("scenario_soon", SOON, 3, "when", "opened"),
            ],
            id="a discount after the due date; what nothing acts on yet",
        ),
        pytest.param(
            changed(3, minimum_cents={"EUR": 500}, maximum_cents={"EUR": 499}, when=["promised"]),
            [
                Issue(
                    "scenario_bounds",
                    "En EUR, le montant maximum est inférieur au minimum.",
                    3,
                    "maximum_cents",
                    "499",
                )
            ],
            id="bounds upside down",
        ),
        pytest.param(
            changed(3, when=["promised"], stops=["promised"]),
            [
                Issue(
                    "scenario_branch",
                    "Le même fait ne peut être exigé et exclu.",
                    3,
                    "when",
                    "promised",
                )
            ],
            id="wanted and excluded",
        ),
        pytest.param(
            changed(2, anchor="previous"),
            [
                Issue(
                    "scenario_anchor",
                    "La première relance se compte depuis l'échéance ou la fin de son mois.",
                    2,
                    "anchor",
                    "previous",
                )
            ],
            id="a first step after the one before",
        ),
        pytest.param(
            changed(3, rank=2),
            [
                Issue(
                    "scenario_repeated",
                    "« relance 2 » et « relance 1 », au même rang, tombent le même jour.",
                    3,
                    "offset_days",
                    "2",
                )
            ],
            id="alternatives on two days",
        ),
    ],
)
def test_refused(told: dict[str, Any], expected: list[Issue]) -> None:
    assert read_scenario(told) == (None, tuple(expected))
