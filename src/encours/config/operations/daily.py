"""The day's work of each creditor, on its own clock, from the backup to the seal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from encours.config.operations import backups, journals
from encours.config.operations.tenants import tenant_ids
from encours.custody.actions import retention
from encours.discounts.actions import grants
from encours.dunning import actions as dunning
from encours.dunning.actions import calls
from encours.scoring.actions import running
from encours.tenancy import cycle, frames
from encours.tenancy.models import Creditor
from encours.tenancy.scope import in_tenant

LEDGER: Final = (
    "parties_customer",
    "receivables_invoice",
    "receivables_instalment",
    "receivables_credit",
    "receivables_allocation",
    "dunning_reminder",
)


def run_due(now: datetime | None = None) -> list[str]:
    """Run every stage that is due anywhere; return `creditor:stage` of what ran."""
    now = now or datetime.now(UTC)
    ran = []
    for tenant_id in tenant_ids():
        with in_tenant(tenant_id):
            creditors = list(Creditor.objects.of(tenant_id).select_related("tenant").order_by("pk"))
            due = [(creditor, *cycle.due_stages(creditor, now=now)) for creditor in creditors]
        for creditor, on, stages in due:
            for stage in stages:
                outcome = cycle.run_stage(
                    tenant_id=tenant_id,
                    creditor_id=creditor.pk,
                    on=on,
                    stage=stage,
                    work=WORK[stage],
                    now=now,
                )
                if outcome is not None:
                    ran.append(f"{creditor.code}:{stage}")
    return ran


def _back_up(tenant_id: int, creditor_id: int, on: date) -> Mapping[str, Any]:  # noqa: ARG001
    newest = backups.newest()
    if newest is not None and newest.date() >= on:
        return {"archive": "du jour"}
    return {"archive": backups.backup().name}


def _refresh(tenant_id: int, creditor_id: int, on: date) -> Mapping[str, Any]:  # noqa: ARG001
    frames.analyze(*LEDGER)
    return {"analyzed": len(LEDGER)}


def _score(tenant_id: int, creditor_id: int, on: date) -> Mapping[str, Any]:
    with in_tenant(tenant_id):
        found = running.score_creditor(tenant_id=tenant_id, creditor_id=creditor_id, today=on)
    return {"scored": found.scored, "changed": found.changed, "moved": found.moved}


def _plan(tenant_id: int, creditor_id: int, on: date) -> Mapping[str, Any]:
    with in_tenant(tenant_id):
        place = {"tenant_id": tenant_id, "creditor_id": creditor_id}
        settled = grants.settle(**place, today=on)
        calls.withdraw_outdated(**place, on=on, now=datetime.now(UTC))
    with in_tenant(tenant_id):
        plan = dunning.plan_day(tenant_id=tenant_id, creditor_id=creditor_id, on=on)
    return {"planned": len(plan.planned), "held": len(plan.held), **settled}


def _send(tenant_id: int, creditor_id: int, on: date) -> Mapping[str, Any]:
    with in_tenant(tenant_id):
        queued = dunning.queue_approved(tenant_id=tenant_id, creditor_id=creditor_id, on=on)
    return {"queued": queued}


def _retain(tenant_id: int, creditor_id: int, on: date) -> Mapping[str, Any]:
    now = datetime.now(UTC)
    return retention.let_go(tenant_id=tenant_id, creditor_id=creditor_id, now=now, today=on)


def _seal(tenant_id: int, creditor_id: int, on: date) -> Mapping[str, Any]:  # noqa: ARG001
    return {"sealed": journals.seal_all()}


WORK: Final[Mapping[str, cycle.Stage]] = {
    "backup": _back_up,
    "refresh": _refresh,
    "score": _score,
    "plan": _plan,
    "send": _send,
    "retain": _retain,
    "seal": _seal,
}
