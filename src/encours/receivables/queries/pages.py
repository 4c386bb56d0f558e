"""The ledger piece by piece, in the order of ids: what a program that reads all of it asks for.

A page starts after an id, so that a row that comes or goes meanwhile moves no other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, Final

import polars as pl
from django.db import connection

from encours.receivables.queries.items import LINE_SCHEMA
from encours.receivables.queries.moment import Moment, live
from encours.tenancy.frames import read_frame

TAKEN: Final = """coalesce((
        select sum(a.amount_cents) from receivables_allocation a
        where live(a) and a.instalment_id = l.id and a.effective_on <= %(as_of)s), 0)"""
INVOICES: Final = """
select i.id, i.creditor_id, k.id, k.code, k.name, i.kind, i.number, i.piece, i.label,
    i.issued_on, i.currency, i.amount_cents, i.net_cents, i.vat_cents, i.recorded_at,
    coalesce(b.kind, ''), i.key, i.number_is_given
from receivables_invoice i
left join faces() face on face.customer_id = i.customer_id
join parties_customer k
    on k.tenant_id = %(tenant_id)s
        and k.id = case when face.face_id is null then i.customer_id else face.face_id end
left join parties_batch b on b.tenant_id = i.tenant_id and b.id = i.batch_id
where live(i) and i.id > %(after)s and i.issued_on <= %(as_of)s
    and (%(id)s::bigint is null or i.id = %(id)s)
    and of_customer(i)
    and own(k)
    and (%(number)s = '' or i.number = %(number)s)
    and (not %(without_number)s or i.number = '')
    and (%(kinds)s::text[] is null or i.kind = any(%(kinds)s::text[]))
    and (%(since)s::date is null or i.issued_on >= %(since)s)
    and (%(until)s::date is null or i.issued_on <= %(until)s)
    and (not %(only_open)s or exists (
        select from receivables_instalment l
        where live(l) and l.invoice_id = i.id and l.amount_cents > {taken}))
order by i.id limit %(limit)s
""".replace("{taken}", TAKEN)
LINES: Final = """
select l.invoice_id, l.id, l.position, l.due_on, l.due_source, l.amount_cents,
    (l.amount_cents - {taken})::bigint
from receivables_instalment l
where live(l) and l.invoice_id = any(%(ids)s)
order by l.invoice_id, l.position, l.id
""".replace("{taken}", TAKEN)
CREDITS: Final = """
select c.id, c.creditor_id, k.id, k.code, k.name, c.kind, c.number, c.piece, c.label,
    c.received_on, c.currency, c.amount_cents, c.net_cents, c.vat_cents,
    (c.amount_cents - coalesce((
        select sum(a.amount_cents) from receivables_allocation a
        where live(a) and a.credit_id = c.id and a.effective_on <= %(as_of)s), 0))::bigint,
    c.recorded_at, coalesce(b.kind, '')
from receivables_credit c
left join faces() face on face.customer_id = c.customer_id
join parties_customer k
    on k.tenant_id = %(tenant_id)s
        and k.id = case when face.face_id is null then c.customer_id else face.face_id end
left join parties_batch b on b.tenant_id = c.tenant_id and b.id = c.batch_id
where live(c) and c.id > %(after)s and c.received_on <= %(as_of)s
    and (%(id)s::bigint is null or c.id = %(id)s)
    and of_customer(c)
    and own(k)
    and (%(number)s = '' or c.number = %(number)s)
    and (%(kinds)s::text[] is null or c.kind = any(%(kinds)s::text[]))
    and (%(since)s::date is null or c.received_on >= %(since)s)
    and (%(until)s::date is null or c.received_on <= %(until)s)
    and (not %(only_open)s or c.amount_cents > coalesce((
        select sum(a.amount_cents) from receivables_allocation a
        where live(a) and a.credit_id = c.id and a.effective_on <= %(as_of)s), 0))
order by c.id limit %(limit)s
"""
ALLOCATIONS: Final = """
select a.id, a.creditor_id, a.credit_id, l.invoice_id, a.instalment_id, k.id,
    a.payer_id, a.due_on, a.currency, a.amount_cents, a.effective_on, a.origin, a.letter,
    a.recorded_at
from receivables_allocation a
join receivables_instalment l on l.tenant_id = a.tenant_id and l.id = a.instalment_id
left join faces() face on face.customer_id = a.customer_id
join parties_customer k
    on k.tenant_id = %(tenant_id)s
        and k.id = case when face.face_id is null then a.customer_id else face.face_id end
where live(a) and a.id > %(after)s and a.effective_on <= %(as_of)s
    and (%(id)s::bigint is null or a.id = %(id)s)
    and of_customer(a)
    and own(k)
    and (%(credit_id)s::bigint is null or a.credit_id = %(credit_id)s)
    and (%(invoice_id)s::bigint is null or l.invoice_id = %(invoice_id)s)
