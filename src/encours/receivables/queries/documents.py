"""Invoices as a list and one by one: due lines, what settled them; proposals of allocation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from encours.attributes import queries as attributes
from encours.attributes.rules import Condition, Field
from encours.parties import faces
from encours.receivables.queries.moment import Moment, live
from encours.receivables.rules.numbers import NUMBERED_KINDS

SORTS: Final[Mapping[str, str]] = {
    "issued_on": "i.issued_on",
    "number": "i.number",
    "amount_cents": "i.amount_cents",
}
LIST: Final = """
with page as (
    select i.id, k.id as customer_id, i.kind, i.number, i.piece, i.label, i.issued_on, i.currency,
        i.amount_cents, k.name, i.creditor_id, i.key
    from receivables_invoice i
    left join faces() face on face.customer_id = i.customer_id
    join parties_customer k
        on k.tenant_id = %(tenant_id)s
            and k.id = case when face.face_id is null then i.customer_id else face.face_id end
    where {live} and i.issued_on <= %(as_of)s
        and own(k)
        and (%(q)s = '' or i.number ^@ %(q)s or i.number ^@ upper(%(q)s)
            or lower(k.name) ^@ lower(%(q)s))
        and (%(kind)s = '' or i.kind = %(kind)s)
        and (%(since)s::date is null or i.issued_on >= %(since)s)
        and (%(until)s::date is null or i.issued_on <= %(until)s)
        and ({state}) and {own_fields}
    order by {sort}, i.id desc
    limit %(limit)s offset %(offset)s
)
select page.id, page.customer_id, page.name, page.kind,
    coalesce(nullif(page.number, ''), nullif(page.piece, ''), page.label), page.issued_on,
    min(l.due_on), page.currency, page.amount_cents,
    (coalesce(sum(l.amount_cents), 0) - coalesce(sum(paid.cents), 0))::bigint,
    page.creditor_id, page.key
from page
left join receivables_instalment l
    on l.tenant_id = %(tenant_id)s and l.invoice_id = page.id and l.undone_at is null
left join lateral (
    select sum(a.amount_cents) as cents from receivables_allocation a
    where a.tenant_id = %(tenant_id)s and a.instalment_id = l.id and a.undone_at is null
        and a.effective_on <= %(as_of)s
) paid on true
group by page.id, page.customer_id, page.name, page.kind, page.number, page.piece, page.label,
    page.issued_on, page.currency, page.amount_cents, page.creditor_id, page.key
order by {page_sort}, page.id desc
"""
OPEN_LINE: Final = """exists (
    select from receivables_instalment l
    where l.tenant_id = %(tenant_id)s and l.invoice_id = i.id and l.undone_at is null {late}
        and l.amount_cents > (
            select coalesce(sum(a.amount_cents), 0) from receivables_allocation a
            where a.tenant_id = %(tenant_id)s and a.instalment_id = l.id and a.undone_at is null
                and a.effective_on <= %(as_of)s))"""
STATES: Final[Mapping[str, str]] = {
    "": "true",
    "open": OPEN_LINE.replace("{late}", ""),
    "late": OPEN_LINE.replace("{late}", "and l.due_on < %(as_of)s"),
}


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """A debit claim and what is open on it; `status` is open, partial, late or paid."""

    id: int
    customer_id: int
    customer_name: str
    kind: str
    document: str
    issued_on: date
    due_on: date | None
    currency: str
    amount_cents: int
    open_cents: int
    creditor_id: int
    key: str
    status: str
    own: Mapping[str, Any] = field(default_factory=dict)
    """The values of the tenant's own fields, where they were asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the list of invoices is asked for."""

    search: str = ""
    kind: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None
    sort: str = "issued_on"
    descending: bool = True
    offset: int = 0
    limit: int | None = None
    conditions: Sequence[Condition] = ()
    fields: Sequence[Field] = ()


