"""A scenario being changed: each change is kept at once, and only saving makes a version of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from encours.dunning.actions import scenarios
from encours.dunning.actions.scenarios import LOCK
from encours.dunning.models import Scenario as StoredScenario
from encours.dunning.models import ScenarioDraft
from encours.dunning.queries.drafts import Draft, draft_of
from encours.dunning.rules import scenario_steps as steps
from encours.dunning.rules.difference import difference
from encours.dunning.rules.gallery import gallery
from encours.dunning.rules.scenario import Scenario
from encours.dunning.rules.scenario_data import built
from encours.dunning.rules.scenario_edit import changed
from encours.kernel.refusal import Refusal


class NoSuchStep(Refusal):
    """The scenario has no such step any more."""

    message = "Ce scénario n'a plus cette étape."


class LastStep(Refusal):
    """Nothing would be left."""

    message = "Un scénario a au moins une étape."


class NotOffered(Refusal):
    """The menu has no such step for this scenario."""

    message = "Cette étape ne s'ajoute pas à ce scénario."


def change_step(
    *,
    tenant_id: int,
    creditor_id: int | None,
    code: str,
    step: str,
    values: Mapping[str, Any],
    actor_id: int,
    now: datetime,
) -> Draft:
    """Change a step of the draft, begun from the version in force where there is none."""

    def change(before: Scenario) -> Scenario:
        return changed(_having(before, step), step, values)

    return _redrafted(tenant_id, creditor_id, code, change, actor_id=actor_id, now=now)


def add_step(
    *,
    tenant_id: int,
    creditor_id: int | None,
    code: str,
    key: str,
    after: str,
    actor_id: int,
    now: datetime,
) -> tuple[Draft, str]:
    """Add a step of the menu to the draft, after another; return it with the new code."""
    made: list[str] = []

    def change(before: Scenario) -> Scenario:
        if key not in {one.key for one in steps.offers(before)}:
            raise NotOffered
        taken = _codes_given(tenant_id, before.code)
        after_it, new = steps.added(before, key, after=after, taken=taken)
        made.append(new)
        return after_it

    draft = _redrafted(tenant_id, creditor_id, code, change, actor_id=actor_id, now=now)
    return draft, made[0]


def double_step(
    *,
    tenant_id: int,
    creditor_id: int | None,
    code: str,
    step: str,
    is_variant: bool,
    actor_id: int,
    now: datetime,
) -> tuple[Draft, str]:
    """Say a reminder twice in the draft, or give it a variant; return it with the new code."""
    made: list[str] = []

    def change(before: Scenario) -> Scenario:
        found = _having(before, step).step(step)
        if found is None or found.kind != "reminder":
            raise NotOffered
        taken = _codes_given(tenant_id, before.code)
        after, new = steps.doubled(before, step, taken=taken, is_variant=is_variant)
        made.append(new)
        return after

    draft = _redrafted(tenant_id, creditor_id, code, change, actor_id=actor_id, now=now)
    return draft, made[0]


def remove_step(
    *,
    tenant_id: int,
    creditor_id: int | None,
    code: str,
    step: str,
    actor_id: int,
    now: datetime,
) -> Draft:
    """Take a step out of the draft; what it said stays said."""

    def change(before: Scenario) -> Scenario:
        if len(_having(before, step).steps) == 1:
            raise LastStep
        return steps.removed(before, step)

    return _redrafted(tenant_id, creditor_id, code, change, actor_id=actor_id, now=now)


def reorder_step(
    *,
    tenant_id: int,
    creditor_id: int | None,
    code: str,
    step: str,
    later: bool,
    actor_id: int,
    now: datetime,
) -> Draft:
    """Have a reminder of the draft change its turn with its neighbour, if it has one there."""

    def change(before: Scenario) -> Scenario:
        may = steps.orderings(_having(before, step), step)
        return steps.reordered(before, step, later=later) if may[later] else before

    return _redrafted(tenant_id, creditor_id, code, change, actor_id=actor_id, now=now)


def _having(scenario: Scenario, step: str) -> Scenario:
    if scenario.step(step) is None:
        raise NoSuchStep
    return scenario


def _codes_given(tenant_id: int, code: str) -> set[str]:
    """Return the codes of every step that a version of this scenario ever had."""
    rows = StoredScenario.objects.of(tenant_id).filter(code=code)
    known = [built(one) for one in rows.values_list("definition", flat=True)]
    known += [one.scenario for one in gallery() if one.scenario.code == code]
    return {step.code for one in known for step in one.steps}


@transaction.atomic
def _redrafted(
    tenant_id: int,
    creditor_id: int | None,
    code: str,
    change: Callable[[Scenario], Scenario],
    *,
    actor_id: int,
    now: datetime,
) -> Draft:
    """Keep what the change makes of the draft; one that says what is in force is dropped."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [tenant_id])
    before = draft_of(tenant_id=tenant_id, creditor_id=creditor_id, code=code)
    after = change(before.scenario)
    if after.steps == before.scenario.steps:
        return before
    if not difference(before.base, after):
        drop(tenant_id=tenant_id, creditor_id=creditor_id, code=before.base.code)
        return Draft(before.base, before.base, before.origin)
    level: dict[str, Any] = {"creditor_id": creditor_id, "code": after.code}
    told = {"definition": after.as_json(), "author_id": actor_id, "changed_at": now}
    ScenarioDraft.objects.of(tenant_id).update_or_create(
        **level, tenant_id=tenant_id, defaults=told
    )
    return Draft(after, before.base, before.origin, actor_id, now)


@transaction.atomic
def save_draft(
    *,
    tenant_id: int,
    creditor_id: int | None,
    code: str,
    moves_running: bool = False,
    actor_id: int,
    today: date,
) -> int:
    """Make the draft the next version, and forget it; return the version in force after that."""
    found = draft_of(tenant_id=tenant_id, creditor_id=creditor_id, code=code)
    version = scenarios.save_scenario(
        tenant_id=tenant_id,
        creditor_id=creditor_id,
        scenario=found.scenario,
        moves_running=moves_running,
        actor_id=actor_id,
        today=today,
    )
    drop(tenant_id=tenant_id, creditor_id=creditor_id, code=found.base.code)
    return version


def drop(*, tenant_id: int, creditor_id: int | None, code: str) -> bool:
    """Forget the draft; say whether there was one."""
    level = Q(creditor_id=None) if creditor_id is None else Q(creditor_id=creditor_id)
    mine = ScenarioDraft.objects.of(tenant_id).filter(level, code=code)
    return bool(mine.delete()[0])
