"""What is to be told: facts as they are heard, again from a day on, one again, a trial."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import uuid4

from django.db import connection, transaction

from encours.kernel.refusal import Refusal
from encours.tenancy.listening import Heard, heard
from encours.tenancy.models import Creditor
from encours.webhooks import rules
from encours.webhooks.actions import subscriptions
from encours.webhooks.models import Delivery, Subscription

TEST: Final = "webhook.test"
AT_ONCE: Final = 1_000
SINCE: Final = """
select id, recorded_at, effective_on, verb, subject_type, subject_id, creditor_id, customer_id,
    data::text
from tenancy_fact where tenant_id = %s and id > %s and recorded_at >= %s
  and (%s::bigint is null or creditor_id = %s) order by id limit %s
"""


WAITING: Final[dict[str, Any]] = {
    "state": "waiting",
    "failures": 0,
    "first_at": None,
    "next_at": None,
    "claimed_at": None,
    "ended_at": None,
}


class NotToReplay(Refusal):
    """It waits already, or is not there."""

    message = "Cet envoi n'existe pas, ou attend déjà."


def is_listening(*, tenant_id: int) -> bool:
    """Say whether somebody subscribed at this tenant."""
    return Subscription.objects.of(tenant_id).filter(ended_at=None).exists()


def hear(*, tenant_id: int, facts: Sequence[Heard]) -> None:
    """Queue facts for those who subscribed to them before they happened, in order."""
    rows = list(Subscription.objects.of(tenant_id).filter(ended_at=None).order_by("pk"))
    codes = _codes(tenant_id)
    Delivery.objects.bulk_create(
        (
            _delivery(row, fact, codes)
            for fact in facts
            for row in rows
            if fact.recorded_at >= row.created_at and _is_for(row, fact)
        ),
        batch_size=AT_ONCE,
    )


@transaction.atomic
def replay(*, tenant_id: int, delivery_id: int) -> None:
    """Tell one fact again, under the same number: a subscriber that has it may know."""
    rows = Delivery.objects.of(tenant_id).exclude(state="waiting")
    if not rows.filter(pk=delivery_id).update(**WAITING):
        raise NotToReplay


@transaction.atomic
def replay_since(*, tenant_id: int, subscription_id: int, since: date) -> int:
    """Tell a subscriber what happened since a day, what it never heard included; returns how many.

    What it was told keeps its number.
    """
    row = subscriptions.locked(tenant_id=tenant_id, subscription_id=subscription_id)
    told = Delivery.objects.of(tenant_id).filter(subscription_id=row.pk)
    known = set(told.filter(fact_id__isnull=False).values_list("fact_id", flat=True))
    codes, count = _codes(tenant_id), 0
    for piece in _since(row, since):
        mine = [fact for fact in piece if _is_for(row, fact)]
        again = [fact.id for fact in mine if fact.id in known]
        told.filter(fact_id__in=again).update(**WAITING)
        Delivery.objects.bulk_create(
            _delivery(row, fact, codes) for fact in mine if fact.id not in known
        )
        count += len(mine)
    return count


@transaction.atomic
def send_test(*, tenant_id: int, subscription_id: int, now: datetime) -> int:
    """Queue a trial that says nothing of anybody; return its delivery."""
    row = subscriptions.locked(tenant_id=tenant_id, subscription_id=subscription_id)
    delivery = Delivery(
        tenant_id=tenant_id,
        subscription=row,
        uuid=uuid4(),
        verb=TEST,
        subject_type="test",
        subject_id=row.pk,
    )
    delivery.payload = {
        "id": str(delivery.uuid),
        "event": TEST,
        "recorded_at": now.isoformat(),
        "subject": {"type": "test", "id": row.pk},
        "data": {},
    }
    delivery.save(force_insert=True)
    return delivery.pk


def _since(row: Subscription, since: date) -> Iterator[list[Heard]]:
    after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                SINCE, [row.tenant_id, after, since, row.creditor_id, row.creditor_id, AT_ONCE]
            )
            found = cursor.fetchall()
        if not found:
            return
        yield [heard(values) for values in found]
        after = found[-1][0]


def _is_for(row: Subscription, fact: Heard) -> bool:
    return row.creditor_id in (None, fact.creditor_id) and rules.hears(row.events, fact.verb)


def _delivery(row: Subscription, fact: Heard, codes: dict[int, str]) -> Delivery:
    number = uuid4()
    payload: dict[str, Any] = {
        "id": str(number),
        "fact": fact.id,
        "event": fact.verb,
        "recorded_at": fact.recorded_at.isoformat(),
        "effective_on": fact.effective_on.isoformat(),
        "subject": {"type": fact.subject_type, "id": fact.subject_id},
        "creditor": codes.get(fact.creditor_id or 0),
        "customer_id": fact.customer_id,
        "data": fact.data,
    }
    return Delivery(
        tenant_id=row.tenant_id,
        subscription_id=row.pk,
        uuid=number,
        fact_id=fact.id,
        verb=fact.verb,
        subject_type=fact.subject_type,
        subject_id=fact.subject_id,
        payload=payload,
    )


def _codes(tenant_id: int) -> dict[int, str]:
    return dict(Creditor.objects.of(tenant_id).values_list("id", "code"))
