"""The scenario that holds for a creditor: its own, else its tenant's, else the shipped one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import F, Q

from encours.dunning.models import Scenario as StoredScenario
from encours.dunning.rules.scenario import Scenario, french_scenario
from encours.dunning.rules.scenario_data import read_scenario
from encours.tenancy.inherited import Origin
from encours.tenancy.models import Creditor, Tenant


@dataclass(frozen=True, slots=True)
class ScenarioShown:
    """A scenario with the limits that hold, as `given` before them, and where its steps are from.

    `currency` is the one of the minimum.
    """

    scenario: Scenario
    given: Scenario
    origin: Origin
    currency: str


def scenario_of(creditor: Creditor) -> Scenario:
    """Return the steps and limits that the planner uses today.

    One question; a creditor loaded with its tenant (`select_related`) asks no other.
    """
    chosen, _origin = _chosen(_active(creditor.tenant_id, creditor.pk))
    limits = {name: creditor.in_force(name) for name in ("minimum_cents", "min_spacing_days")}
    limited = _limited(chosen, limits, creditor.currency)
    return replace(limited, stale_after_hours=creditor.in_force("freshness_days") * 24)


def scenario_shown(*, tenant_id: int, creditor_id: int | None) -> ScenarioShown:
    """Return the scenario of a creditor, or (None) the one that its tenant gives to all."""
    stored = _active(tenant_id, creditor_id)
    chosen, origin = _chosen(stored)
    if creditor_id is None:
        tenant = Tenant.objects.get(id=tenant_id)
        limits = {"minimum_cents": tenant.minimum_cents}
        limits["min_spacing_days"] = tenant.min_spacing_days
        limited = _limited(chosen, limits, tenant.currency)
        return ScenarioShown(limited, chosen, origin, tenant.currency)
    found = Creditor.objects.of(tenant_id).select_related("tenant").defer("logo")
    creditor = found.get(id=creditor_id)
    limits = {name: creditor.in_force(name) for name in ("minimum_cents", "min_spacing_days")}
    limited = _limited(chosen, limits, creditor.currency)
    return ScenarioShown(limited, chosen, origin, creditor.currency)


def steps_in_force(*, tenant_id: int, creditor_id: int | None) -> tuple[Scenario, Origin]:
    """Return the steps as they were stored, without the limits that settings give."""
    return _chosen(_active(tenant_id, creditor_id))


def _active(tenant_id: int, creditor_id: int | None) -> Iterable[StoredScenario]:
    level = Q(creditor_id=None)
    if creditor_id is not None:
        level |= Q(creditor_id=creditor_id)
    found = StoredScenario.objects.of(tenant_id).filter(level, is_active=True)
    return found.order_by(F("creditor_id").asc(nulls_last=True), "-version")[:1]


def _chosen(stored: Iterable[StoredScenario]) -> tuple[Scenario, Origin]:
    for row in stored:
        read, issues = read_scenario(row.definition)
        assert read is not None, f"a stored scenario was checked when it was stored: {issues}"
        return read, "tenant" if row.creditor_id is None else "creditor"
    return french_scenario(), "shipped"


def _limited(chosen: Scenario, limits: dict[str, Any], currency: str) -> Scenario:
    least, spacing = dict(chosen.minimum_cents), limits["min_spacing_days"]
    if limits["minimum_cents"] is not None:
        least[currency] = limits["minimum_cents"]
    return replace(
        chosen,
        minimum_cents=least,
        min_spacing_days=chosen.min_spacing_days if spacing is None else spacing,
    )
