"""The scenarios that ship: who they are for, and the steps that people in the trade would take.

They differ by their days, channels and approvals; the text of a step is that of its code. A formal
notice always comes at least `formal_notice_gap_days` after the first reminder (C. civ. 1344).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from encours.dunning.rules.scenario import Scenario, Step, french_scenario

SHIPPED: Final = "france"
"""The code of the scenario of those who chose none."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """A scenario of the gallery, and whom it is for (French)."""

    scenario: Scenario
    purpose: str


def _scenario(
    code: str, name: str, severity: int, days: Mapping[str, int], **given: Mapping[str, Any]
) -> Scenario:
    """Take the shipped steps at other days; a step that is not named is put to sleep."""
    steps = tuple(
        replace(step, **{"is_active": False, **given.get(step.code, {})})
        if step.code not in days
        else replace(step, offset_days=days[step.code], **given.get(step.code, {}))
        for step in (*_spread(french_scenario().steps), CALL, STATEMENT)
    )
    return replace(french_scenario(), code=code, name=name, severity=severity, steps=steps)


def _spread(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Leave room between the ranks, for what comes between two steps."""
    return tuple(replace(step, rank=10 * step.rank) for step in steps)


CALL: Final = Step(
    "appel",
    "appel",
    25,
    "reminder",
    7,
    channels=("call",),
    approval="manual",
    minimum_cents={"EUR": 300_000, "USD": 300_000, "GBP": 300_000, "CHF": 300_000},
)
"""Above an amount somebody calls before the second written reminder; without a number nobody does.

Its rank comes between those of the first two reminders of the shipped scenarios.
"""

_AGENCY: Final[Mapping[str, Any]] = {
    "channels": ("letter", "email"),
    "tone": "firm",
    "approval": "manual",
    "sender": "agency",
}

STATEMENT: Final = Step(
    "releve",
    "relevé de compte",
    90,
    "statement",
    3,
    anchor="month_end",
    channels=("email",),
    tone="neutral",
    attachments=("statement",),
    lapse_days=10,
)
"""Each month, three days after its end: all that is open, due or not. It claims nothing."""


def _entrusted() -> tuple[Step, ...]:
    """Return the steps of a claim that a collector takes over, each of its letters posted."""
    notice, first, second, _third, formal, thanks = _spread(french_scenario().steps)
    return (
        notice,
        first,
        second,
        Step("cabinet_1", "première lettre du cabinet", 40, "reminder", 25, **_AGENCY),
        Step("cabinet_2", "deuxième lettre du cabinet", 45, "reminder", 40, **_AGENCY),
        replace(formal, offset_days=55, sender="agency"),
        thanks,
    )


def _manual(*codes: str) -> dict[str, Mapping[str, Any]]:
    return {code: {"approval": "manual"} for code in codes}


GALLERY: Final = tuple(
    sorted(
        (
            Shipped(
                french_scenario(), "Le cas courant : prévenance, trois relances, mise en demeure."
            ),
            Shipped(
                _scenario(
                    "grand_compte",
                    "Grands comptes",
                    20,
                    {
                        "prevenance": -15,
                        "relance_1": 10,
                        "appel": 17,
                        "relance_2": 25,
                        "remerciement": 0,
                        "releve": 3,
                    },
                    **_manual("relance_1", "relance_2", "relance_3"),
                ),
                "Peu de messages, chacun relu par une personne, un relevé par mois, un appel avant "
                "la deuxième relance ; jamais de mise en demeure par le programme.",
            ),
            Shipped(
                replace(
                    french_scenario(),
                    code="releves",
                    name="Relevés mensuels",
                    severity=10,
                    steps=(STATEMENT,),
                ),
                "Clients suivis autrement : un relevé de compte par mois, aucune relance.",
            ),
            Shipped(
                _scenario(
                    "doux",
                    "Relances douces",
                    30,
                    {
                        "prevenance": -7,
                        "relance_1": 7,
                        "appel": 14,
                        "relance_2": 20,
                        "relance_3": 40,
                        "remerciement": 0,
                    },
                ),
                "Petites entreprises fidèles : le temps de régler, sans mise en demeure.",
            ),
            Shipped(
                _scenario(
                    "public",
                    "Organismes publics",
                    35,
                    {"prevenance": -10, "relance_1": 8, "relance_2": 20, "relance_3": 35},
                    **_manual("relance_3"),
                ),
                "Délais de mandatement : on demande l'état du dossier ; les intérêts moratoires "
                "sont dus sans mise en demeure.",
            ),
            Shipped(
                _scenario(
                    "particulier",
                    "Particuliers",
                    40,
                    {
                        "prevenance": -7,
                        "relance_1": 5,
                        "relance_2": 15,
                        "relance_3": 25,
                        "mise_en_demeure": 40,
                        "remerciement": 0,
                    },
                ),
                "Consommateurs : ni pénalité ni indemnité, un ton mesuré.",
            ),
            Shipped(
                _scenario(
                    "export",
                    "Export",
                    45,
                    {
                        "prevenance": -15,
                        "relance_1": 7,
                        "relance_2": 18,
                        "relance_3": 30,
                        "mise_en_demeure": 45,
                        "remerciement": 0,
                    },
                    relance_1={"fallback": ()},
                    relance_2={"fallback": ()},
                    relance_3={"fallback": ()},
                ),
                "Clients étrangers, dans leur langue, par e-mail : les virements et la poste "
                "prennent plus de temps.",
            ),
            Shipped(
                _scenario(
                    "mauvais_payeur",
                    "Mauvais payeurs",
                    70,
                    {
                        "prevenance": -5,
                        "relance_1": 1,
                        "appel": 3,
                        "relance_2": 6,
                        "relance_3": 12,
                        "mise_en_demeure": 20,
                    },
                ),
                "Retards répétés : on relance tôt et l'on met en demeure vite.",
            ),
            Shipped(
                replace(
                    french_scenario(),
                    code="cabinet",
                    name="Recouvrement amiable confié (marque blanche)",
                    severity=80,
                    steps=_entrusted(),
                ),
                "Deux relances de la société, puis trois lettres d'un cabinet pour votre compte : "
                "chacune contient tout ce qu'exige R124-4. Demande un cabinet nommé dans les "
                "réglages ; aucun frais n'est demandé au client.",
            ),
            Shipped(
                _scenario(
                    "precontentieux",
                    "Précontentieux",
                    90,
                    {"relance_1": 2, "appel": 5, "relance_2": 8, "mise_en_demeure": 15},
                    relance_2={"tone": "firm"},
                ),
                "Avant de transmettre : deux relances fermes, puis la mise en demeure.",
            ),
        ),
        key=lambda one: one.scenario.severity,
    )
)
"""Every shipped scenario, the mildest first; `france` is the default."""


def gallery() -> tuple[Shipped, ...]:
    """Return every shipped scenario, the mildest first."""
    return GALLERY
