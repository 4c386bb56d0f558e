"""Background calls: one job for each subscriber, so that a slow one holds nobody else up."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from encours.webhooks.actions import calling
from encours.webhooks.ports import CALLERS

BUDGET_S: Final = 50.0


@app.task(queue="webhooks", name="encours.webhooks")
def tell(*, tenant_id: int, subscription_id: int) -> None:
    """Tell a subscriber what waits for it."""
    calling.tell(
        CALLERS["guarded"],
        tenant_id=tenant_id,
        subscription_id=subscription_id,
        budget_s=BUDGET_S,
    )


def wake(*, tenant_id: int, subscription_id: int) -> None:
    """Have a subscriber told soon, with the caller's transaction; harmless when it is under way."""
    try:
        with transaction.atomic():
            tell.configure(queueing_lock=f"webhooks-{tenant_id}-{subscription_id}").defer(
                tenant_id=tenant_id, subscription_id=subscription_id
            )
    except AlreadyEnqueued:
        return
