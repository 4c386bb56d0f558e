"""Who listens to the journal: the one list. Each hears every fact once, soon after its commit."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from encours.discounts.actions import following as discounts
from encours.recovery.actions import following as recovery
from encours.tenancy.listening import Listener, listen
from encours.tenancy.scope import in_tenant
from encours.webhooks import jobs, queries
from encours.webhooks.actions import queueing

LISTENERS: Final = (
    Listener("webhooks", hear=queueing.hear, is_listening=queueing.is_listening),
    Listener("discounts", hear=discounts.hear, is_listening=discounts.is_listening),
    Listener("recovery", hear=recovery.hear, is_listening=recovery.is_listening),
)


def run(tenant_id: int, *, now: datetime) -> int:
    """Tell every listener what is new at a tenant, and wake what calls outside."""
    heard = sum(listen(tenant_id, one) for one in LISTENERS)
    with in_tenant(tenant_id):
        due = queries.due(tenant_id=tenant_id, now=now)
    for subscription_id in due:
        jobs.wake(tenant_id=tenant_id, subscription_id=subscription_id)
    return heard
