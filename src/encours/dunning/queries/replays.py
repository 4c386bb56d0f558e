"""Replays of the past that were asked for: how far they are, and their figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from encours.dunning.models import ScenarioReplay
from encours.dunning.rules.figures import Figures
from encours.dunning.rules.scenario import Scenario
from encours.dunning.rules.scenario_data import built

MOST: Final = 20


@dataclass(frozen=True, slots=True)
class ReplayShown:
    """A replay; `figures` once it is done, `customers` of `of_customers` were taken."""

    id: int
    scenario: Scenario
    last_on: date
    days: int
    lag_days: int
    state: str
    progress: int
    author_id: int
    created_at: datetime
    figures: Figures | None
    customers: int
    of_customers: int

    @property
    def is_sample(self) -> bool:
        """Say whether some customers were left out."""
        return self.customers < self.of_customers


def replays_of(*, tenant_id: int, creditor_id: int, code: str) -> list[ReplayShown]:
    """Return the last replays of a scenario, the latest first."""
    rows = ScenarioReplay.objects.of(tenant_id).filter(creditor_id=creditor_id, code=code)
    return [_shown(row) for row in rows.order_by("-pk")[:MOST]]


def one_replay(*, tenant_id: int, creditor_id: int, replay_id: int) -> ReplayShown | None:
    """Return one replay of this creditor."""
    rows = ScenarioReplay.objects.of(tenant_id).filter(creditor_id=creditor_id, pk=replay_id)
    row = rows.first()
    return None if row is None else _shown(row)


def _shown(row: ScenarioReplay) -> ReplayShown:
    told = row.figures
    return ReplayShown(
        id=row.pk,
        scenario=built(row.definition),
        last_on=row.last_on,
        days=row.days,
        lag_days=row.lag_days,
        state=row.state,
        progress=row.progress,
        author_id=row.author_id,
        created_at=row.created_at,
        figures=Figures.read(told["figures"]) if told else None,
        customers=told.get("customers", 0),
        of_customers=told.get("of_customers", 0),
    )
