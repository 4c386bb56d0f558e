"""What a step makes of a customer, once: orders held while something is overdue, a hand-over."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.db import connection

from encours.dunning.queries.holds import in_force
from encours.parties import faces
from encours.standing import actions as standing

KINDS: Final = {"hold_orders": "orders_held", "hand_over": "handover"}
"""The standing fact of each effect; a hand-over ends reminders until a person decides."""
LOCK: Final = "select pg_advisory_xact_lock(hashtextextended('encours.orders_held.' || %s, 0))"
SETTLED: Final = f"""
with merged as (select link.customer_id, link.face_id from {faces.LIVE} link)
select f.id, f.starts_on
from standing_standingfact f
left join merged face on face.customer_id = f.customer_id
cross join lateral (
    select case when face.face_id is null then f.customer_id else face.face_id end as id
) who
where f.tenant_id = %(tenant_id)s and f.creditor_id = %(creditor)s and f.kind = 'orders_held'
  and f.undone_at is null and (f.ends_on is null or f.ends_on >= %(today)s)
  and f.details ->> 'step' is not null
  and not exists (
      select from receivables_instalment l
      where l.tenant_id = f.tenant_id
        and l.customer_id = any (array(
            select who.id
            union all select merged.customer_id from merged where merged.face_id = who.id))
        and l.undone_at is null and l.due_on < %(today)s
        and l.amount_cents > coalesce((
            select sum(a.amount_cents) from receivables_allocation a
            where a.tenant_id = l.tenant_id and a.instalment_id = l.id
              and a.undone_at is null and a.effective_on <= %(today)s), 0))
order by f.id
"""


def hold(*, tenant_id: int, customer_id: int, effect: str, step: str, on: date) -> bool:
    """Record what a step makes of the customer; say whether it was not so before.

    Two steps at the same time wait for each other, and make one fact.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [customer_id])
    kind = KINDS[effect]
    if in_force(tenant_id=tenant_id, customer_id=customer_id, on=on, kind=kind) is not None:
        return False
    standing.record_fact(
        tenant_id=tenant_id,
        customer_id=customer_id,
        kind=kind,
        starts_on=on,
        reason=f"Étape de relance envoyée : {step.replace('_', ' ')}",
        details={"step": step},
        today=on,
    )
    return True


def lift_settled(*, tenant_id: int, creditor_id: int, today: date) -> int:
    """Lift what steps held of customers who owe nothing overdue any more; return how many.

    What a person held, a person lifts.
    """
    with connection.cursor() as cursor:
        cursor.execute(SETTLED, {"tenant_id": tenant_id, "creditor": creditor_id, "today": today})
        rows = cursor.fetchall()
    for fact_id, starts_on in rows:
        ends_on = max(starts_on, today - timedelta(days=1))
        standing.end_fact(tenant_id=tenant_id, fact_id=fact_id, ends_on=ends_on, today=today)
    return len(rows)
