"""Holds the reminders of a customer who answered, for a short time, until a person decides."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db.models import Min

from encours.receivables.actions import acts
from encours.replies.models import Reply
from encours.replies.rules.proposing import hold_until
from encours.standing import actions as standing
from encours.tenancy import calendars
from encours.tenancy.models import Creditor

UNDECIDED: Final = ("new", "proposed")
FACT: Final = "reply"


def hold(reply: Reply, creditor: Creditor, *, days: int, today: date) -> int | None:
    """Record the fact that holds, and return its id; None where a chain has held long enough."""
    assert reply.customer_id is not None
    others = Reply.objects.of(reply.tenant_id).filter(
        customer_id=reply.customer_id, state__in=UNDECIDED
    )
    first = others.exclude(pk=reply.pk).aggregate(at=Min("received_at"))["at"]
    until = hold_until(
        today,
        days=days,
        first_on=first.date() if first else None,
        holidays=calendars.around(today, creditor.in_force("calendar")),
    )
    if until is None:
        return None
    return standing.record_fact(
        tenant_id=reply.tenant_id,
        customer_id=reply.customer_id,
        kind=FACT,
        starts_on=today,
        ends_on=until,
        details={"reply": reply.pk},
        today=today,
    )


def release(reply: Reply, *, as_mistake: bool, actor_id: int | None, today: date) -> None:
    """Let the reminders go on: the hold ends today, or was a mistake and never held."""
    if reply.hold_id is None:
        return
    asked = {"tenant_id": reply.tenant_id, "fact_id": reply.hold_id}
    try:
        if as_mistake:
            standing.withdraw_fact(**asked, actor_id=actor_id, today=today)
        else:
            standing.end_fact(**asked, ends_on=today, actor_id=actor_id, today=today)
    except acts.NotFound:  # somebody withdrew it by hand
        return
    finally:
        reply.hold_id = None
