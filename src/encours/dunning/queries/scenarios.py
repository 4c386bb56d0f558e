"""The scenario that holds for a creditor: its own, else its tenant's, else the shipped one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import F

from encours.dunning.models import Scenario as StoredScenario
from encours.dunning.queries import choices
from encours.dunning.rules.gallery import SHIPPED, gallery
from encours.dunning.rules.scenario import Scenario, Step
from encours.dunning.rules.scenario_data import read_scenario
from encours.dunning.rules.shelf import Shelf, key_of
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


def shelf_of(creditor: Creditor) -> Shelf:
    """Return the scenarios that the planner uses today, each with the creditor's limits.

    A creditor's version of a code comes before its organisation's, and that before the shipped
    one. The last rule without conditions names the default.
    """
    tenant_id = creditor.tenant_id
    rules = choices.rules_of(tenant_id=tenant_id, creditor_id=creditor.pk)
    stored = _stored(tenant_id)
    in_force = _in_force(stored, creditor.pk)
    default = next((one.scenario for one in rules if one.audience.is_everybody), SHIPPED)
    default = default if default in in_force else SHIPPED
    used = [one for code, one in sorted(in_force.items()) if code != default]
    used.append(in_force[default])
    mine = [row for row in stored if row.creditor_id in (creditor.pk, None)]
    limited = [of_creditor(one, creditor) for one in (*_former(mine, used), *used)]
    return Shelf(
        default=limited[-1],
        others=tuple(limited[-len(used) : -1]),
        former=tuple(limited[: -len(used)]),
        rules=rules,
        gone=tuple(_gone(mine, limited)),
    )


def of_creditor(scenario: Scenario, creditor: Creditor) -> Scenario:
    """Return a scenario with the limits that the creditor sets."""
    limits = {name: creditor.in_force(name) for name in ("minimum_cents", "min_spacing_days")}
    limited = _limited(scenario, limits, creditor.currency)
    return replace(limited, stale_after_hours=creditor.in_force("freshness_days") * 24)


def _stored(tenant_id: int) -> list[StoredScenario]:
    """Return every version of the tenant, the creditors' own before those for all of them."""
    rows = StoredScenario.objects.of(tenant_id)
    return list(rows.order_by(F("creditor_id").asc(nulls_last=True), "-version"))


def _in_force(stored: Iterable[StoredScenario], creditor_id: int | None) -> dict[str, Scenario]:
    """Return by code what this creditor reminds by: its own, its tenant's, else the shipped."""
    found = dict[str, Scenario]()
    for row in stored:
        if row.is_active and row.creditor_id in (creditor_id, None):
            found.setdefault(row.code, _read(row))
    return {one.scenario.code: one.scenario for one in gallery()} | found


def _former(stored: Sequence[StoredScenario], used: Iterable[Scenario]) -> list[Scenario]:
    """Return the other versions that accounts in a cycle may still be on.

    A version that moved the running accounts leaves nobody on those before it.
    """
    now = {one.code: one.version for one in used}
    first = dict.fromkeys(now, 0)
    for row in stored:
        if row.moves_running and row.version <= now.get(row.code, 0):
            first[row.code] = max(first[row.code], row.version)
    every = [_read(row) for row in stored] + [one.scenario for one in gallery()]
    return [
        one
        for one in every
        if one.code in now and one.version != now[one.code] and one.version >= first[one.code]
    ]


def _gone(stored: Iterable[StoredScenario], used: Iterable[Scenario]) -> Iterator[Scenario]:
    """Yield the versions that nobody follows any more: messages of their steps may be left."""
    known = {key_of(one) for one in used}
    every = [*(_read(row) for row in stored), *(one.scenario for one in gallery())]
    return (one for one in every if key_of(one) not in known)


def _read(row: StoredScenario) -> Scenario:
    read, issues = read_scenario(row.definition)
    assert read is not None, f"a stored scenario was checked when it was stored: {issues}"
    return read


def codes_in_force(tenant_id: int, creditor_id: int | None) -> set[str]:
    """Return the codes that a rule or a choice may name."""
    return set(_in_force(_stored(tenant_id), creditor_id))


def in_force(*, tenant_id: int, creditor_id: int | None) -> dict[str, Scenario]:
    """Return by code every scenario that one may follow, with its steps as stored."""
    return _in_force(_stored(tenant_id), creditor_id)


@dataclass(frozen=True, slots=True)
class ScenarioCard:
    """A scenario as a list shows it: whom it is for, its active steps, where it comes from."""

    scenario: Scenario
    purpose: str
    steps: tuple[Step, ...]
    is_default: bool


def cards(*, tenant_id: int, creditor_id: int | None) -> list[ScenarioCard]:
    """Return every scenario that one may follow, the mildest first."""
    purposes = {one.scenario.code: one.purpose for one in gallery()}
    rules = choices.rules_of(tenant_id=tenant_id, creditor_id=creditor_id)
    default = next((one.scenario for one in rules if one.audience.is_everybody), SHIPPED)
    found = _in_force(_stored(tenant_id), creditor_id).values()
    return [
        ScenarioCard(
            one,
            purposes.get(one.code, ""),
            tuple(step for step in sorted(one.steps, key=_rank) if step.is_active),
            one.code == default,
        )
        for one in sorted(found, key=lambda one: (one.severity, one.code))
    ]


def _rank(step: Step) -> int:
    return step.rank


def scenario_shown(
    *, tenant_id: int, creditor_id: int | None, code: str = SHIPPED
) -> ScenarioShown:
    """Return a scenario as a creditor has it, or (None) as its tenant gives it to all.

    An unknown code is that of the default.
    """
    chosen, origin = steps_in_force(tenant_id=tenant_id, creditor_id=creditor_id, code=code)
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


def steps_in_force(
    *, tenant_id: int, creditor_id: int | None, code: str = SHIPPED
) -> tuple[Scenario, Origin]:
    """Return the steps as they were stored, without the limits that settings give."""
    stored = _stored(tenant_id)
    found = _in_force(stored, creditor_id)
    scenario = found.get(code) or found[SHIPPED]
    mine = (row for row in stored if row.is_active and row.code == scenario.code)
    row = next((row for row in mine if row.creditor_id in (creditor_id, None)), None)
    if row is None:
        return scenario, "shipped"
    return scenario, "tenant" if row.creditor_id is None else "creditor"


def _limited(chosen: Scenario, limits: dict[str, Any], currency: str) -> Scenario:
    least, spacing = dict(chosen.minimum_cents), limits["min_spacing_days"]
    if limits["minimum_cents"] is not None:
        least[currency] = limits["minimum_cents"]
    return replace(
        chosen,
        minimum_cents=least,
        min_spacing_days=chosen.min_spacing_days if spacing is None else spacing,
    )
