"""Background reading of mailboxes: one pass at a time each, those that are due every minute."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from encours.replies.actions import fetching
from encours.replies.queries import inboxes

QUEUE: Final = "feeds"


@app.task(queue=QUEUE, name="encours.replies_fetch")
def fetch(*, tenant_id: int, inbox_id: int) -> None:
    """Read what is new in a mailbox; its page says what it came to."""
    fetching.fetch(tenant_id=tenant_id, inbox_id=inbox_id)


def fetch_soon(*, tenant_id: int, inbox_id: int) -> bool:
    """Queue a pass with the caller's transaction; False when one waits already."""
    name = f"inbox-{inbox_id}"
    try:
        with transaction.atomic():
            fetch.configure(lock=name, queueing_lock=name).defer(
                tenant_id=tenant_id, inbox_id=inbox_id
            )
    except AlreadyEnqueued:
        return False
    return True


def fetch_due(*, tenant_id: int, now: datetime) -> int:
    """Queue the mailboxes of a tenant whose time has come."""
    due = inboxes.due(tenant_id=tenant_id, now=now)
    return sum(fetch_soon(tenant_id=tenant_id, inbox_id=inbox_id) for inbox_id in due)
