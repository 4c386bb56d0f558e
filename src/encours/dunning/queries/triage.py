"""Due lines that were overdue before a creditor goes live: nobody is swept in unseen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from encours.parties import faces

OPEN: Final = f"""
from receivables_instalment i
join receivables_invoice v on v.tenant_id = i.tenant_id and v.id = i.invoice_id
left join {faces.LIVE} face on face.customer_id = i.customer_id
join parties_customer c
  on c.tenant_id = i.tenant_id and c.id = coalesce(face.face_id, i.customer_id)
left join (
    select instalment_id, sum(amount_cents) as paid from receivables_allocation
    where tenant_id = %(tenant_id)s and creditor_id = %(creditor)s and undone_at is null
      and effective_on <= %(today)s group by 1) a on a.instalment_id = i.id
left join dunning_triage t on t.tenant_id = i.tenant_id
  and t.instalment_id = coalesce(i.lineage_id, i.id)
where i.tenant_id = %(tenant_id)s and i.creditor_id = %(creditor)s and i.undone_at is null
  and i.due_on < %(before)s and i.issued_on <= %(today)s
  and i.amount_cents > coalesce(a.paid, 0)
"""
ROWS: Final = f"""
select coalesce(i.lineage_id, i.id), c.id, c.code, c.name,
       coalesce(nullif(v.number, ''), v.piece, ''), i.issued_on, i.due_on, i.currency,
       (i.amount_cents - coalesce(a.paid, 0))::bigint, %(today)s - i.due_on,
       coalesce(t.decision, '')
{OPEN}
order by i.due_on, i.id
"""
COUNT: Final = f"select count(*) {OPEN} and t.decision is null"


@dataclass(frozen=True, slots=True)
class OldLine:
    """An overdue line, and what was decided of it (empty: nothing yet)."""

    id: int
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


def old_lines(*, tenant_id: int, creditor_id: int, before: date, today: date) -> list[OldLine]:
    """Return every open line due before that day, the oldest first."""
    return [OldLine(*row) for row in _fetched(ROWS, _asked(tenant_id, creditor_id, before, today))]


def undecided(*, tenant_id: int, creditor_id: int, before: date, today: date) -> int:
    """Return how many of them nobody has decided about."""
    return int(_fetched(COUNT, _asked(tenant_id, creditor_id, before, today))[0][0])


def _asked(tenant_id: int, creditor_id: int, before: date, today: date) -> dict[str, Any]:
    return {"tenant_id": tenant_id, "creditor": creditor_id, "before": before, "today": today}


def _fetched(query: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
