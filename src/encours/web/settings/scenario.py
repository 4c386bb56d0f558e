"""The scenario as the planner reads it; read-only for now."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from encours.dunning.queries import scenarios
from encours.web.rights import StaffRequest, needs
from encours.web.settings.subject import shown, subject


@require_GET
@needs("settings.read")
def scenario(request: StaffRequest) -> HttpResponse:
    """Show the steps in their order."""
    mine = subject(request)
    found = scenarios.scenario_shown(tenant_id=request.tenant_id, creditor_id=mine.id)
    steps = sorted(found.steps, key=lambda step: step.rank)
    context = {"creditor": mine, "scenario": found, "steps": steps}
    return shown(request, "settings/scenario.html", context)
