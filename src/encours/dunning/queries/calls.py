"""Planned calls that nobody has made yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection

from encours.parties import faces

WAITING: Final = f"""
select r.id, r.creditor_id, coalesce(face.face_id, r.customer_id), r.currency, r.step_code,
    r.amount_cents, r.planned_on, r.reason
from dunning_reminder r
left join {faces.LIVE} face on face.customer_id = r.customer_id
where r.tenant_id = %(tenant_id)s and r.state in ('approved', 'sent') and not r.rehearsal
    and r.planned_on <= %(on)s and 'call' = any (string_to_array(r.channel, '+'))
    and (%(creditors)s::bigint[] is null or r.creditor_id = any (%(creditors)s::bigint[]))
    and (%(customer_id)s::bigint is null
        or coalesce(face.face_id, r.customer_id) = %(customer_id)s)
    and case when r.state = 'approved'
        then not exists (select from messaging_message m where m.tenant_id = r.tenant_id
            and m.kind = 'reminder' and m.subject_id = r.id and m.channel = 'call'
            and m.state <> 'reserved')
        else exists (select from messaging_message m where m.tenant_id = r.tenant_id
            and m.kind = 'reminder' and m.subject_id = r.id and m.channel = 'call'
            and m.state = 'reserved') end
order by r.id
"""


@dataclass(frozen=True, slots=True)
class WaitingCall:
    """A step of a scenario that is to be said by telephone; `customer_id` is who stands for it."""

    reminder_id: int
    creditor_id: int
    customer_id: int
    currency: str
    step: str
    amount_cents: int
    planned_on: date
    reason: str


def waiting_calls(
    *,
    tenant_id: int,
    creditor_ids: Sequence[int] | None = None,
    customer_id: int | None = None,
    on: date,
) -> list[WaitingCall]:
    """Return the approved calls that wait, as they were planned: decided again by who shows them.

    A message that also leaves by another channel may have left: its call still waits.
    """
    params = {
        "tenant_id": tenant_id,
        "creditors": None if creditor_ids is None else list(creditor_ids),
        "customer_id": customer_id,
        "on": on,
    }
    with connection.cursor() as cursor:
        cursor.execute(WAITING, params)
        return [WaitingCall(*row) for row in cursor.fetchall()]
