"""Due lines that were overdue before a creditor goes live: nobody is swept in unseen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from encours.parties import faces

OPEN: Final = f"""
from receivables_instalment i
join unnest(%(creditors)s::bigint[], %(befores)s::date[], %(todays)s::date[])
  as asked (creditor_id, before, today) on asked.creditor_id = i.creditor_id
join receivables_invoice v on v.tenant_id = i.tenant_id and v.id = i.invoice_id
left join {faces.LIVE} face on face.customer_id = i.customer_id
join parties_customer c
  on c.tenant_id = i.tenant_id
      and c.id = case when face.face_id is null then i.customer_id else face.face_id end
left join (
    select instalment_id, sum(amount_cents) as paid from receivables_allocation p
    join unnest(%(creditors)s::bigint[], %(todays)s::date[]) as asked (creditor_id, today)
      on asked.creditor_id = p.creditor_id
    where p.tenant_id = %(tenant_id)s and p.creditor_id = any (%(creditors)s)
      and p.undone_at is null and p.effective_on <= asked.today group by 1) a
  on a.instalment_id = i.id
left join dunning_triage t on t.tenant_id = i.tenant_id
  and t.instalment_id = coalesce(i.lineage_id, i.id)
where i.tenant_id = %(tenant_id)s and i.creditor_id = any (%(creditors)s)
  and i.undone_at is null and i.due_on < %(latest)s and i.due_on < asked.before
  and i.issued_on <= asked.today
  and i.amount_cents > coalesce(a.paid, 0)
"""
ROWS: Final = f"""
select coalesce(i.lineage_id, i.id), i.creditor_id, c.id, c.code, c.name,
       coalesce(nullif(v.number, ''), v.piece, ''), i.issued_on, i.due_on, i.currency,
       (i.amount_cents - coalesce(a.paid, 0))::bigint, asked.today - i.due_on,
       coalesce(t.decision, '')
{OPEN}
order by i.due_on, i.id
"""
COUNT: Final = f"select count(*) {OPEN} and t.decision is null"


@dataclass(frozen=True, slots=True)
class OldLine:
    """An overdue line, and what was decided of it (empty: nothing yet)."""

    id: int
    creditor_id: int
    customer_id: int
    code: str
    name: str
    document: str
    issued_on: date
    due_on: date
    currency: str
    open_cents: int
    days_late: int
    decision: str


Limits = Mapping[int, tuple[date, date]]
"""By creditor: the day before which a line is old, and today on its clock."""


def old_lines(*, tenant_id: int, limits: Limits) -> list[OldLine]:
    """Return every open line due before its creditor's day, the oldest first."""
    return [OldLine(*row) for row in _fetched(ROWS, _asked(tenant_id, limits))]


def undecided(*, tenant_id: int, creditor_id: int, before: date, today: date) -> int:
    """Return how many of them nobody has decided about."""
    limits = {creditor_id: (before, today)}
    return int(_fetched(COUNT, _asked(tenant_id, limits))[0][0])


def _asked(tenant_id: int, limits: Limits) -> dict[str, Any]:
    return {
        "tenant_id": tenant_id,
        "creditors": list(limits),
        "befores": [before for before, _today in limits.values()],
        "latest": max((before for before, _today in limits.values()), default=None),
        "todays": [today for _before, today in limits.values()],
    }


def _fetched(query: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
