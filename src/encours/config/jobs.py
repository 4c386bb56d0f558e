"""The clockwork: seals each minute, the day's cycle, and jobs whose worker died."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from django.conf import settings
from procrastinate import JobContext
from procrastinate.contrib.django import app

from encours.config import subscriptions
from encours.config.operations import daily, journals
from encours.config.operations.rescue import rescue_stalled
from encours.config.operations.tenants import tenant_ids
from encours.einvoicing import jobs as einvoicing
from encours.einvoicing.queries import desk
from encours.feeds import jobs as feeds
from encours.messaging import jobs as outbox
from encours.postal import jobs as postal
from encours.replies import jobs as replies
from encours.tenancy.actions import calls
from encours.tenancy.scope import in_tenant

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


@app.periodic(cron="* * * * *")
@app.task(queue="clock", queueing_lock="sweep", name="encours.sweep")
def sweep(timestamp: int) -> None:  # noqa: ARG001 - procrastinate's signature
    """Wake the outboxes that have something to send: windows that open, refusals to try again."""
    for tenant_id in tenant_ids():
        with in_tenant(tenant_id):
            is_waiting = outbox.has_waiting(tenant_id)
        if is_waiting:
            outbox.wake(tenant_id)


@app.periodic(cron="* * * * * */15")
@app.task(queue="clock", queueing_lock="listen", name="encours.listen")
def listen(timestamp: int) -> None:  # noqa: ARG001 - procrastinate's signature
    """Tell what is new in every journal to those who listen."""
    now = datetime.now(UTC)
    for tenant_id in tenant_ids():
        subscriptions.run(tenant_id, now=now)


@app.periodic(cron="17 3 * * *")
@app.task(queue="clock", queueing_lock="forget_calls", name="encours.forget_calls")
def forget_calls(timestamp: int) -> None:  # noqa: ARG001 - procrastinate's signature
    """Forget the answers that the API keeps for thirty days."""
    now = datetime.now(UTC)
    for tenant_id in tenant_ids():
        with in_tenant(tenant_id):
            calls.forget_old(tenant_id=tenant_id, now=now)


@app.periodic(cron="17 * * * *")
@app.task(queue="clock", queueing_lock="einvoicing", name="encours.einvoicing_hourly")
def exchange_documents(timestamp: int) -> None:  # noqa: ARG001 - procrastinate's signature
    """Have every creditor that declares receipts or has a platform exchange with it."""
    for tenant_id in tenant_ids():
        with in_tenant(tenant_id):
            for creditor_id in desk.creditors_served(tenant_id):
                einvoicing.exchange_soon(tenant_id=tenant_id, creditor_id=creditor_id)


@app.periodic(cron="37 * * * *")
@app.task(queue="clock", queueing_lock="postal", name="encours.postal_hourly")
def follow_letters(timestamp: int) -> None:  # noqa: ARG001 - procrastinate's signature
    """Have every tenant's letters followed where their providers are."""
    for tenant_id in tenant_ids():
        with in_tenant(tenant_id):
            postal.follow_soon(tenant_id)


@app.periodic(cron="* * * * *")
@app.task(queue="clock", queueing_lock="feeds", name="encours.feeds")
def run_sources(timestamp: int) -> None:  # noqa: ARG001 - procrastinate's signature
    """Queue the sources whose time has come."""
    for tenant_id in tenant_ids():
        with in_tenant(tenant_id):
            feeds.run_due(tenant_id=tenant_id, now=datetime.now(UTC))


@app.periodic(cron="* * * * *")
@app.task(queue="clock", queueing_lock="replies", name="encours.replies")
def read_answers(timestamp: int) -> None:  # noqa: ARG001 - procrastinate's signature
    """Queue the mailboxes of answers whose time has come."""
    for tenant_id in tenant_ids():
        with in_tenant(tenant_id):
            replies.fetch_due(tenant_id=tenant_id, now=datetime.now(UTC))


@app.periodic(cron="* * * * *")
@app.task(queue="clock", queueing_lock="retry_stalled", pass_context=True, name="encours.rescue")
async def rescue(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - its signature
    """Take over the jobs of dead workers."""
    await rescue_stalled(context.app, seconds_since_heartbeat=3 * settings.HEARTBEAT_S)
