"""Background work: declare receipts, exchange with the platforms, read the portal, each hour."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from encours.einvoicing.actions.flows import exchange
from encours.einvoicing.actions.incoming import receive_file
from encours.einvoicing.actions.portal import read_portal
from encours.einvoicing.actions.receipts import declare_receipts
from encours.tenancy import cycle
from encours.tenancy.models import Creditor
from encours.tenancy.scope import in_tenant


@app.task(queue="feeds", name="encours.einvoicing")
def run_exchange(*, tenant_id: int, creditor_id: int) -> None:
    """Do for one creditor all that waits; whatever is cut short is taken up next time."""
    now = datetime.now(UTC)
    with in_tenant(tenant_id):
        creditor = Creditor.objects.of(tenant_id).select_related("tenant").get(pk=creditor_id)
        today = cycle.local_now(creditor, now).date()
        declare_receipts(tenant_id=tenant_id, creditor_id=creditor_id, today=today, now=now)
    exchange(tenant_id=tenant_id, creditor_id=creditor_id, receive=receive_file)
    read_portal(tenant_id=tenant_id, creditor_id=creditor_id, today=today)


def exchange_soon(*, tenant_id: int, creditor_id: int) -> None:
    """Have a creditor's exchange run soon; harmless when it is already about to."""
    lock = f"einvoicing-{tenant_id}-{creditor_id}"
    try:
        with transaction.atomic():
            run_exchange.configure(queueing_lock=lock, lock=lock).defer(
                tenant_id=tenant_id, creditor_id=creditor_id
            )
    except AlreadyEnqueued:
        return
