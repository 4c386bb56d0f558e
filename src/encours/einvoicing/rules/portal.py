"""Chorus Pro's words for where an invoice stands, as statuses of the norm (law-fr 10.3, 10.9).

The portal's own words say less than XP Z12-012: each is read as the status with the same effect
on a claim. A word that nobody knows here has no effect and is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

STATUSES: Final[Mapping[str, str]] = {
    "DEPOSEE": "200",
    "EN_COURS_ACHEMINEMENT": "201",
    "MISE_A_DISPOSITION": "203",
    "SERVICE_FAIT": "205",
    "VALIDEE_1": "205",
    "VALIDEE_2": "205",
    "MANDATEE": "205",
    "MISE_A_DISPOSITION_COMPTABLE": "205",
    "COMPTABILISEE": "205",
    "SUSPENDUE": "208",
    "A_RECYCLER": "208",
    "COMPLETEE": "209",
    "REJETEE": "210",
    "REFUSEE": "210",
    "MISE_EN_PAIEMENT": "211",
}
"""`A_RECYCLER`: sent to the wrong body, waits for the supplier; `REJETEE`: the buyer says no."""


def code_of(word: str) -> str | None:
    """Return the status of the norm for a word of the portal, None for one not known."""
    return STATUSES.get(word.strip().upper().replace(" ", "_"))