def invoices(moment: Moment, asked: Asked) -> Iterator[InvoiceRow]:
    """Yield the invoices that match, in the order asked for."""
    order = "desc" if asked.descending else "asc"
    column = SORTS.get(asked.sort, "i.issued_on")
    query = (
        LIST.replace("{state}", STATES.get(asked.state, "true"))
        .replace("{sort}", f"{column} {order}")
        .replace("{page_sort}", f"{column.replace('i.', 'page.')} {order}")
        .replace("{live}", "live(i)")
        .replace(
            "{own_fields}",
            attributes.where(asked.conditions, "invoice", "i.creditor_id", "i.key"),
        )
    )
    params = moment.params() | {
        "q": asked.search.strip(),
        "kind": asked.kind,
        "since": asked.since,
        "until": asked.until,
        "limit": asked.limit,
        "offset": asked.offset,
        **attributes.where_params(asked.conditions),
    }
    with connection.cursor() as cursor:
        cursor.execute(live(query, moment), params)
        found = [_row(row, moment.as_of) for row in cursor.fetchall()]
    yield from _with_own(found, asked.fields, moment.tenant_id)


def _with_own(
    found: list[InvoiceRow], fields: Sequence[Field], tenant_id: int
) -> Iterator[InvoiceRow]:
    keys = [(row.creditor_id, row.key) for row in found]
    said = attributes.values(tenant_id=tenant_id, fields=fields, keys=keys)
    for row in found:
        values = said.get((row.creditor_id, row.key))
        yield replace(row, own=values) if values else row


def _row(row: tuple[Any, ...], as_of: date) -> InvoiceRow:
    return InvoiceRow(*(*row, _status(row, as_of)))


def _status(row: tuple[Any, ...], as_of: date) -> str:
    due_on, _currency, amount, opened = row[6:10]
    if opened <= 0:
        return "paid"
    if due_on and due_on < as_of:
        return "late"
    return "partial" if opened < amount else "open"


INVOICE: Final = f"""
select i.id, k.id, k.name, k.creditor_id, k.salesperson_id, k.collector_id, i.kind,
    coalesce(nullif(i.number, ''), nullif(i.piece, ''), i.label), i.issued_on, i.currency,
    i.amount_cents, i.net_cents, i.vat_cents, i.journal, i.entry_number, i.piece, i.label,
    i.entry_on, i.recorded_at, b.kind, i.key, i.number, i.number_is_given
from receivables_invoice i
left join {faces.LIVE} face on face.customer_id = i.customer_id
join parties_customer k
    on k.tenant_id = i.tenant_id
        and k.id = case when face.face_id is null then i.customer_id else face.face_id end
left join parties_batch b on b.tenant_id = i.tenant_id and b.id = i.batch_id
where i.tenant_id = %(tenant_id)s and i.id = %(invoice_id)s and i.undone_at is null
"""
LINES: Final = """
select l.id, l.position, l.due_on, l.due_source, l.amount_cents, a.id, a.effective_on,
    a.amount_cents, a.origin, a.letter, c.kind,
    coalesce(nullif(c.number, ''), nullif(c.piece, ''), c.label), c.id, payer.name
from receivables_instalment l
left join receivables_allocation a
    on a.tenant_id = l.tenant_id and a.instalment_id = l.id and a.undone_at is null
left join receivables_credit c on c.tenant_id = l.tenant_id and c.id = a.credit_id
left join parties_customer payer
    on payer.tenant_id = l.tenant_id and payer.id = a.payer_id and a.payer_id <> a.customer_id
where l.tenant_id = %(tenant_id)s and l.invoice_id = %(invoice_id)s and l.undone_at is null
order by l.position, l.id, a.effective_on, a.id
"""


@dataclass(frozen=True, slots=True)
class Settled:
    """Part of a credit that settled a due line."""

    id: int
    effective_on: date
    amount_cents: int
    origin: str
    letter: str
    kind: str
    document: str
    credit_id: int
    payer: str | None


