"""Subscribers: made with a secret shown once, changed, paused, ended."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from encours.kernel.refusal import Refusal
from encours.tenancy import journal, vault
from encours.webhooks import rules
from encours.webhooks.models import Subscription

FIELDS: Final = frozenset({"url", "description", "events", "is_active"})
EVENTS_MAX: Final = 50


class InvalidSubscription(Refusal):
    """Say what is wrong in a subscriber."""


class UnknownSubscription(Refusal):
    """Ended, or never there."""

    message = "Cet abonnement n'existe pas, ou a été supprimé."


@dataclass(frozen=True, slots=True)
class Made:
    """A subscriber and its secret, which is shown now only."""

    id: int
    secret: str


@transaction.atomic
def create_subscription(
    *,
    tenant_id: int,
    creditor_id: int | None,
    url: str,
    events: Sequence[str],
    description: str = "",
    actor_id: int,
    now: datetime,
) -> Made:
    """Add a subscriber: it hears what happens from now on."""
    _refuse({"url": url, "events": events})
    secret = _new_secret()
    row = Subscription.objects.create(
        tenant_id=tenant_id,
        creditor_id=creditor_id,
        url=url,
        events=sorted(set(events)),
        description=" ".join(description.split()),
        secret=vault.sealed(secret),
        created_by_id=actor_id,
    )
    _tell("webhook.created", row, actor_id, now, {"events": row.events})
    return Made(row.pk, secret)


@transaction.atomic
def update_subscription(
    *, tenant_id: int, subscription_id: int, actor_id: int, now: datetime, **values: Any
) -> list[str]:
    """Change a subscriber; return the names of what changed."""
    assert values.keys() <= FIELDS, values.keys() - FIELDS
    row = locked(tenant_id=tenant_id, subscription_id=subscription_id)
    _refuse(values)
    if "events" in values:
        values["events"] = sorted(set(values["events"]))
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)
        _tell("webhook.updated", row, actor_id, now, {"fields": changed})
    return changed


@transaction.atomic
def renew_secret(*, tenant_id: int, subscription_id: int, actor_id: int, now: datetime) -> str:
    """Give a subscriber another secret and return it; calls are signed with it from now on."""
    row = locked(tenant_id=tenant_id, subscription_id=subscription_id)
    secret = _new_secret()
    row.secret = vault.sealed(secret)
    row.save(update_fields=["secret"])
    _tell("webhook.secret_renewed", row, actor_id, now, {})
    return secret


@transaction.atomic
def end_subscription(*, tenant_id: int, subscription_id: int, actor_id: int, now: datetime) -> None:
    """Stop telling a subscriber anything; its log stays."""
    row = locked(tenant_id=tenant_id, subscription_id=subscription_id)
    row.ended_at, row.is_active = now, False
    row.save(update_fields=["ended_at", "is_active"])
    _tell("webhook.ended", row, actor_id, now, {})


def locked(*, tenant_id: int, subscription_id: int) -> Subscription:
    """Return a subscriber, locked until the end of the transaction, or refuse."""
    rows = Subscription.objects.of(tenant_id).select_for_update(no_key=True)
    row = rows.filter(pk=subscription_id, ended_at=None).first()
    if row is None:
        raise UnknownSubscription
    return row


def _refuse(values: dict[str, Any]) -> None:
    if "url" in values:
        fault = rules.url_fault(values["url"], loopback=settings.WEBHOOKS_TO_LOOPBACK)
        if fault:
            raise InvalidSubscription(fault)
    if "events" in values:
        events = values["events"]
        if not 1 <= len(events) <= EVENTS_MAX or not all(map(rules.is_pattern, events)):
            raise InvalidSubscription(
                "Donnez les faits à suivre : « invoice.recorded », « invoice.* », ou « * »."
            )


def _new_secret() -> str:
    return "whsec_" + secrets.token_urlsafe(32)


def _tell(verb: str, row: Subscription, actor_id: int, now: datetime, data: dict[str, Any]) -> None:
    journal.record(
        verb,
        tenant_id=row.tenant_id,
        subject=("webhook", row.pk),
        effective_on=now.date(),
        actor_id=actor_id,
        creditor_id=row.creditor_id,
        data=data,
    )
