"""Invoices that the accounts do not number: a list that waits for a person, and its count.

A line without a number is never reminded: there is nothing that its debtor could recognise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from encours.receivables.queries.moment import Moment, live
from encours.receivables.rules.numbers import NUMBERED_KINDS

SORTS: Final[Mapping[str, str]] = {
    "customer_name": "k.name",
    "issued_on": "i.issued_on",
    "amount_cents": "i.amount_cents",
    "open_cents": "owed.cents",
}
WAITING: Final = """
from receivables_invoice i
left join faces() face on face.customer_id = i.customer_id
join parties_customer k
    on k.tenant_id = %(tenant_id)s
        and k.id = case when face.face_id is null then i.customer_id else face.face_id end
join lateral (
    select min(l.due_on) as due_on, sum(l.amount_cents - coalesce(paid.cents, 0))::bigint as cents
    from receivables_instalment l
    left join lateral (
        select sum(a.amount_cents) as cents from receivables_allocation a
        where a.tenant_id = l.tenant_id and a.instalment_id = l.id and a.undone_at is null
    ) paid on true
    where l.tenant_id = i.tenant_id and l.invoice_id = i.id and l.undone_at is null
) owed on owed.cents > 0
where i.tenant_id = %(tenant_id)s and i.undone_at is null and i.number = ''
    and i.kind = any(%(kinds)s) and known(i) and own(k)
"""
LIST: Final = f"""
select i.id, i.creditor_id, k.id, k.name, k.code, i.kind, i.issued_on, owed.due_on, i.journal,
    i.piece, i.label, i.currency, i.amount_cents, owed.cents
{WAITING}
    and (%(only)s::bigint is null or k.id = %(only)s)
    and (%(q)s = '' or strpos(lower(k.name), lower(%(q)s)) > 0
        or strpos(lower(i.piece), lower(%(q)s)) > 0 or strpos(lower(i.label), lower(%(q)s)) > 0)
    and (%(since)s::date is null or i.issued_on >= %(since)s)
    and (%(until)s::date is null or i.issued_on <= %(until)s)
    and (%(cents)s::bigint is null or i.amount_cents = %(cents)s)
order by {{sort}}, i.id
limit %(limit)s offset %(offset)s
"""
COUNT: Final = f"select count(*) {WAITING}"
CANDIDATES: Final = """
select i.id, c.code, c.name, i.piece, i.label, i.issued_on, i.amount_cents, i.number
from receivables_invoice i
join parties_customer c on c.tenant_id = i.tenant_id and c.id = i.customer_id
where i.tenant_id = %(tenant_id)s and i.creditor_id = %(creditor_id)s and i.undone_at is null
    and (i.number = '' or i.number_is_given) and i.kind = any(%(kinds)s)
order by i.issued_on, i.id
"""


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """An invoice without a number, of which something is owed."""

    id: int
    creditor_id: int
    customer_id: int
    customer_name: str
    customer_code: str
    kind: str
    issued_on: date
    due_on: date
    journal: str
    piece: str
    label: str
    currency: str
    amount_cents: int
    open_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the list is asked for; `cents` is an exact amount."""

    search: str = ""
    since: date | None = None
    until: date | None = None
    cents: int | None = None
    customer_id: int | None = None
    sort: str = "open_cents"
    descending: bool = True
    offset: int = 0
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An invoice that may be given a number: none yet, or one given before (`number`)."""

    invoice_id: int
    customer_code: str
    customer_name: str
    piece: str
    label: str
    issued_on: date
    amount_cents: int
    number: str


def waiting(moment: Moment, asked: Asked) -> Iterator[WaitingRow]:
    """Yield the invoices without a number that are still owed, as things stand today."""
    order = "desc" if asked.descending else "asc"
    query = LIST.replace("{sort}", f"{SORTS.get(asked.sort, 'owed.cents')} {order}")
    asked_of = params(moment) | {
        "q": asked.search.strip(),
        "since": asked.since,
        "until": asked.until,
        "cents": asked.cents,
        "only": asked.customer_id,
        "limit": asked.limit,
        "offset": asked.offset,
    }
    with connection.cursor() as cursor:
        cursor.execute(live(query, moment), asked_of)
        yield from (WaitingRow(*row) for row in cursor.fetchall())


def waiting_count(moment: Moment) -> int:
    """Return how many they are."""
    with connection.cursor() as cursor:
        cursor.execute(live(COUNT, moment), params(moment))
        return int(cursor.fetchone()[0])


def candidates(*, tenant_id: int, creditor_id: int) -> list[Candidate]:
    """Return the invoices of a creditor that a table or a document may number, settled or not."""
    params: dict[str, Any] = {
        "tenant_id": tenant_id,
        "creditor_id": creditor_id,
        "kinds": list(NUMBERED_KINDS),
    }
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, params)
        return [Candidate(*row) for row in cursor.fetchall()]


def params(moment: Moment) -> dict[str, Any]:
    """Return the parameters of `COUNT`, which other statements may hold."""
    return moment.params() | {"kinds": list(NUMBERED_KINDS)}
