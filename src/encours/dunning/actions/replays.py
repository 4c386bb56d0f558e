"""A replay of the past: asked for by a person, run by a worker, told as it goes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

from django.db import transaction

from encours.dunning.models import ScenarioReplay
from encours.dunning.queries import simulation
from encours.dunning.rules.figures import figures
from encours.dunning.rules.scenario import Scenario
from encours.dunning.rules.scenario_data import built
from encours.kernel.refusal import Refusal
from encours.tenancy.scope import in_tenant

TOLD_EVERY: Final = 5  # percent
WHOLE: Final = 100


class AlreadyRunning(Refusal):
    """One at a time for a creditor."""

    message = "Une simulation est déjà en cours pour cette société."


@transaction.atomic
def ask(
    *,
    tenant_id: int,
    creditor_id: int,
    scenario: Scenario,
    last_on: date,
    days: int,
    lag_days: int,
    actor_id: int,
) -> int:
    """Keep what is asked; a job runs it."""
    mine = ScenarioReplay.objects.of(tenant_id).filter(creditor_id=creditor_id)
    if mine.filter(state="running").exists():
        raise AlreadyRunning
    row = ScenarioReplay.objects.create(
        tenant_id=tenant_id,
        creditor_id=creditor_id,
        code=scenario.code,
        definition=scenario.as_json(),
        last_on=last_on,
        days=days,
        lag_days=lag_days,
        author_id=actor_id,
    )
    return row.pk


def run(*, tenant_id: int, replay_id: int) -> None:
    """Run a replay; a job's work, outside any transaction, so that its progress shows."""
    with in_tenant(tenant_id):
        row = ScenarioReplay.objects.of(tenant_id).filter(pk=replay_id, state="running").first()
        if row is None:
            return
        past = simulation.behind(
            tenant_id=tenant_id,
            creditor_id=row.creditor_id,
            on=row.last_on,
            now=datetime.now(UTC),
            days=row.days,
            lag_days=row.lag_days,
            draft=built(row.definition),
        )
    told = 0

    def progress(done: int, days: int) -> None:
        nonlocal told
        percent = min(done * WHOLE // days, WHOLE - 1)
        if percent >= told + TOLD_EVERY:
            told = percent
            _update(tenant_id, replay_id, progress=percent)

    found = past.run(progress)
    figured = {
        "figures": figures(found.simulated).as_json(),
        "customers": found.customers,
        "of_customers": found.of_customers,
    }
    _update(tenant_id, replay_id, state="done", progress=WHOLE, figures=figured)


def declare_failed(*, tenant_id: int, replay_id: int) -> None:
    """Say that a replay will not end."""
    _update(tenant_id, replay_id, state="failed")


def _update(tenant_id: int, replay_id: int, **told: object) -> None:
    with in_tenant(tenant_id):
        ScenarioReplay.objects.of(tenant_id).filter(pk=replay_id).update(**told)
