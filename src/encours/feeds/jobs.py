"""Background runs of sources: one at a time each, those that are due every minute."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from encours.feeds import actions
from encours.feeds.actions import pushing
from encours.feeds.queries import sources as queries

QUEUE: Final = "feeds"


@app.task(queue=QUEUE, name="encours.feed_run")
def run(
    *, tenant_id: int, source_id: int, trigger: str = "schedule", author_id: int | None = None
) -> None:
    """Run a source; its page says what it came to."""
    actions.run_source(
        tenant_id=tenant_id, source_id=source_id, trigger=trigger, author_id=author_id
    )


@app.task(
    queue=QUEUE,
    name="encours.feed_push",
    retry=RetryStrategy(max_attempts=10, wait=20, retry_exceptions=[pushing.StillRunning]),
)
def finish_push(*, tenant_id: int, source_id: int, import_id: int) -> None:
    """Apply a file that was pushed."""
    pushing.finish_push(tenant_id=tenant_id, source_id=source_id, import_id=import_id)


def run_soon(
    *, tenant_id: int, source_id: int, trigger: str = "schedule", author_id: int | None = None
) -> bool:
    """Queue a run with the caller's transaction; False when one waits already."""
    name = f"feed-{source_id}"
    try:
        with transaction.atomic():
            run.configure(lock=name, queueing_lock=name).defer(
                tenant_id=tenant_id, source_id=source_id, trigger=trigger, author_id=author_id
            )
    except AlreadyEnqueued:
        return False
    return True


def finish_push_soon(*, tenant_id: int, source_id: int, import_id: int) -> None:
    """Queue the application of a push with the caller's transaction."""
    finish_push.configure(lock=f"feed-{source_id}").defer(
        tenant_id=tenant_id, source_id=source_id, import_id=import_id
    )


def run_due(*, tenant_id: int, now: datetime) -> int:
    """Queue the sources of a tenant whose time has come; missed runs are one run."""
    due = queries.due(tenant_id=tenant_id, now=now)
    return sum(run_soon(tenant_id=tenant_id, source_id=source_id) for source_id in due)
