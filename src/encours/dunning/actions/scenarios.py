"""A scenario never changes: what a person saves is its next version, used by the next plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Max, Q

from encours.dunning.models import Scenario as StoredScenario
from encours.dunning.queries import agencies, scenarios
from encours.dunning.rules.gallery import SHIPPED
from encours.dunning.rules.scenario import Scenario
from encours.dunning.rules.scenario_edit import StepEdit, edited, issues_of
from encours.dunning.rules.scenario_steps import blank_scenario, free_code
from encours.dunning.rules.shelf import NEVER
from encours.kernel.issue import Issue
from encours.kernel.refusal import Refusal
from encours.tenancy import journal

LOCK: Final = "select pg_advisory_xact_lock(hashtext('encours.scenario'), %s)"


class InvalidScenario(Refusal):
    """The steps make no sense together; `issues` says each thing that is wrong."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        super().__init__(" ".join(dict.fromkeys(issue.message for issue in issues)))
        self.issues = tuple(issues)


class NoName(Refusal):
    """A scenario is told by its name."""

    message = "Donnez un nom que nul autre scénario ne porte."


class NothingOfItsOwn(Refusal):
    """Already inherited."""

    message = "Cette société suit déjà le scénario de l'organisation."


@transaction.atomic
def save_steps(
    *,
    tenant_id: int,
    creditor_id: int | None,
    edits: Sequence[StepEdit],
    code: str = SHIPPED,
    moves_running: bool = False,
    actor_id: int,
    today: date,
) -> int:
    """Store the next version for one creditor, or (None) for all that have none of their own.

    Accounts in the middle of a cycle stay on the version they began, unless it moves them.

    Returns its number; the same steps again make no version. Numbers are given over the whole
    tenant, so that a reminder's scenario and version name one row.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [tenant_id])
    base, _origin = scenarios.steps_in_force(
        tenant_id=tenant_id, creditor_id=creditor_id, code=code
    )
    scenario, issues = edited(base, edits, version=_next_version(tenant_id, base))
    if scenario is None:
        raise InvalidScenario(issues)
    return _stored(
        tenant_id,
        creditor_id,
        base,
        scenario,
        moves_running=moves_running,
        actor_id=actor_id,
        today=today,
    )


@transaction.atomic
def save_scenario(
    *,
    tenant_id: int,
    creditor_id: int | None,
    scenario: Scenario,
    moves_running: bool = False,
    actor_id: int,
    today: date,
) -> int:
    """Store a draft as the next version of its scenario, as `save_steps`; return its number."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [tenant_id])
    base, _origin = scenarios.steps_in_force(
        tenant_id=tenant_id, creditor_id=creditor_id, code=scenario.code
    )
    numbered = replace(scenario, version=_next_version(tenant_id, base))
    issues = issues_of(numbered)
    if issues:
        raise InvalidScenario(issues)
    return _stored(
        tenant_id,
        creditor_id,
        base,
        numbered,
        moves_running=moves_running,
        actor_id=actor_id,
        today=today,
    )


def _stored(
    tenant_id: int,
    creditor_id: int | None,
    base: Scenario,
    scenario: Scenario,
    *,
    moves_running: bool,
    actor_id: int,
    today: date,
) -> int:
    if scenario.steps == base.steps:
        return base.version
    lacking = agencies.lacking(scenario, tenant_id, creditor_id, today)
    if lacking:
        raise InvalidScenario(lacking)
    _retire(tenant_id, creditor_id, base.code)
    StoredScenario.objects.create(
        tenant_id=tenant_id,
        creditor_id=creditor_id,
        code=scenario.code,
        version=scenario.version,
        name=scenario.name,
        definition=scenario.as_json(),
        moves_running=moves_running,
        author_id=actor_id,
    )
    _record(
        "scenario.saved",
        _said(base, scenario),
        tenant_id,
        creditor_id,
        actor_id=actor_id,
        today=today,
    )
    return scenario.version


@transaction.atomic
def inherit_steps(
    *, tenant_id: int, creditor_id: int, code: str = SHIPPED, actor_id: int, today: date
) -> None:
    """Follow the tenant's scenario again; the creditor's versions stay, for what they sent."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [tenant_id])
    asked: dict[str, Any] = {"tenant_id": tenant_id, "creditor_id": creditor_id, "code": code}
    base, origin = scenarios.steps_in_force(**asked)
    if origin != "creditor":
        raise NothingOfItsOwn
    _retire(tenant_id, creditor_id, base.code)
    now, _origin = scenarios.steps_in_force(**asked)
    _record(
        "scenario.inherited",
        _said(base, now),
        tenant_id,
        creditor_id,
        actor_id=actor_id,
        today=today,
    )


@transaction.atomic
def create_scenario(
    *,
    tenant_id: int,
    creditor_id: int | None,
    name: str,
    like: str = "",
    actor_id: int,
    today: date,
) -> str:
    """Store a scenario of one's own, from blank or as another one is; return its code.

    Nobody follows it before a rule or a choice names it.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [tenant_id])
    name = " ".join(name.split())
    known = scenarios.in_force(tenant_id=tenant_id, creditor_id=creditor_id)
    if not name or name.casefold() in {one.name.casefold() for one in known.values()}:
        raise NoName
    codes = {*known, *StoredScenario.objects.of(tenant_id).values_list("code", flat=True)}
    code = free_code(name, {*codes, NEVER})
    made = replace(known.get(like) or blank_scenario(), code=code, name=name, version=1)
    StoredScenario.objects.create(
        tenant_id=tenant_id,
        creditor_id=creditor_id,
        code=code,
        version=1,
        name=name,
        definition=made.as_json(),
        author_id=actor_id,
    )
    said = {"code": code, "version": 1, "name": name}
    _record("scenario.created", said, tenant_id, creditor_id, actor_id=actor_id, today=today)
    return code


def _retire(tenant_id: int, creditor_id: int | None, code: str) -> None:
    level = Q(creditor_id=None) if creditor_id is None else Q(creditor_id=creditor_id)
    mine = StoredScenario.objects.of(tenant_id).filter(level, code=code, is_active=True)
    mine.update(is_active=False)


def _next_version(tenant_id: int, base: Scenario) -> int:
    known = StoredScenario.objects.of(tenant_id).filter(code=base.code)
    return max(base.version, known.aggregate(last=Max("version"))["last"] or 0) + 1


def _said(before: Scenario, after: Scenario) -> dict[str, Any]:
    known = {step.code: step for step in before.steps}
    changed = [step.code for step in after.steps if step != known.get(step.code)]
    changed += [code for code in known if after.step(code) is None]
    return {"code": after.code, "version": after.version, "steps": changed}


def _record(
    verb: str,
    data: dict[str, Any],
    tenant_id: int,
    creditor_id: int | None,
    *,
    actor_id: int,
    today: date,
) -> None:
    journal.record(
        verb,
        tenant_id=tenant_id,
        subject=("tenant", tenant_id) if creditor_id is None else ("creditor", creditor_id),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=creditor_id,
        data=data,
    )
