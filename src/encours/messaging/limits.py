"""Limits of a creditor's senders: what may be handed over now, and what waits for another day.

What was handed over is counted in the outbox itself, under the lock of the limit's row: several
workers never exceed it together, and a limit changed at noon knows of the morning.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import transaction

from encours.kernel.refusal import Refusal
from encours.messaging.models import Message, SendingLimit
from encours.messaging.rules import pace
from encours.messaging.rules.pace import Hours, Limit, Share
from encours.tenancy import calendars, journal
from encours.tenancy.models import Creditor, TenantQuerySet

AHEAD: Final = 200  # deciding for one customer costs the planner as much as for hundreds
LIMITED: Final = ("email", "sms", "whatsapp")
LIMIT_MAX: Final = 1_000_000
HANDED: Final = ("sending", "sent", "uncertain", "failed", "bounced")


class InvalidLimit(Refusal):
    """A limit is a number of messages, and an hour cannot take more than its day."""

    message = "Indiquez des nombres positifs, et une limite par heure inférieure à celle du jour."


@dataclass(frozen=True, slots=True)
class Turn:
    """Whether a message may leave now, and if not, whom that holds.

    `holds_all`: nothing of this sender leaves; else what somebody waits for still does.
    `until_opening`: nothing of what is held leaves before the next opening.
    """

    is_open: bool = True
    holds_all: bool = False
    until_opening: bool = False
    ahead: int = 0


@transaction.atomic
def set_limit(
    *,
    tenant_id: int,
    creditor_id: int,
    channel: str,
    limit: Limit,
    actor_id: int,
    now: datetime,
) -> None:
    """Limit a sender from now on; two zeros lift the limit, and what waits leaves."""
    hourly, daily = limit.hourly, limit.daily
    assert channel in LIMITED, channel
    if not 0 <= hourly <= LIMIT_MAX or not 0 <= daily <= LIMIT_MAX or (daily and hourly > daily):
        raise InvalidLimit
    rows = SendingLimit.objects.of(tenant_id).filter(creditor_id=creditor_id, channel=channel)
    if not hourly and not daily:
        rows.delete()
    else:
        SendingLimit.objects.update_or_create(
            tenant_id=tenant_id,
            creditor_id=creditor_id,
            channel=channel,
            defaults={"hourly": hourly, "daily": daily, "author_id": actor_id, "set_at": now},
        )
    journal.record(
        "sending_limit.set",
        tenant_id=tenant_id,
        subject=("creditor", creditor_id),
        effective_on=now.date(),
        actor_id=actor_id,
        creditor_id=creditor_id,
        data={"channel": channel, "hourly": hourly, "daily": daily},
    )


def turn(message: Message, *, now: datetime, is_last_look: bool = False) -> Turn:
    """Say whether a message of a limited sender may leave; the last look locks the limit."""
    rows = SendingLimit.objects.of(message.tenant_id)
    if is_last_look:
        rows = rows.select_for_update(of=("self",))
    row = rows.filter(creditor_id=message.creditor_id, channel=message.channel).first()
    if row is None:
        return Turn()
    limit, sender = Limit(row.hourly, row.daily), _Sender.of(message, now)
    hours, its_hours = sender.hours(), sender.hours(message.clock)
    handed = sender.handed(hours.day_start(now))
    hour = pace.hard(limit)
    if limit.daily and handed >= limit.daily:
        found = Turn(is_open=False, holds_all=True, until_opening=True)
    elif hour and sender.opens_at(hour) > now:
        found = Turn(is_open=False, holds_all=True)
    elif message.precedence == pace.FIRST:
        found = Turn(ahead=1)
    elif message.precedence == pace.ORDINARY and not its_hours.are_open(now):
        found = Turn(is_open=False, until_opening=True)
    else:
        share = pace.pace(limit, hours, handed=handed, now=now)
        opens_at = sender.opens_at(share)
        is_late = message.precedence == pace.ORDINARY and opens_at >= its_hours.closing(now)
        found = Turn(opens_at <= now, until_opening=is_late, ahead=share.count)
    return found


@dataclass(slots=True)
class Aside:
    """Whose messages are left alone for the rest of a run, by creditor and channel.

    All of them (a channel that is down, an hour used up), or only what keeps to the pace.
    """

    every: set[tuple[int, str]] = field(default_factory=set)
    paced: set[tuple[int, str]] = field(default_factory=set)

    def put(self, message: Message) -> None:
        """Leave all that leaves by this message's channel."""
        self.every.add((message.creditor_id, message.channel))

    def without(self, waiting: TenantQuerySet[Message]) -> TenantQuerySet[Message]:
        """Return what waits and is not left alone."""
        for creditor_id, channel in self.every:
            waiting = waiting.exclude(creditor_id=creditor_id, channel=channel)
        for creditor_id, channel in self.paced:
            mine = {"creditor_id": creditor_id, "channel": channel}
            waiting = waiting.exclude(**mine, precedence__lt=pace.FIRST)
        return waiting

    def turn(self, message: Message, now: datetime, *, is_last_look: bool = False) -> int:
        """Return how many like it may be prepared; 0: its sender has handed over its share."""
        if not message.is_limited:  # type: ignore[attr-defined]
            return AHEAD
        found = turn(message, now=now, is_last_look=is_last_look)
        if found.is_open:
            return min(found.ahead, AHEAD)
        if found.until_opening:
            put_off(message, found, now=now)
        elif found.holds_all:
            self.put(message)
        else:
            self.paced.add((message.creditor_id, message.channel))
        return 0


