"""What becomes of the jobs of a worker that died: doubts are said, the rest starts again."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.db import connections
from procrastinate import App
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job, Status

from encours.messaging import jobs as outbox


async def rescue_stalled(worker_app: App, *, seconds_since_heartbeat: float) -> int:
    """Give the jobs of dead workers back; return how many there were.

    A delivery is not started again: what it was sending is in doubt, and a new one takes over.
    Another job that is waiting already under the same lock stands for the dead one.
    """
    manager = worker_app.job_manager
    stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=seconds_since_heartbeat))
    for job in stalled:
        if job.task_name == outbox.DELIVER:
            await _take_over(worker_app, job)
            continue
        try:
            await manager.retry_job(job)
        except (AlreadyEnqueued, ConnectorException):
            await manager.finish_job(job, Status.FAILED, delete_job=False)
    return len(stalled)


async def _take_over(worker_app: App, job: Job) -> None:
    assert job.id is not None
    tenant_id = int(str(job.task_kwargs["tenant_id"]))
    await sync_to_async(_declare_dead, thread_sensitive=False)(tenant_id, job.id)
    await worker_app.job_manager.finish_job(job, Status.FAILED, delete_job=False)


def _declare_dead(tenant_id: int, job_id: int) -> None:
    """Say what is in doubt, and give the connection back: this thread belongs to nobody."""
    try:
        outbox.declare_dead(tenant_id, job_id)
    finally:
        connections.close_all()
