"""How a customer pays: its profile, why, and how it moved."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from ninja import Field, Router, Schema

from encours.api import places
from encours.api.guard import ApiRequest, needs
from encours.api.kinds import Id
from encours.api.problems import Halt
from encours.scoring.queries import stored
from encours.scoring.rules.cases import told

router = Router(tags=["Clients"])
Profile = Literal[
    "early", "on_time", "slightly_late", "chronically_late", "deteriorating", "new",
    "key_account", "public_body", "consumer",
]  # fmt: skip


class ProfileMove(Schema):
    """A day on which the profile changed; `before` is empty for the first."""

    on: date
    before: str
    profile: Profile


class Payer(Schema):
    """How a customer pays, as the last run computed it."""

    profile: Profile
    behaviour: Profile
    chosen: bool = Field(description="Choisi par une personne.")
    sentence: str = Field(description="La raison, en français.")
    currency: str
    mean_days: float | None = Field(description="Retard moyen, pondéré par les montants.")
    expected_days: float | None = Field(description="Retard attendu, que regardent les profils.")
    trend_days: float | None
    last_delays: list[int]
    settled_lines: int
    on_time_percent: int | None
    oldest_overdue_days: int
    open: str
    overdue: str
    volume: str = Field(description="Achats de douze mois, avoirs déduits.")
    moves: list[ProfileMove]


@router.get("/customers/{customer_id}/payer", response=Payer, summary="Profil payeur")
@needs("customers.read")
def get_payer(request: ApiRequest, customer_id: Id) -> Any:
    """Rend le profil payeur d'un client, sa raison et ses changements ; 404 avant un calcul."""
    places.customer(request, customer_id)
    mine = {"tenant_id": request.tenant_id, "customer_id": customer_id}
    row = stored.score_of(**mine)
    if row is None:
        raise Halt(404, "Le profil de ce client n'est pas encore calculé.")
    answer = told(row)
    moves = [
        {"on": one.on, "before": one.before, "profile": one.profile}
        for one in stored.moves_of(**mine)
    ]
    return {**answer, **answer["figures"], "moves": moves}
