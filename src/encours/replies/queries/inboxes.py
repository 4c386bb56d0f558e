"""Where answers come in, as its settings page shows it; never a secret, only which are set."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from encours.replies.models import Inbox, UnreadMail
from encours.tenancy import vault
from encours.tenancy.models import Creditor

UNREAD_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class ShownInbox:
    """An inbox with its health."""

    id: int
    settings: dict[str, Any]
    secrets_set: frozenset[str]
    allows_private: bool
    is_enabled: bool
    takes_all: bool
    hold_days: int
    is_running: bool
    next_run_at: datetime | None
    succeeded_at: datetime | None
    failed_at: datetime | None
    failure: str
    has_token: bool

    @property
    def is_consented(self) -> bool:
        """Say whether the mailbox opens by consent, and its owner gave it."""
        return "refresh_token" in self.secrets_set


@dataclass(frozen=True, slots=True)
class ShownUnread:
    """A mail that was left where it is."""

    sentence: str
    size_bytes: int
    seen_at: datetime


def inbox_of(*, tenant_id: int, creditor_id: int) -> ShownInbox | None:
    """Return the inbox of a creditor, or None when nothing was set up."""
    row = Inbox.objects.of(tenant_id).filter(creditor_id=creditor_id).first()
    if row is None:
        return None
    return ShownInbox(
        id=row.pk,
        settings=row.settings,
        secrets_set=frozenset(json.loads(vault.opened(row.secrets)) if row.secrets else ()),
        allows_private=row.allows_private,
        is_enabled=row.is_enabled,
        takes_all=row.takes_all,
        hold_days=row.hold_days,
        is_running=row.running_since is not None,
        next_run_at=row.next_run_at,
        succeeded_at=row.succeeded_at,
        failed_at=row.failed_at,
        failure=row.failure if row.failures else "",
        has_token=bool(row.digest),
    )


def unread(*, tenant_id: int, inbox_id: int) -> list[ShownUnread]:
    """Return the mails that could not be read, the latest first."""
    rows = UnreadMail.objects.of(tenant_id).filter(inbox_id=inbox_id).order_by("-pk")
    names = ("sentence", "size_bytes", "seen_at")
    return [ShownUnread(*row) for row in rows.values_list(*names)[:UNREAD_SHOWN]]


def tags_addresses(*, tenant_id: int, creditor_id: int) -> bool:
    """Say whether the answer's address of each message carries its number."""
    creditor = Creditor.objects.of(tenant_id).get(pk=creditor_id)
    return bool(creditor.settings.get("reply_tags"))


def due(*, tenant_id: int, now: datetime) -> list[int]:
    """Return the mailboxes whose time has come."""
    rows = Inbox.objects.of(tenant_id).filter(is_enabled=True, next_run_at__lte=now)
    return [row.pk for row in rows.order_by("pk") if row.settings.get("auth")]


def has_any(*, tenant_id: int, creditor_ids: Collection[int]) -> bool:
    """Say whether answers of one of these creditors come in by themselves."""
    rows = Inbox.objects.of(tenant_id).filter(creditor_id__in=list(creditor_ids), is_enabled=True)
    return rows.exists()
