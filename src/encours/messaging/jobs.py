"""Background sending: one job per tenant and lane; a dead worker's job finds its own traces."""

from __future__ import annotations

from typing import Final

from django.db import connection, transaction
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from encours.messaging.actions import Outbox, declare_uncertain
from encours.tenancy.scope import in_tenant

DELIVER: Final = "encours.deliver"
LANES: Final = 2
WAITING: Final = """
select distinct tenant_id from messaging_message
where tenant_id = %s and state = 'reserved' and channel = 'email' and send_after <= now()
  and (next_attempt_at is null or next_attempt_at <= now())
"""


@app.task(queue="send", pass_context=True, name=DELIVER)
def deliver(context: JobContext, *, tenant_id: int, lane: int) -> None:  # noqa: ARG001
    """Send what a tenant has waiting; lanes share the work without meeting."""
    assert context.job is not None
    assert context.job.id is not None
    Outbox(tenant_id, context.job.id).run()


def wake(tenant_id: int) -> None:
    """Have a tenant's waiting messages sent soon; harmless when that is already under way."""
    for lane in range(LANES):
        try:
            with transaction.atomic():
                deliver.configure(queueing_lock=f"deliver-{tenant_id}-{lane}").defer(
                    tenant_id=tenant_id, lane=lane
                )
        except AlreadyEnqueued:
            continue


def declare_dead(tenant_id: int, job_id: int) -> int:
    """Declare in doubt what a dead worker's delivery was sending, and have the rest sent."""
    with in_tenant(tenant_id):
        doubtful = declare_uncertain(tenant_id=tenant_id, job_id=job_id)
    wake(tenant_id)
    return doubtful


def has_waiting(tenant_id: int) -> bool:
    """Say whether a message of this tenant may leave now; inside the tenant's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [tenant_id])
        return cursor.fetchone() is not None
