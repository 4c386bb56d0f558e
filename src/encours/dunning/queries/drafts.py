"""Drafts of scenarios: what was changed, by whom, and against which version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from encours.dunning.models import Scenario as StoredScenario
from encours.dunning.models import ScenarioDraft
from encours.dunning.queries import scenarios
from encours.dunning.rules.gallery import gallery
from encours.dunning.rules.scenario import Scenario
from encours.dunning.rules.scenario_data import built, read_scenario
from encours.tenancy.inherited import Origin


@dataclass(frozen=True, slots=True)
class Draft:
    """The scenario as people change it, and as it is in force; without a draft both are the same.

    `author_id` and `changed_at` are of the last change; None: nothing is being changed.
    """

    scenario: Scenario
    base: Scenario
    origin: Origin
    author_id: int | None = None
    changed_at: datetime | None = None

    @property
    def is_changed(self) -> bool:
        """Say whether saving it would make a version."""
        return self.scenario.steps != self.base.steps


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a scenario that was in force, or is."""

    scenario: Scenario
    created_at: datetime | None
    author_id: int | None
    is_active: bool


def draft_of(*, tenant_id: int, creditor_id: int | None, code: str) -> Draft:
    """Return the draft of a scenario, or the scenario itself; an unknown code is the default's."""
    base, origin = scenarios.steps_in_force(tenant_id=tenant_id, creditor_id=creditor_id, code=code)
    row = ScenarioDraft.objects.of(tenant_id).filter(_level(creditor_id), code=base.code).first()
    if row is None:
        return Draft(base, base, origin)
    return Draft(built(row.definition), base, origin, row.author_id, row.changed_at)


def versions_of(*, tenant_id: int, creditor_id: int | None, code: str) -> list[Version]:
    """Return the versions that this level had, the latest first, the shipped one last."""
    levels = Q(creditor_id=None)
    if creditor_id is not None:
        levels |= Q(creditor_id=creditor_id)
    rows = StoredScenario.objects.of(tenant_id).filter(levels, code=code).order_by("-version")
    found = []
    for row in rows:
        scenario, _issues = read_scenario(row.definition)
        if scenario is not None:
            found.append(Version(scenario, row.created_at, row.author_id, row.is_active))
    shipped = [one.scenario for one in gallery() if one.scenario.code == code]
    return [
        *found,
        *(Version(one, None, None, not any(v.is_active for v in found)) for one in shipped),
    ]


def _level(creditor_id: int | None) -> Q:
    return Q(creditor_id=None) if creditor_id is None else Q(creditor_id=creditor_id)
