"""Calls that were made: those of a customer, how often a planned call was tried, who looks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection

from encours.parties import faces
from encours.recovery.models import Call, OpenSheet
from encours.recovery.rules.outcomes import UNANSWERED

SHEET_FOR: Final = timedelta(minutes=5)
"""A sheet that was not seen for so long is nobody's: the browser says every minute it is seen."""
TRIES: Final = """
select one.id, count(*) from recovery_call c
cross join lateral unnest(c.reminder_ids) as one (id)
where c.tenant_id = %(tenant_id)s and c.outcome = any (%(unanswered)s)
    and one.id = any (%(reminders)s)
group by 1
"""


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call that was made."""

    id: int
    outcome: str
    cause: str
    promised_on: date | None
    amount_cents: int | None
    call_back_at: datetime | None
    note: str
    caller_id: int | None
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a sheet open, since when."""

    user_id: int
    since: datetime


def calls_of(*, tenant_id: int, customer_id: int, shown: int = 5) -> list[CallRow]:
    """Return the last calls to a customer and to those merged into it, the latest first."""
    family = faces.family_of(tenant_id=tenant_id, customer_id=customer_id)
    rows = Call.objects.of(tenant_id).filter(customer_id__in=family).order_by("-made_at", "-pk")
    names = ("id", *list(CallRow.__dataclass_fields__)[1:])
    return [CallRow(*values) for values in rows.values_list(*names)[:shown]]


def tries_of(*, tenant_id: int, reminder_ids: Iterable[int]) -> dict[int, int]:
    """Return how often nobody answered, by planned call."""
    wanted = list(reminder_ids)
    if not wanted:
        return {}
    params: dict[str, Any] = {
        "tenant_id": tenant_id,
        "reminders": wanted,
        "unanswered": list(UNANSWERED),
    }
    with connection.cursor() as cursor:
        cursor.execute(TRIES, params)
        return dict(cursor.fetchall())


def holder_of(
    *, tenant_id: int, customer_id: int, but_user_id: int, now: datetime
) -> Holder | None:
    """Return who else has this customer's sheet before their eyes, or nobody."""
    rows = OpenSheet.objects.of(tenant_id).filter(
        customer_id=customer_id, seen_at__gt=now - SHEET_FOR
    )
    row = rows.exclude(user_id=but_user_id).first()
    return Holder(row.user_id, row.opened_at) if row else None
