"""A creditor's scenario as its settings page shows it."""

from __future__ import annotations

from encours.dunning.queries.moment import scenario_of
from encours.dunning.rules.scenario import Scenario
from encours.tenancy.models import Creditor


def scenario_shown(*, tenant_id: int, creditor_id: int) -> Scenario:
    """Return the scenario that the planner would use today."""
    return scenario_of(Creditor.objects.of(tenant_id).defer("logo").get(id=creditor_id))
