"""What customers owe that is late and stands free: what a call may speak of; and their promises."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from encours.parties import faces
from encours.recovery.rules.promises import State, promise_state

APART: Final = (
    "dispute", "promise", "plan", "insolvency", "over_indebtedness", "protection", "death",
    "handover", "assignment", "direct_debit", "pause",
)  # fmt: skip
"""Standing facts under which a line is not spoken of as late."""
OWED: Final = f"""
with mine as (
    select c.id, coalesce(face.face_id, c.id) as shown_id
    from parties_customer c
    left join {faces.LIVE} face on face.customer_id = c.id
    where c.tenant_id = %(tenant_id)s and (c.id = any (%(customers)s::bigint[])
        or face.face_id = any (%(customers)s::bigint[]))
)
select mine.shown_id, i.currency, sum(i.amount_cents - coalesce(paid.cents, 0))::bigint,
    max(%(today)s - i.due_on), count(*)
from mine
join receivables_instalment i on i.tenant_id = %(tenant_id)s and i.customer_id = mine.id
    and i.undone_at is null and i.due_on < %(today)s and i.issued_on <= %(today)s
left join lateral (
    select sum(a.amount_cents) as cents from receivables_allocation a
    where a.tenant_id = %(tenant_id)s and a.instalment_id = i.id and a.undone_at is null
        and a.effective_on <= %(today)s) paid on true
where i.amount_cents > coalesce(paid.cents, 0) and not exists (
    select from standing_standingfact f
    left join receivables_instalment said
        on said.tenant_id = f.tenant_id and said.id = f.instalment_id
    where f.tenant_id = %(tenant_id)s and f.customer_id in (mine.id, mine.shown_id)
        and f.undone_at is null and f.kind = any (%(apart)s)
        and f.starts_on <= %(today)s and (f.ends_on is null or f.ends_on >= %(today)s)
        and (f.instalment_id is null
            or coalesce(said.lineage_id, said.id) = coalesce(i.lineage_id, i.id)))
group by 1, 2
"""
PROMISES: Final = f"""
select f.id, f.starts_on, f.ends_on, coalesce(f.amount_cents, 0), f.reason, coalesce((
    select sum(a.amount_cents) from receivables_allocation a
    join receivables_instalment i on i.tenant_id = a.tenant_id and i.id = a.instalment_id
    left join receivables_instalment said
        on said.tenant_id = f.tenant_id and said.id = f.instalment_id
    where a.tenant_id = f.tenant_id and i.customer_id = any ({faces.FAMILY_LIVE})
        and a.undone_at is null and a.effective_on between f.starts_on and f.ends_on
        and (f.instalment_id is null
            or coalesce(said.lineage_id, said.id) = coalesce(i.lineage_id, i.id))), 0)::bigint
from standing_standingfact f
where f.tenant_id = %(tenant_id)s and f.customer_id = any ({faces.FAMILY_LIVE})
    and f.kind = 'promise' and f.undone_at is null
order by f.starts_on desc, f.id desc limit %(shown)s
"""


@dataclass(frozen=True, slots=True)
class Owed:
    """What one customer owes late in one currency, in how many lines, the oldest since."""

    cents: int = 0
    late_days: int = 0
    lines: int = 0


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A promise and what became of it; amounts in cents."""

    id: int
    starts_on: date
    ends_on: date
    amount_cents: int
    reason: str
    received_cents: int
    state: State


def owed_late(
    *, tenant_id: int, customer_ids: Iterable[int], today: date
) -> dict[tuple[int, str], Owed]:
    """Return what these customers owe late, by customer and currency; what stands apart is not."""
    wanted = sorted(set(customer_ids))
    if not wanted:
        return {}
    params = {
        "tenant_id": tenant_id,
        "customers": wanted,
        "today": today,
        "apart": list(APART),
    }
    return {(row[0], row[1]): Owed(*row[2:]) for row in _fetched(OWED, params)}


def promises_of(
    *, tenant_id: int, customer_id: int, shown: int = 5, today: date
) -> list[PromiseRow]:
    """Return the last promises of a customer, kept or broken."""
    params = {"tenant_id": tenant_id, "customer_id": customer_id, "shown": shown}
    found = []
    for number, starts_on, ends_on, cents, reason, received in _fetched(PROMISES, params):
        state = promise_state(
            promised_cents=cents,
            received_cents=received,
            ends_on=ends_on,
            today=today,
        )
        found.append(PromiseRow(number, starts_on, ends_on, cents, reason, received, state))
    return found


def _fetched(query: str, params: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        rows: list[Any] = cursor.fetchall()
    return rows
