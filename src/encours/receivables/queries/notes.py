"""Notes of penalties: the list of them, and what one of them billed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from encours.receivables.queries.moment import Moment, live

SORTS: Final = {"issued_on": "n.year {order}, n.rank", "total_cents": "13"}
LIST: Final = """
select n.id, n.number, n.kind, n.issued_on, n.until_on, n.creditor_id, k.id, k.name, n.currency,
    n.interest_cents, n.indemnity_cents, n.interest_cents + n.indemnity_cents,
    case when n.kind = 'note' then 1 else -1 end * (n.interest_cents + n.indemnity_cents),
    debit.id, coalesce(canceller.number, cancelled.number, ''), debit.open_cents
from receivables_penaltynote n
left join faces() face on face.customer_id = n.customer_id
join parties_customer k
    on k.tenant_id = %(tenant_id)s
        and k.id = case when face.face_id is null then n.customer_id else face.face_id end
left join receivables_penaltynote canceller
    on canceller.tenant_id = %(tenant_id)s and canceller.cancels_id = n.id
left join receivables_penaltynote cancelled
    on cancelled.tenant_id = %(tenant_id)s and cancelled.id = n.cancels_id
left join lateral (
    select i.id, i.amount_cents - coalesce((
        select sum(a.amount_cents) from receivables_allocation a
        join receivables_instalment l on l.tenant_id = a.tenant_id and l.id = a.instalment_id
        where a.tenant_id = %(tenant_id)s and l.invoice_id = i.id and l.undone_at is null
            and a.undone_at is null), 0)::bigint as open_cents
    from receivables_invoice i
    where i.tenant_id = %(tenant_id)s and i.creditor_id = n.creditor_id and i.undone_at is null
        and i.number = coalesce(cancelled.number, n.number)
    order by i.id desc limit 1
) debit on true
where live(n) and own(k) and of_customer(n) and n.issued_on <= %(as_of)s
    and (%(q)s = '' or n.number ^@ upper(%(q)s) or lower(k.name) ^@ lower(%(q)s))
    and (%(state)s = '' or %(state)s = case when n.kind = 'cancellation' then 'cancellation'
        when canceller.id is not null then 'cancelled'
        when debit.open_cents > 0 then 'open' else 'paid' end)
    and (%(since)s::date is null or n.issued_on >= %(since)s)
    and (%(until)s::date is null or n.issued_on <= %(until)s)
    and (%(number)s = '' or n.number = %(number)s)
    and (%(note_id)s::bigint is null or n.id = %(note_id)s)
order by {sort} {order}, n.id {order}
limit %(limit)s offset %(offset)s
"""


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note or the credit note of one; `signed_cents` is negative for the latter.

    `other` is the number of what cancels it, or of what it cancels; `invoice_id` is the claim in
    the ledger, whichever row stands for it now.
    """

    id: int
    number: str
    kind: str
    issued_on: date
    until_on: date
    creditor_id: int
    customer_id: int
    customer_name: str
    currency: str
    interest_cents: int
    indemnity_cents: int
    total_cents: int
    signed_cents: int
    invoice_id: int | None
    other: str
    open_cents: int | None

    @property
    def state(self) -> str:
        """Return how the note stands: cancellation, cancelled, paid or open."""
        if self.kind == "cancellation":
            return "cancellation"
        if self.other:
            return "cancelled"
        return "open" if self.open_cents else "paid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the list of notes is asked for."""

    search: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None
    number: str = ""
    note_id: int | None = None
    sort: str = "issued_on"
    descending: bool = True
    offset: int = 0
    limit: int | None = None


def notes(moment: Moment, asked: Asked) -> Iterator[NoteRow]:
    """Yield the notes that match, in the order asked for."""
    sort = SORTS.get(asked.sort, SORTS["issued_on"])
    query = LIST.replace("{sort}", sort).replace("{order}", "desc" if asked.descending else "asc")
    params = moment.params() | {
        "q": asked.search.strip(),
        "state": asked.state,
        "since": asked.since,
        "until": asked.until,
        "number": asked.number,
        "note_id": asked.note_id,
        "limit": asked.limit,
        "offset": asked.offset,
    }
    with connection.cursor() as cursor:
        cursor.execute(live(query, moment), params)
        for row in cursor.fetchall():
            yield NoteRow(*row)


PARTS: Final = """
select p.kind, coalesce(nullif(i.number, ''), nullif(i.piece, ''), i.label), p.due_on, p.from_on,
    p.until_on, p.cents, alive.id
from receivables_penaltypart p
join receivables_invoice i on i.tenant_id = p.tenant_id and i.id = p.invoice_id
left join receivables_invoice alive on alive.tenant_id = p.tenant_id
    and alive.creditor_id = p.creditor_id and alive.key = p.claim_key and alive.undone_at is null
where p.tenant_id = %(tenant_id)s and p.note_id = %(note_id)s
order by p.due_on, p.invoice_id, p.kind desc, p.id
"""


@dataclass(frozen=True, slots=True)
class PartRow:
    """What a note billed: interest of a due line between two days, or an invoice's indemnity."""

    kind: str
    document: str
    due_on: date
    from_on: date
    until_on: date
    cents: int
    invoice_id: int | None


def parts(*, tenant_id: int, note_id: int) -> list[PartRow]:
    """Return what a note billed, the oldest due line first, interest before indemnity."""
    params: dict[str, Any] = {"tenant_id": tenant_id, "note_id": note_id}
    with connection.cursor() as cursor:
        cursor.execute(PARTS, params)
        return [PartRow(*row) for row in cursor.fetchall()]
