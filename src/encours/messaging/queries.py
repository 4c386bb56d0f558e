"""The accounts of channels as their page shows them; secrets are never among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count

from encours.messaging import accounts
from encours.messaging.models import ChannelAccount, Message


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
