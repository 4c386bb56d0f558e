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
select from messaging_message m
where m.tenant_id = %s and m.state = 'reserved' and m.send_after <= now()
  and (m.next_attempt_at is null or m.next_attempt_at <= now())
  and (m.channel = 'email' or exists (
    select from messaging_channelaccount a
    where a.tenant_id = m.tenant_id and a.creditor_id = m.creditor_id and a.channel = m.channel
      and a.is_enabled))
limit 1
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
