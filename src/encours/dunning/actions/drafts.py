"""A scenario being changed: each change is kept at once, and only saving makes a version of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from encours.dunning.actions import scenarios
from encours.dunning.actions.scenarios import LOCK
from encours.dunning.models import ScenarioDraft
from encours.dunning.queries.drafts import Draft, draft_of
from encours.dunning.rules.scenario_edit import changed
from encours.kernel.refusal import Refusal


class NoSuchStep(Refusal):
    """The scenario has no such step any more."""

    message = "Ce scénario n'a plus cette étape."


@transaction.atomic
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
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [tenant_id])
    before = draft_of(tenant_id=tenant_id, creditor_id=creditor_id, code=code)
    if before.scenario.step(step) is None:
        raise NoSuchStep
    after = changed(before.scenario, step, values)
    if after.steps == before.scenario.steps:
        return before
    if after.steps == before.base.steps:
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
