"""The accounts of channels as their page shows them; secrets are never among them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q

from encours.messaging import accounts, limits
from encours.messaging.models import ChannelAccount, Message, SendingLimit
from encours.messaging.rules import pace
from encours.messaging.rules.pace import Limit
from encours.tenancy.models import Creditor


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account: its provider, what may be shown of its settings, how it is doing."""

    channel: str
    provider: str
    settings: Mapping[str, Any]
    own_number: str
    segment_price: int
    is_enabled: bool
    tested_at: datetime | None
    failed_at: datetime | None
    failure: str
    callback: str


def channel_accounts(*, tenant_id: int, creditor_id: int) -> dict[str, AccountRow]:
    """Return the accounts of a creditor, by channel."""
    rows = ChannelAccount.objects.of(tenant_id).filter(creditor_id=creditor_id)
    return {row.channel: _row(row) for row in rows}


def waiting(*, tenant_id: int, creditor_id: int) -> dict[str, int]:
    """Return how many messages wait to leave, by channel."""
    rows = Message.objects.of(tenant_id).filter(creditor_id=creditor_id, state="reserved")
    counted = rows.order_by().values_list("channel").annotate(count=Count("id"))
    return {str(channel): int(count) for channel, count in counted}


@dataclass(frozen=True, slots=True)
class LimitedSender:
    """A sender that has limits: what it handed over, what waits, and which day that leaves."""

    creditor_id: int
    channel: str
    hourly: int
    daily: int
    today: date
    handed_today: int
    handed_hour: int
    waiting: int
    ahead: tuple[tuple[date, int], ...]


def limited_senders(
    *, tenant_id: int, creditor_ids: Collection[int] | None, now: datetime
) -> tuple[LimitedSender, ...]:
    """Return the senders that have limits, of some creditors or of all."""
    rows = SendingLimit.objects.of(tenant_id).order_by("creditor_id", "channel")
    if creditor_ids is not None:
        rows = rows.filter(creditor_id__in=list(creditor_ids))
    found = list(rows)
    creditors = Creditor.objects.of(tenant_id).select_related("tenant")
    known = creditors.in_bulk([one.creditor_id for one in found]) if found else {}
    return tuple(_limited(one, known[one.creditor_id], now) for one in found)


def _limited(row: SendingLimit, creditor: Creditor, now: datetime) -> LimitedSender:
    hours = limits.hours_of(creditor, now)
    handed = Q(state__in=limits.HANDED)
    begun, hour_ago = hours.day_start(now), now - pace.HOUR
    mine = Message.objects.of(row.tenant_id)
    mine = mine.filter(creditor_id=row.creditor_id, channel=row.channel)
    counted = mine.filter(claimed_at__gte=min(begun, hour_ago)).aggregate(
        today=Count("id", filter=handed & Q(claimed_at__gte=begun)),
        hour=Count("id", filter=handed & Q(claimed_at__gt=hour_ago)),
    )
    waiting, limit = mine.filter(state="reserved").count(), Limit(row.hourly, row.daily)
    return LimitedSender(
        creditor_id=row.creditor_id,
        channel=row.channel,
        hourly=row.hourly,
        daily=row.daily,
        today=hours.on_clock(now).date(),
        handed_today=counted["today"],
        handed_hour=counted["hour"],
        waiting=waiting,
        ahead=pace.spread(waiting, limit, hours, handed=counted["today"], now=now),
    )


def _row(row: ChannelAccount) -> AccountRow:
    return AccountRow(
        channel=row.channel,
        provider=row.provider,
        settings=row.settings,
        own_number=row.own_number,
        segment_price=row.segment_price,
        is_enabled=row.is_enabled,
        tested_at=row.tested_at,
        failed_at=row.failed_at,
        failure=row.failure,
        callback=accounts.secrets_of(row).get("callback", ""),
    )
