"""The clockwork: seals each minute, the day's cycle, and jobs whose worker died."""

from __future__ import annotations

import logging

from procrastinate import JobContext
from procrastinate.contrib.django import app

from encours.config.operations import daily, journals

log = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(queue="clock", queueing_lock="seal", name="encours.seal")
def seal(timestamp: int) -> None:  # noqa: ARG001 - procrastinate's signature
    """Seal what is finished in every journal."""
    journals.seal_all()


@app.periodic(cron="*/5 * * * *")
@app.task(queue="clock", queueing_lock="daily", name="encours.daily")
def run_daily(timestamp: int) -> None:  # noqa: ARG001 - procrastinate's signature
    """Run the stages of the day that are due for each creditor."""
    for stage in daily.run_due():
        log.info("daily cycle: %s", stage)


@app.periodic(cron="*/1 * * * *")
@app.task(queue="clock", queueing_lock="retry_stalled", pass_context=True, name="encours.rescue")
async def rescue(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Give the jobs of a dead worker to another one; each job then finds its own traces."""
    for job in await app.job_manager.get_stalled_jobs():
        await app.job_manager.retry_job(job)
