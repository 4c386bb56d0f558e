"""Scenarios with everything in them, for the tests of branches: each is read as a person's would be.

`CALLING`: a call above an amount, alternatives, a step for who opened and one for who did not.
`COUNTED`: working days, end of month, days after the step before. `EVENTFUL`: what follows a broken
promise, a plan, a closed dispute.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from tests.dunning.ledgers import FRENCH

from encours.dunning.rules.scenario import Scenario, Step
from encours.dunning.rules.scenario_data import read_scenario

MAIL: Final[dict[str, Any]] = {"channels": ("email",), "fallback": ("letter",)}
FORMAL: Final[dict[str, Any]] = {"channels": ("registered", "email"), "approval": "manual"}
THANKS: Final = FRENCH.steps[-1]


def scenario(code: str, *steps: Step) -> Scenario:
    """Return a scenario of these steps, that is read back from what is stored.

    But for what nothing tells yet: the rules know it already.
    """
    made = Scenario(code, 1, code, steps, minimum_cents={"EUR": 1_000})
    read, issues = read_scenario(made.as_json())
    assert {issue.code for issue in issues} <= {"scenario_soon"}, issues
    assert read in {made, None}
    return made


CALLING: Final = scenario(
    "appels",
    Step("prevenance", "prévenance", 1, "pre_due", -10),
    Step("relance_1", "relance 1", 2, "reminder", 3, **MAIL),
    Step("appel_1", "appel", 3, "reminder", 7, channels=("call",), minimum_cents={"EUR": 150_00}),
    Step(
        "relance_2_appel",
        "relance 2 par téléphone",
        4,
        "reminder",
        12,
        channels=("call",),
        minimum_cents={"EUR": 200_00},
    ),
    Step("relance_2_sms", "relance 2 par SMS", 4, "reminder", 12, channels=("sms",)),
    Step("relance_2", "relance 2", 4, "reminder", 12, **MAIL),
    Step("rappel_ouvert", "rappel lu", 5, "reminder", 20, when=("opened",), **MAIL),
    Step("relance_3", "relance 3", 6, "reminder", 25, unless=("answered",), **MAIL),
    Step(
        "mise_en_demeure", "mise en demeure", 7, "formal_notice", 35, stops=("promised",), **FORMAL
    ),
    replace(THANKS, rank=8),
)
COUNTED: Final = scenario(
    "comptes",
    Step("relance_1", "relance 1", 1, "reminder", 2, anchor="month_end", **MAIL),
    Step("relance_2", "relance 2", 2, "reminder", 5, anchor="previous", days="working", **MAIL),
    Step("relance_3", "relance 3", 3, "reminder", 10, anchor="previous", **MAIL),
    Step("mise_en_demeure", "mise en demeure", 4, "formal_notice", 8, anchor="previous", **FORMAL),
)
EVENTFUL: Final = scenario(
    "evenements",
    Step("relance_1", "relance 1", 1, "reminder", 3, days="working", **MAIL),
    Step("relance_promesse", "promesse non tenue", 2, "reminder", 1, anchor="promise", **MAIL),
    Step("relance_plan", "échéancier non tenu", 3, "reminder", 2, anchor="plan", **MAIL),
    Step("relance_2", "relance 2", 4, "reminder", 10, days="working", **MAIL),
    Step("reprise", "reprise", 5, "reminder", 5, anchor="dispute_closed", **MAIL),
    Step("mise_en_demeure", "mise en demeure", 6, "formal_notice", 30, **FORMAL),
    replace(THANKS, rank=7),
)
EVERY: Final = (CALLING, COUNTED, EVENTFUL)
