"""Why it is not paid: causes counted with the amounts behind, from disputes and from replies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from encours.parties import faces
from encours.standing import causes

# A dispute counts what is open on its line, or on its customer; a reply only where it became no
# dispute: the debt would count twice.
BEHIND: Final = f"""
with merged as {faces.LIVE}, said as (
    select f.id, 'dispute' as origin, f.details ->> 'cause' as cause, f.creditor_id,
        coalesce(merged.face_id, f.customer_id) as customer_id, f.instalment_id,
        null::bigint[] as lines, f.starts_on as said_on, null::bigint as reply_id
    from standing_standingfact f
    left join merged on merged.customer_id = f.customer_id
    where f.tenant_id = %(tenant_id)s and f.kind in ('dispute', 'promise')
        and f.undone_at is null and f.details ->> 'cause' is not null
        and (f.kind = 'promise' or f.ends_on is null or f.ends_on >= %(today)s)
    union all
    select r.id, 'reply', r.cause, r.creditor_id, coalesce(merged.face_id, r.customer_id),
        null, r.instalment_ids, r.received_at::date, r.id
    from replies_reply r
    left join merged on merged.customer_id = r.customer_id
    where r.tenant_id = %(tenant_id)s and r.cause <> '' and r.state <> 'discarded'
        and r.customer_id is not null and r.fact_ids = '{{}}'
        and r.received_at >= %(today)s::date - %(days)s
), behind as (
    select said.cause, said.origin, said.id, said.creditor_id, said.customer_id, said.said_on,
        said.reply_id, l.id as line_id, l.invoice_id, l.due_on, l.currency,
        l.amount_cents - coalesce((select sum(a.amount_cents) from receivables_allocation a
            where a.tenant_id = l.tenant_id and a.instalment_id = l.id and a.undone_at is null), 0)
            as open_cents
    from said
    join receivables_instalment l on l.tenant_id = %(tenant_id)s and l.undone_at is null
        and l.customer_id in (select said.customer_id union all
            select m.customer_id from merged m where m.face_id = said.customer_id)
        and (said.instalment_id is not null
                and coalesce(l.lineage_id, l.id) = (
                    select coalesce(o.lineage_id, o.id) from receivables_instalment o
                    where o.tenant_id = %(tenant_id)s and o.id = said.instalment_id)
            or said.instalment_id is null and (coalesce(said.lines, '{{}}') = '{{}}'
                or coalesce(l.lineage_id, l.id) = any(said.lines)))
)
select distinct on (b.cause, b.line_id) b.cause, b.line_id, b.invoice_id,
    coalesce(nullif(i.number, ''), nullif(i.piece, ''), i.label), b.customer_id, k.name,
    b.due_on, b.currency, b.open_cents::bigint, b.said_on, b.reply_id, b.origin
from behind b
join receivables_invoice i on i.tenant_id = %(tenant_id)s and i.id = b.invoice_id
join parties_customer k on k.tenant_id = %(tenant_id)s and k.id = b.customer_id
where b.open_cents > 0
    and (%(creditors)s::bigint[] is null or b.creditor_id = any(%(creditors)s::bigint[]))
    and (%(people)s::bigint[] is null or k.salesperson_id = any(%(people)s::bigint[])
        or k.collector_id = any(%(people)s::bigint[]))
order by b.cause, b.line_id, b.said_on desc, b.id desc
"""
DAYS: Final = 365


@dataclass(frozen=True, slots=True)
class CauseLine:
    """One open due line and a cause said of it."""

    cause: str
    line_id: int
    invoice_id: int
    document: str
    customer_id: int
    customer: str
    due_on: date
    currency: str
    open_cents: int
    said_on: date
    reply_id: int | None
    origin: str


@dataclass(frozen=True, slots=True)
class CauseSum:
    """A cause in one currency: how many customers and lines, how much is open behind it."""

    cause: str
    side: str
    currency: str
    customers: int
    lines: int
    open_cents: int


def cause_lines(
    *,
    tenant_id: int,
    creditor_ids: tuple[int, ...] | None,
    people: tuple[int, ...] | None,
    today: date,
) -> list[CauseLine]:
    """Return the open lines that have a cause, each once a cause, what was said last kept."""
    params: dict[str, Any] = {
        "tenant_id": tenant_id,
        "creditors": None if creditor_ids is None else list(creditor_ids),
        "people": None if people is None else list(people),
        "today": today,
        "days": DAYS,
    }
    with connection.cursor() as cursor:
        cursor.execute(BEHIND, params)
        return [CauseLine(*row) for row in cursor.fetchall()]


def sums(lines: list[CauseLine]) -> list[CauseSum]:
    """Return what stands behind each cause, the largest amount first."""
    grouped: dict[tuple[str, str], list[CauseLine]] = {}
    for line in lines:
        grouped.setdefault((line.cause, line.currency), []).append(line)
    found = [_sum(key, rows) for key, rows in grouped.items()]
    return sorted(found, key=lambda one: (-one.open_cents, one.cause, one.currency))


def _sum(key: tuple[str, str], rows: list[CauseLine]) -> CauseSum:
    cause, currency = key
    return CauseSum(
        cause=cause,
        side=causes.side_of(cause),
        currency=currency,
        customers=len({row.customer_id for row in rows}),
        lines=len(rows),
        open_cents=sum(row.open_cents for row in rows),
    )
