"""What a person (or the creditor's choice) decides of planned messages: approve, skip, record."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import connection

from encours.dunning import calendars
from encours.dunning.models import Reminder
from encours.kernel.dates import next_working_day
from encours.kernel.refusal import Refusal
from encours.messaging import jobs as outbox
from encours.messaging.rules.pace import NOW, ORDINARY
from encours.parties import faces
from encours.receivables.models import Instalment
from encours.tenancy import journal
from encours.tenancy.models import Creditor

DISTURBING: Final = ("sms", "whatsapp", "call")
"""Channels that ring: never outside the send window, on the debtor's clock."""

QUEUE: Final = """
insert into messaging_message
    (tenant_id, uuid, creditor_id, customer_id, kind, subject_id, channel, recipient, subject,
     state, rehearsal, send_after, precedence, clock, attempts, provider_reference, last_error,
     digest)
select r.tenant_id, gen_random_uuid(), r.creditor_id, r.customer_id, 'reminder', r.id, c.channel,
       '{}', '', 'reserved', r.rehearsal,
       case when %(at_once)s and c.channel <> all (%(disturbing)s) then %(now)s
            else coalesce((%(windows)s::jsonb -> p.country ->> 0)::timestamptz, %(send_after)s)
       end,
       case when %(at_once)s and c.channel <> all (%(disturbing)s) then %(now_wanted)s
            else %(ordinary)s end,
       coalesce(%(windows)s::jsonb -> p.country ->> 1, ''), 0, '', '', ''
from dunning_reminder r
join parties_customer p on p.tenant_id = r.tenant_id and p.id = r.customer_id
cross join lateral unnest(string_to_array(r.channel, '+')) as c (channel)
where r.tenant_id = %(tenant)s and r.creditor_id = %(creditor)s and r.state = 'approved'
  and r.planned_on <= %(on)s
  and (not r.rehearsal or c.channel = 'email' or c.channel in ('sms', 'whatsapp') and exists (
    select from messaging_channelaccount a
    where a.tenant_id = r.tenant_id and a.creditor_id = r.creditor_id and a.channel = c.channel
      and a.is_enabled and a.own_number <> ''))
  and not exists (
    select from messaging_message m
    where m.tenant_id = r.tenant_id and m.kind = 'reminder' and m.subject_id = r.id
      and m.channel = c.channel)
"""


class SendingStopped(Refusal):
    """Somebody pressed the stop button."""

    message = "Les envois sont arrêtés : reprenez-les avant d'approuver."


class NothingToRecord(Refusal):
    """A recorded reminder names no open due line of this customer."""

    message = "Choisissez au moins une échéance de ce client."


def approve(
    *,
    tenant_id: int,
    creditor_id: int,
    reminder_ids: Sequence[int] | None = None,
    user_id: int | None,
    on: date,
    now: datetime | None = None,
    at_once: bool = False,
) -> int:
    """Approve the day's planned messages, or some of them, and queue them; return how many.

    What is approved one by one is left out of a list: it takes a call of its own.
    """
    now = now or datetime.now(UTC)
    _assert_not_stopped(tenant_id, creditor_id)
    chosen = Reminder.objects.of(tenant_id).filter(
        creditor_id=creditor_id, state="planned", planned_on=on
    )
    if reminder_ids is not None:
        chosen = chosen.filter(pk__in=list(reminder_ids))
    if reminder_ids is None or len(reminder_ids) > 1:
        chosen = chosen.exclude(approval="each")
    count = chosen.update(state="approved", decided_by_id=user_id, decided_at=now)
    if count:
        journal.record(
            "reminders.approved",
            tenant_id=tenant_id,
            subject=("creditor", creditor_id),
            effective_on=on,
            actor_id=user_id,
            creditor_id=creditor_id,
            data={"messages": count},
        )
    queue_approved(tenant_id=tenant_id, creditor_id=creditor_id, on=on, now=now, at_once=at_once)
    return count


def skip(*, tenant_id: int, reminder_id: int, user_id: int, on: date, reason: str = "") -> None:
    """Leave one planned message out: its step counts as done, nothing is sent."""
    reminder = Reminder.objects.of(tenant_id).select_for_update().get(pk=reminder_id)
    if reminder.state != "planned":
        raise AlreadyDecided
    reminder.state = "skipped"
    reminder.decided_by_id, reminder.decided_at = user_id, datetime.now(UTC)
    reminder.save(update_fields=["state", "decided_by_id", "decided_at"])
    journal.record(
        "reminder.skipped",
        tenant_id=tenant_id,
        subject=("reminder", reminder.pk),
        effective_on=on,
        actor_id=user_id,
        creditor_id=reminder.creditor_id,
        customer_id=reminder.customer_id,
        data={"step": reminder.step_code, "has_reason": bool(reason)},
    )