def put_off(message: Message, held: Turn, *, now: datetime) -> None:
    """Have what this sender cannot hand over today wait for the next opening, on each clock.

    What another worker is deciding of is left to it.
    """
    waiting = _of(message).filter(state="reserved", send_after__lte=now)
    if not held.holds_all:
        waiting = waiting.filter(precedence=pace.ORDINARY, clock=message.clock)
    sender = _Sender.of(message, now)
    for clock in list(waiting.order_by().values_list("clock", flat=True).distinct()):
        free = waiting.filter(clock=clock).select_for_update(skip_locked=True, of=("self",))
        Message.objects.of(message.tenant_id).filter(
            pk__in=list(free.values_list("pk", flat=True))
        ).update(send_after=sender.hours(clock).next_opening(now))


def hours_of(creditor: Creditor, now: datetime, clock: str = "") -> Hours:
    """Return when a creditor's messages leave, on its own clock and calendar or another clock."""
    own = creditor.in_force("time_zone")
    zone = clock or own
    days_off = calendars.around(now.date(), creditor.in_force("calendar"))
    return Hours(
        creditor.in_force("send_from_hour"),
        creditor.in_force("send_until_hour"),
        zone,
        days_off if zone == own else frozenset(),
    )


@dataclass(frozen=True, slots=True)
class _Sender:
    """A creditor's sender of one channel, and what it handed over."""

    creditor: Creditor
    rows: TenantQuerySet[Message]
    now: datetime

    @classmethod
    def of(cls, message: Message, now: datetime) -> _Sender:
        creditors = Creditor.objects.of(message.tenant_id).select_related("tenant")
        return cls(creditors.get(pk=message.creditor_id), _of(message), now)

    def hours(self, clock: str = "") -> Hours:
        return hours_of(self.creditor, self.now, clock)

    def handed(self, since: datetime) -> int:
        return self.rows.filter(state__in=HANDED, claimed_at__gte=since).count()

    def opens_at(self, share: Share) -> datetime:
        """Return from when one more keeps within the share."""
        handed = self.rows.filter(state__in=HANDED, claimed_at__gt=self.now - share.span)
        times = handed.order_by("-claimed_at").values_list("claimed_at", flat=True)
        nth = next(iter(times[share.count - 1 : share.count]), None)
        return self.now if nth is None else nth + share.span


def _of(message: Message) -> TenantQuerySet[Message]:
    rows = Message.objects.of(message.tenant_id)
    return rows.filter(creditor_id=message.creditor_id, channel=message.channel)