order by a.id limit %(limit)s
"""
OPEN_LINES: Final = """
select l.id, l.invoice_id, l.creditor_id, k.id, k.code, k.name, i.kind, i.number,
    coalesce(nullif(i.number, ''), nullif(i.piece, ''), i.label), i.label, l.issued_on, l.due_on,
    l.due_source, l.currency, l.amount_cents, (l.amount_cents - {taken})::bigint, null::date,
    coalesce((select r.state from receivables_reclassification r
        where known(r) and r.instalment_id = l.id and r.from_on <= %(as_of)s
        order by r.from_on desc, r.id desc limit 1), 'ordinary')
from receivables_instalment l
join receivables_invoice i on i.tenant_id = l.tenant_id and i.id = l.invoice_id
left join faces() face on face.customer_id = l.customer_id
join parties_customer k
    on k.tenant_id = %(tenant_id)s
        and k.id = case when face.face_id is null then l.customer_id else face.face_id end
where live(l) and l.id > %(after)s and l.issued_on <= %(as_of)s and l.amount_cents > {taken}
    and of_customer(l)
    and own(k)
order by l.id limit %(limit)s
""".replace("{taken}", TAKEN)


@dataclass(frozen=True, slots=True)
class Line:
    """A due line of an invoice, and what is open on it."""

    id: int
    position: int
    due_on: date
    due_source: str
    amount_cents: int
    open_cents: int


@dataclass(frozen=True, slots=True)
class Document:
    """What an invoice and a credit have in common; `batch_kind` is the act that wrote it.

    `key` names an invoice for good.
    """

    id: int
    creditor_id: int
    customer_id: int
    customer_code: str
    customer_name: str
    kind: str
    number: str
    piece: str
    label: str
    on: date
    currency: str
    amount_cents: int
    net_cents: int | None
    vat_cents: int | None
    open_cents: int
    recorded_at: datetime
    batch_kind: str
    key: str = ""
    number_is_given: bool = False
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """An allocation: so much of a credit for a due line."""

    id: int
    creditor_id: int
    credit_id: int
    invoice_id: int
    line_id: int
    customer_id: int
    payer_id: int
    due_on: date
    currency: str
    amount_cents: int
    effective_on: date
    origin: str
    letter: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A page: after which id, how many rows, and which ones."""

    after: int = 0
    limit: int = 1
    id: int | None = None
    number: str = ""
    kinds: Sequence[str] | None = None
    since: date | None = None
    until: date | None = None
    only_open: bool = False
    without_number: bool = False
    credit_id: int | None = None
    invoice_id: int | None = None

    def params(self) -> Mapping[str, Any]:
        """Return the parameters of the statements above."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return found | {"kinds": None if self.kinds is None else list(self.kinds)}


def invoices(moment: Moment, asked: Asked) -> list[Document]:
    """Return invoices with their due lines, open on `moment.as_of`."""
    heads = _rows(INVOICES, moment, asked.params())
    lines = _rows(LINES, moment, {"ids": [head[0] for head in heads]}) if heads else []
    of: dict[int, list[Line]] = defaultdict(list)
    for invoice_id, *values in lines:
        of[invoice_id].append(Line(*values))
    return [
        replace(Document(*(*head[:14], 0, *head[14:])), **_of_lines(of[head[0]])) for head in heads
    ]


def _of_lines(lines: Sequence[Line]) -> dict[str, Any]:
    return {"lines": tuple(lines), "open_cents": sum(line.open_cents for line in lines)}


def credits_(moment: Moment, asked: Asked) -> list[Document]:
    """Return payments, credit notes or other credits; `open_cents` settles nothing yet."""
    return [Document(*row) for row in _rows(CREDITS, moment, asked.params())]


def allocations(moment: Moment, asked: Asked) -> list[Share]:
    """Return allocations that stand."""
    return [Share(*row) for row in _rows(ALLOCATIONS, moment, asked.params())]


def open_lines(moment: Moment, asked: Asked) -> pl.DataFrame:
    """Return due lines with something open: the columns of `items.open_items`, status included."""
    rows = read_frame(
        live(OPEN_LINES, moment),
        {**moment.params(), "after": asked.after, "limit": asked.limit},
        schema=LINE_SCHEMA,
    )
    is_partial = pl.col("open_cents") < pl.col("amount_cents")
    return rows.with_columns(
        pl.when(is_partial).then(pl.lit("partial")).otherwise(pl.lit("open")).alias("status")
    )


def _rows(query: str, moment: Moment, params: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(live(query, moment), {**moment.params(), **params})
        rows: list[Any] = cursor.fetchall()
    return rows
