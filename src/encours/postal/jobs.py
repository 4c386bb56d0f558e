"""Background work of letters: each hour, what became of those that providers took."""

from __future__ import annotations

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from encours.postal.actions.following import Follower


@app.task(queue="feeds", name="encours.postal")
def follow_letters(*, tenant_id: int) -> None:
    """Ask after a tenant's letters."""
    Follower(tenant_id).run()


def follow_soon(tenant_id: int) -> None:
    """Have a tenant's letters followed soon; harmless when that is already under way."""
    try:
        with transaction.atomic():
            follow_letters.configure(queueing_lock=f"postal-{tenant_id}").defer(tenant_id=tenant_id)
    except AlreadyEnqueued:
        return