@dataclass(frozen=True, slots=True)
class DueLine:
    """One due line of an invoice, with what settled it."""

    id: int
    position: int
    due_on: date
    due_source: str
    amount_cents: int
    settled: tuple[Settled, ...]

    @property
    def open_cents(self) -> int:
        """Return what is still owed."""
        return self.amount_cents - sum(one.amount_cents for one in self.settled)


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """All that the page of an invoice shows."""

    id: int
    customer_id: int
    customer_name: str
    creditor_id: int
    salesperson_id: int | None
    collector_id: int | None
    kind: str
    document: str
    issued_on: date
    currency: str
    amount_cents: int
    net_cents: int | None
    vat_cents: int | None
    journal: str
    entry_number: str
    piece: str
    label: str
    entry_on: date | None
    recorded_at: datetime
    batch_kind: str | None
    key: str
    number: str
    number_is_given: bool
    lines: tuple[DueLine, ...]

    @property
    def open_cents(self) -> int:
        """Return what is still owed on the whole invoice."""
        return sum(line.open_cents for line in self.lines)

    @property
    def may_be_numbered(self) -> bool:
        """Say whether its number is for a person to give: the accounts say none."""
        return self.kind in NUMBERED_KINDS and (self.number_is_given or not self.number)

    @property
    def is_by_hand(self) -> bool:
        """Say whether a person entered it here, and may reverse it."""
        return (self.batch_kind or "").startswith("hand.")


def invoice_page(*, tenant_id: int, invoice_id: int) -> InvoicePage | None:
    """Return one invoice with its due lines, or None when the tenant has no such live invoice."""
    params = {"tenant_id": tenant_id, "invoice_id": invoice_id}
    with connection.cursor() as cursor:
        cursor.execute(INVOICE, params)
        head = cursor.fetchone()
        if head is None:
            return None
        cursor.execute(LINES, params)
        rows = cursor.fetchall()
    settled: dict[tuple[Any, ...], list[Settled]] = {}
    for row in rows:
        mine = settled.setdefault(row[:5], [])
        if row[5] is not None:
            mine.append(Settled(*row[5:]))
    lines = [DueLine(*(*key, tuple(of))) for key, of in settled.items()]
    return InvoicePage(*(*head, tuple(lines)))


PROPOSALS: Final = """
select p.id, p.creditor_id, k.id, k.name, c.kind,
    coalesce(nullif(c.number, ''), nullif(c.piece, ''), c.label), c.received_on, c.amount_cents,
    i.id, coalesce(nullif(i.number, ''), nullif(i.piece, ''), i.label), l.due_on, l.amount_cents,
    p.amount_cents, p.reason, c.currency
from receivables_proposedallocation p
join receivables_credit c on c.tenant_id = p.tenant_id and c.id = p.credit_id
join receivables_instalment l on l.tenant_id = p.tenant_id and l.id = p.instalment_id
join receivables_invoice i on i.tenant_id = p.tenant_id and i.id = l.invoice_id
left join faces() face on face.customer_id = c.customer_id
join parties_customer k
    on k.tenant_id = %(tenant_id)s
        and k.id = case when face.face_id is null then c.customer_id else face.face_id end
where known(p) and p.decided_at is null
    and own(k)
order by k.name, c.received_on, p.id
"""


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """An allocation that nothing proves yet: the credit, the due line, the amount and why."""

    id: int
    creditor_id: int
    customer_id: int
    customer_name: str
    credit_kind: str
    credit: str
    received_on: date
    credit_cents: int
    invoice_id: int
    invoice: str
    due_on: date
    line_cents: int
    amount_cents: int
    reason: str
    currency: str


def proposals(moment: Moment) -> list[ProposalRow]:
    """Return the proposals that nobody decided, by customer."""
    with connection.cursor() as cursor:
        cursor.execute(live(PROPOSALS, moment), moment.params())
        return [ProposalRow(*row) for row in cursor.fetchall()]
