"""Planned calls: decided again with the facts of now, done, left to another channel, withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from encours.dunning.actions.decisions import queue_approved
from encours.dunning.actions.outgoing import ReminderPreparer, verdicts_now
from encours.dunning.models import Reminder
from encours.dunning.queries import calls
from encours.dunning.queries.scenarios import shelf_of
from encours.dunning.rules.recheck import Verdict
from encours.dunning.rules.scenario import JOINED, Step
from encours.messaging import handling
from encours.tenancy import cycle
from encours.tenancy.models import Creditor

CALL = "call"


def decided_again(
    *, tenant_id: int, creditor_id: int, reminder_ids: Sequence[int], now: datetime
) -> dict[int, Verdict]:
    """Return what the planner says now of planned calls: the last look that letters have too."""
    if not reminder_ids:
        return {}
    return verdicts_now(
        tenant_id=tenant_id, creditor_id=creditor_id, reminder_ids=reminder_ids, now=now
    )


def locked_calls(
    *, tenant_id: int, customer_id: int, reminder_ids: Sequence[int], on: date
) -> list[int]:
    """Lock these reminders of a customer and return those whose call still waits."""
    rows = Reminder.objects.of(tenant_id).select_for_update().filter(pk__in=list(reminder_ids))
    found = {row.pk for row in rows.order_by("pk")}
    waiting = calls.waiting_calls(tenant_id=tenant_id, customer_id=customer_id, on=on)
    return [one.reminder_id for one in waiting if one.reminder_id in found]


def local_day(*, tenant_id: int, creditor_id: int, at: datetime) -> date:
    """Return the day of an instant on the creditor's clock."""
    creditor = Creditor.objects.of(tenant_id).select_related("tenant").get(pk=creditor_id)
    return cycle.local_now(creditor, at).date()


@transaction.atomic
def conclude_call(*, tenant_id: int, reminder_id: int, now: datetime) -> None:
    """Say that a planned call was made: its step counts from today, unless it already did."""
    reminder = Reminder.objects.of(tenant_id).select_for_update().get(pk=reminder_id)
    handling.end_call(tenant_id=tenant_id, subject_id=reminder_id, has_been=True, now=now)
    if reminder.state != "sent":
        ReminderPreparer().conclude(
            tenant_id=tenant_id, subject_id=reminder_id, outcome="sent", channel=CALL, now=now
        )


def next_channels(*, tenant_id: int, reminder_id: int) -> tuple[str, ...]:
    """Return the channels that a step falls back to when nobody answers; none when it left."""
    reminder = Reminder.objects.of(tenant_id).get(pk=reminder_id)
    if reminder.state == "sent":
        return ()
    return tuple(one for one in JOINED if one in _step(reminder).fallback and one != CALL)


def tone_of(*, tenant_id: int, reminder_id: int) -> str:
    """Return the tone of a planned call's step."""
    return _step(Reminder.objects.of(tenant_id).get(pk=reminder_id)).tone


def _step(reminder: Reminder) -> Step:
    """Return the step of a reminder as the version that planned it had it."""
    mine = Creditor.objects.of(reminder.tenant_id).select_related("tenant")
    shelf = shelf_of(mine.get(pk=reminder.creditor_id))
    return shelf.step(reminder.scenario_code, reminder.scenario_version, reminder.step_code)


@transaction.atomic
def fall_back(*, tenant_id: int, reminder_id: int, now: datetime) -> bool:
    """Let a step leave by its next channel instead of the call; say whether it has one."""
    reminder = Reminder.objects.of(tenant_id).select_for_update().get(pk=reminder_id)
    channels = next_channels(tenant_id=tenant_id, reminder_id=reminder_id)
    if not channels:
        return False
    handling.end_call(tenant_id=tenant_id, subject_id=reminder_id, has_been=False, now=now)
    reminder.channel = "+".join(channels)
    reminder.save(update_fields=["channel"])
    creditor = Creditor.objects.of(tenant_id).select_related("tenant").get(pk=reminder.creditor_id)
    queue_approved(
        tenant_id=tenant_id,
        creditor_id=reminder.creditor_id,
        on=cycle.local_now(creditor, now).date(),
        now=now,
    )
    return True


@transaction.atomic
def withdraw_outdated(*, tenant_id: int, creditor_id: int, on: date, now: datetime) -> int:
    """Withdraw the calls that have no reason any more; return how many.

    What is only held for a time (an old import, a day off) waits.
    """
    found = calls.waiting_calls(tenant_id=tenant_id, creditor_ids=[creditor_id], on=on)
    decided = decided_again(
        tenant_id=tenant_id,
        creditor_id=creditor_id,
        reminder_ids=[one.reminder_id for one in found],
        now=now,
    )
    over = [number for number, verdict in decided.items() if verdict.outcome == "cancel"]
    for reminder_id in over:
        handling.end_call(tenant_id=tenant_id, subject_id=reminder_id, has_been=False, now=now)
        ReminderPreparer().conclude(
            tenant_id=tenant_id, subject_id=reminder_id, outcome="withdrawn", channel=CALL, now=now
        )
    return len(over)