class AlreadyDecided(Refusal):
    """The message was approved, sent, skipped or withdrawn meanwhile."""

    message = "Ce message n'attend plus de décision."


def queue_approved(
    *,
    tenant_id: int,
    creditor_id: int,
    on: date,
    now: datetime | None = None,
    at_once: bool = False,
) -> int:
    """Put every approved message in the outbox, once; it leaves inside the send window.

    The window is that of the debtor's own clock and working days. `at_once` is a person's
    « envoyer maintenant », whatever the hour, but for what rings: no telephone at night.
    """
    now = now or datetime.now(UTC)
    creditor = Creditor.objects.of(tenant_id).select_related("tenant").get(pk=creditor_id)
    with connection.cursor() as cursor:
        cursor.execute(
            QUEUE,
            {
                "tenant": tenant_id,
                "creditor": creditor_id,
                "on": on,
                "now": now,
                "at_once": at_once,
                "ordinary": ORDINARY,
                "now_wanted": NOW,
                "disturbing": list(DISTURBING),
                "send_after": window_start(creditor, now),
                "windows": json.dumps(_windows(creditor, now)),
            },
        )
        count = int(cursor.rowcount)
    if count:
        outbox.wake(tenant_id)
    return count


def window_start(creditor: Creditor, now: datetime, zone: str | None = None) -> datetime:
    """Return when the send window next lets something leave: now, or at its next opening.

    `zone` = the clock of the one who is written to, the creditor's own where it is not given.
    """
    clock = ZoneInfo(zone or creditor.in_force("time_zone"))
    local = now.astimezone(clock)
    day = local.date()
    if local.hour >= creditor.in_force("send_until_hour"):
        day += timedelta(days=1)
    return max(now, datetime.combine(day, time(creditor.in_force("send_from_hour")), clock))


def _windows(creditor: Creditor, now: datetime) -> dict[str, tuple[str, str]]:
    """Return by country, but France, when a message may next reach a debtor there, by its clock."""
    found = dict[str, tuple[str, str]]()
    for country, days_off in calendars.abroad_around(now.date()).items():
        zone = calendars.zone_of(country)
        start = window_start(creditor, now, zone)
        opens = next_working_day(start.astimezone(ZoneInfo(zone)).date(), days_off)
        if opens != start.astimezone(ZoneInfo(zone)).date():
            hour = time(creditor.in_force("send_from_hour"))
            start = datetime.combine(opens, hour, ZoneInfo(zone))
        found[country] = (start.isoformat(), zone)
    return found


def record_reminder(
    *,
    tenant_id: int,
    customer_id: int,
    instalment_ids: Sequence[int],
    step_code: str,
    step_rank: int,
    channel: str,
    sent_on: date,
    user_id: int | None,
) -> Reminder:
    """Record a reminder that left by other means: it counts for the steps and the spacing."""
    family = faces.family_of(tenant_id=tenant_id, customer_id=customer_id)
    lines = list(
        Instalment.objects.of(tenant_id)
        .filter(customer_id__in=family, pk__in=list(instalment_ids), undone_at=None)
        .order_by("due_on", "pk")
    )
    if not lines or len({line.currency for line in lines}) != 1:
        raise NothingToRecord
    last = (
        Reminder.objects.of(tenant_id)
        .filter(customer_id__in=family, currency=lines[0].currency, rehearsal=False, cycle__gt=0)
        .exclude(state="cancelled")
        .order_by("-cycle")
        .first()
    )
    reminder = Reminder.objects.create(
        tenant_id=tenant_id,
        creditor_id=lines[0].creditor_id,
        customer_id=customer_id,
        currency=lines[0].currency,
        scenario_code="recorded",
        step_code=step_code,
        step_rank=step_rank,
        cycle=last.cycle if last else 1,
        planned_on=sent_on,
        sent_on=sent_on,
        channel=channel,
        amount_cents=sum(line.amount_cents for line in lines),
        instalment_ids=[line.pk for line in lines],
        open_cents=[line.amount_cents for line in lines],
        line_ranks=[step_rank] * len(lines),
        reason="Relance faite hors du programme.",
        state="sent",
        origin="recorded",
        decided_by_id=user_id,
    )
    journal.record(
        "reminder.recorded",
        tenant_id=tenant_id,
        subject=("reminder", reminder.pk),
        effective_on=sent_on,
        actor_id=user_id,
        creditor_id=reminder.creditor_id,
        customer_id=customer_id,
        data={"step": step_code, "lines": reminder.instalment_ids},
    )
    return reminder


def _assert_not_stopped(tenant_id: int, creditor_id: int) -> None:
    creditor = Creditor.objects.of(tenant_id).select_related("tenant").get(pk=creditor_id)
    if creditor.sending_stopped_at or creditor.tenant.sending_stopped_at:
        raise SendingStopped
