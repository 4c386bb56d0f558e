"""Which stage of the day's cycle is due for a creditor, and that it runs once a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Max

from encours.tenancy.models import Creditor, CycleRun
from encours.tenancy.scope import in_tenant

STAGES: Final = ("backup", "refresh", "score", "plan", "send", "retain", "seal")
STALE_AFTER: Final = timedelta(hours=2)
Stage = Callable[[int, int, date], Mapping[str, Any]]


def local_now(creditor: Creditor, now: datetime) -> datetime:
    """Return the time on the creditor's clock."""
    return now.astimezone(ZoneInfo(creditor.in_force("time_zone")))


def is_in_send_window(creditor: Creditor, now: datetime) -> bool:
    """Say whether messages may leave at this hour on the creditor's clock."""
    first, last = creditor.in_force("send_from_hour"), creditor.in_force("send_until_hour")
    return bool(first <= local_now(creditor, now).hour < last)


def due_stages(creditor: Creditor, *, now: datetime) -> tuple[date, list[str]]:
    """Return the creditor's day and the stages still to run on it at this hour, in order."""
    local = local_now(creditor, now)
    if local.hour < creditor.in_force("cycle_hour"):
        return local.date(), []
    runs = CycleRun.objects.of(creditor.tenant_id).filter(creditor=creditor, on=local.date())
    done = {run.stage for run in runs if run.finished_at or now - run.started_at < STALE_AFTER}
    stages = [stage for stage in STAGES if stage not in done]
    if not is_in_send_window(creditor, now) and "send" in stages:
        stages.remove("send")
    return local.date(), stages


def run_stage(
    *, tenant_id: int, creditor_id: int, on: date, stage: str, work: Stage, now: datetime
) -> Mapping[str, Any] | None:
    """Run one stage unless this day's is done or under way; return its outcome or None.

    Days on which the program was off are noted in the outcome: the plan itself catches up,
    because a line's next step is decided from what was done and not from the calendar.
    """
    with in_tenant(tenant_id):
        missed = _days_missed(tenant_id, creditor_id, on)
        run, is_new = CycleRun.objects.get_or_create(
            tenant_id=tenant_id, creditor_id=creditor_id, on=on, stage=stage
        )
        if not is_new:
            if run.finished_at or now - run.started_at < STALE_AFTER:
                return None
            run.started_at = now
            run.save(update_fields=["started_at"])
    outcome = dict(work(tenant_id, creditor_id, on))
    if missed:
        outcome["missed_days"] = [day.isoformat() for day in missed]
    with in_tenant(tenant_id):
        CycleRun.objects.of(tenant_id).filter(pk=run.pk).update(
            finished_at=datetime.now(UTC), outcome=outcome
        )
    return outcome


def _days_missed(tenant_id: int, creditor_id: int, on: date) -> list[date]:
    last = (
        CycleRun.objects.of(tenant_id)
        .filter(creditor_id=creditor_id, on__lt=on)
        .aggregate(day=Max("on"))["day"]
    )
    if last is None:
        return []
    return [last + timedelta(days=back) for back in range(1, (on - last).days)]
