"""Tells a subscriber what waits: one call at a time, each subject in order, each call recorded.

A delivery is claimed and committed, posted outside any transaction, then recorded. A worker that
dies in between leaves a claim that ends by itself: the fact is told again under the same number.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import connection

from encours.tenancy import vault
from encours.tenancy.scope import in_tenant
from encours.webhooks import rules
from encours.webhooks.models import Attempt, Delivery, Subscription
from encours.webhooks.ports import Answer, Call, Caller, Unreached

CLAIM_LASTS: Final = timedelta(minutes=2)
OUTAGES_MAX: Final = 5
ERROR_MAX: Final = 200
# The first of each subject only: what follows it waits for it.
CLAIM: Final = """
update webhooks_delivery set claimed_at = %(now)s
where tenant_id = %(tenant)s and id = (
    select d.id from webhooks_delivery d
    join webhooks_subscription s on s.tenant_id = d.tenant_id and s.id = d.subscription_id
    where d.tenant_id = %(tenant)s and d.subscription_id = %(subscription)s
      and d.state = 'waiting' and s.is_active and s.ended_at is null
      and (d.next_at is null or d.next_at <= %(now)s)
      and (d.claimed_at is null or d.claimed_at < %(stale)s)
      and not exists (
        select from webhooks_delivery e
        where e.tenant_id = d.tenant_id and e.subscription_id = d.subscription_id
          and e.subject_type = d.subject_type and e.subject_id = d.subject_id
          and e.state = 'waiting'
          and (coalesce(e.fact_id, 0), e.id) < (coalesce(d.fact_id, 0), d.id))
    order by coalesce(d.fact_id, 0), d.id limit 1 for update of d skip locked)
returning id
"""


@dataclass(slots=True)
class Told:
    """What one run did."""

    delivered: int = 0
    failed: int = 0
    dead: int = 0
    outages: int = field(default=0, repr=False)


def tell(
    caller: Caller,
    *,
    tenant_id: int,
    subscription_id: int,
    budget_s: float,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Told:
    """Post what waits for a subscriber until nothing is due, nobody answers, or time ends."""
    told, until = Told(), time.monotonic() + budget_s
    while time.monotonic() < until and told.outages < OUTAGES_MAX:
        with in_tenant(tenant_id):
            delivery = _claimed(tenant_id, subscription_id, clock())
        if delivery is None:
            break
        _post(caller, delivery, told, clock)
    return told


def _claimed(tenant_id: int, subscription_id: int, now: datetime) -> Delivery | None:
    asked: dict[str, Any] = {
        "tenant": tenant_id,
        "subscription": subscription_id,
        "now": now,
        "stale": now - CLAIM_LASTS,
    }
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, asked)
        row = cursor.fetchone()
    if row is None:
        return None
    rows = Delivery.objects.of(tenant_id).select_related("subscription")
    return rows.get(pk=row[0])


def _post(caller: Caller, delivery: Delivery, told: Told, clock: Callable[[], datetime]) -> None:
    now, began = clock(), time.monotonic()
    call = signed_call(delivery, delivery.subscription, now)
    answer: Answer | None = None
    error = ""
    try:
        answer = caller.post(call)
    except Unreached as outage:
        error = str(outage)
        told.outages += 1
    else:
        told.outages = 0
        error = "" if answer.is_heard else f"Réponse {answer.status}."
    head = "\n".join(f"{name}: {value}" for name, value in call.headers.items())
    attempt = Attempt(
        tenant_id=delivery.tenant_id,
        delivery=delivery,
        at=now,
        duration_ms=round((time.monotonic() - began) * 1000),
        request_head=f"POST {call.url}\n{head}",
        status=answer.status if answer else None,
        response_head=answer.head if answer else "",
        response_body=answer.body if answer else "",
        error=error[:ERROR_MAX],
    )
    with in_tenant(delivery.tenant_id):
        attempt.save(force_insert=True)
        state = _record(delivery, is_heard=not error, at=now, now=clock())
    told.delivered += state == "delivered"
    told.dead += state == "dead"
    told.failed += state != "delivered"


def _record(delivery: Delivery, *, is_heard: bool, at: datetime, now: datetime) -> str:
    first_at = delivery.first_at or at
    values: dict[str, Any] = {"claimed_at": None, "first_at": first_at, "next_at": None}
    if is_heard:
        values |= {"state": "delivered", "ended_at": now}
    else:
        failures = delivery.failures + 1
        next_at = rules.next_attempt(failures=failures, first_at=first_at, now=now)
        values |= {"failures": failures, "next_at": next_at}
        if next_at is None:
            values |= {"state": "dead", "ended_at": now}
    Delivery.objects.of(delivery.tenant_id).filter(pk=delivery.pk).update(**values)
    return str(values.get("state", "waiting"))


def signed_call(delivery: Delivery, row: Subscription, now: datetime) -> Call:
    """Return a delivery as it is posted, signed with the subscriber's secret."""
    body = json.dumps(delivery.payload, ensure_ascii=False, sort_keys=True).encode()
    timestamp, number = int(now.timestamp()), str(delivery.uuid)
    secret = vault.opened(row.secret)
    headers = {
        "Host": _host(row.url),
        "Content-Type": "application/json",
        "User-Agent": "encours-webhooks/1",
        "Encours-Event": delivery.verb,
        "Encours-Delivery": number,
        "Encours-Timestamp": str(timestamp),
        "Encours-Signature": rules.signature(
            secret, timestamp=timestamp, delivery=number, body=body
        ),
    }
    return Call(row.url, headers, body)


def _host(url: str) -> str:
    return url.split("/", 3)[2]
