"""Kept files as rows: of a customer, of an invoice, of a whole creditor."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from encours.parties.faces import FAMILY_LIVE

# An invoice that was withdrawn and written again is found by its natural key.
LINKS: Final = """
select a.id, a.document_id,
    case when a.customer_id is not null then 'customer' when a.invoice_id is not null
        then 'invoice' when a.credit_id is not null then 'credit' else 'message' end as kind,
    coalesce(a.customer_id, i.id, a.invoice_id, c.id, a.credit_id, a.message_id) as subject_id,
    coalesce(a.customer_id, i.customer_id, c.customer_id, m.customer_id) as customer_id,
    coalesce(nullif(i.number, ''), nullif(i.piece, ''), nullif(c.number, ''), m.subject, '')
        as label
from documents_attachment a
left join receivables_invoice i on a.invoice_id is not null and i.tenant_id = a.tenant_id
    and i.creditor_id = a.creditor_id and i.key = a.natural_key and i.undone_at is null
left join receivables_credit c on a.credit_id is not null and c.tenant_id = a.tenant_id
    and c.creditor_id = a.creditor_id and c.key = a.natural_key and c.undone_at is null
left join messaging_message m on m.tenant_id = a.tenant_id and m.id = a.message_id
where a.tenant_id = %(tenant_id)s and a.detached_at is null
"""
OF_CUSTOMER: Final = f"""
select a.document_id from documents_attachment a
where a.tenant_id = %(tenant_id)s and a.customer_id = any({FAMILY_LIVE})
    and a.detached_at is null
union select a.document_id from receivables_invoice i
    join documents_attachment a on a.tenant_id = i.tenant_id and a.creditor_id = i.creditor_id
        and a.natural_key = i.key and a.invoice_id is not null and a.detached_at is null
where i.tenant_id = %(tenant_id)s and i.customer_id = any({FAMILY_LIVE}) and i.undone_at is null
union select a.document_id from receivables_credit c
    join documents_attachment a on a.tenant_id = c.tenant_id and a.creditor_id = c.creditor_id
        and a.natural_key = c.key and a.credit_id is not null and a.detached_at is null
where c.tenant_id = %(tenant_id)s and c.customer_id = any({FAMILY_LIVE}) and c.undone_at is null
union select a.document_id from messaging_message m
    join documents_attachment a on a.tenant_id = m.tenant_id and a.message_id = m.id
        and a.detached_at is null
where m.tenant_id = %(tenant_id)s and m.customer_id = any({FAMILY_LIVE})
"""
OF_INVOICE: Final = """
select a.document_id from receivables_invoice i
join documents_attachment a on a.tenant_id = i.tenant_id and a.creditor_id = i.creditor_id
    and a.natural_key = i.key and a.invoice_id is not null and a.detached_at is null
where i.tenant_id = %(tenant_id)s and i.id = %(invoice_id)s
"""
LOOSE: Final = """not exists (select from documents_attachment a
    where a.tenant_id = %(tenant_id)s and a.document_id = d.id and a.detached_at is null)"""
OF_PEOPLE: Final = """exists (select from link l join parties_customer k
        on k.tenant_id = %(tenant_id)s and k.id = l.customer_id
    where l.document_id = d.id and (k.salesperson_id = any(%(people)s::bigint[])
        or k.collector_id = any(%(people)s::bigint[])))"""
ROWS: Final = f"""
with link as not materialized ({LINKS})
select d.id, d.creditor_id, d.kind, d.name, d.content_type, d.size_bytes, d.sha256, d.pages,
    d.source, d.dated_on, d.author_id, d.created_at, d.mentions_missing, d.candidates,
    coalesce((select jsonb_agg(jsonb_build_object('id', l.id, 'kind', l.kind,
            'subject_id', l.subject_id, 'customer_id', l.customer_id, 'label', l.label,
            'customer', k.name) order by l.id)
        from link l
        left join parties_customer k on k.tenant_id = %(tenant_id)s and k.id = l.customer_id
        where l.document_id = d.id), '[]')
from documents_document d
where d.tenant_id = %(tenant_id)s and d.removed_at is null {{wanted}}
order by {{sort}}, d.id desc
limit %(limit)s offset %(offset)s
"""
WANTED: Final[Mapping[str, str]] = {
    "creditors": "d.creditor_id = any(%(creditors)s::bigint[])",
    "document_id": "d.id = %(document_id)s",
    "kind": "d.kind = %(kind)s",
    "after": "d.id > %(after)s",
    "search": "position(lower(%(search)s) in lower(d.name)) > 0",
    "since": "d.created_at >= %(since)s::date",
    "is_loose": LOOSE,
    "customer_id": f"d.id = any(array({OF_CUSTOMER}))",
    "invoice_id": f"d.id = any(array({OF_INVOICE}))",
    "people": OF_PEOPLE,
}
SORTS: Final[Mapping[str, str]] = {
    "id": "d.id",
    "created_at": "d.created_at",
    "name": "lower(d.name)",
    "size_bytes": "d.size_bytes",
    "dated_on": "d.dated_on",
}


@dataclass(frozen=True, slots=True)
class Link:
    """What a file is attached to, as people read it."""

    id: int
    kind: str
    subject_id: int
    customer_id: int | None
    label: str
    customer: str | None


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One kept file."""

    id: int
    creditor_id: int
    kind: str
    name: str
    content_type: str
    size_bytes: int
    sha256: str
    pages: int | None
    source: str
    dated_on: date | None
    author_id: int | None
    created_at: datetime
    mentions_missing: Sequence[str] | None
    candidates: Sequence[int]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which files are wanted; empty fields ask nothing."""

    creditor_ids: tuple[int, ...] | None = None
    people: tuple[int, ...] | None = None
    document_id: int | None = None
    customer_id: int | None = None
    invoice_id: int | None = None
    kind: str = ""
    search: str = ""
    since: date | None = None
    is_loose: bool = False
    after: int | None = None
    sort: str = "created_at"
    descending: bool = True
    offset: int = 0
    limit: int | None = None


def documents(*, tenant_id: int, asked: Asked) -> Iterator[DocumentRow]:
    """Yield the files that match, in the order asked for, each with all its links."""
    order = f"{SORTS.get(asked.sort, SORTS['created_at'])} {'desc' if asked.descending else 'asc'}"
    given: dict[str, Any] = {
        **{name: getattr(asked, name) for name in WANTED if name != "creditors"},
        "creditors": None if asked.creditor_ids is None else list(asked.creditor_ids),
        "people": None if asked.people is None else list(asked.people),
    }
    wanted = [text for name, text in WANTED.items() if given[name] not in (None, "", False)]
    query = ROWS.replace("{sort}", order)
    query = query.replace("{wanted}", "".join(f"\n    and {text}" for text in wanted))
    params = {**given, "tenant_id": tenant_id, "limit": asked.limit, "offset": asked.offset}
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        for row in cursor.fetchall():
            yield _row(row)


def document(
    *,
    tenant_id: int,
    document_id: int,
    creditor_ids: tuple[int, ...] | None = None,
    people: tuple[int, ...] | None = None,
) -> DocumentRow | None:
    """Return one file, or None when there is none of that number within these limits."""
    asked = Asked(document_id=document_id, creditor_ids=creditor_ids, people=people)
    return next(documents(tenant_id=tenant_id, asked=asked), None)


def _row(row: tuple[Any, ...]) -> DocumentRow:
    *head, mentions, candidates, links = row
    of = tuple(Link(**one) for one in _read(links))
    return DocumentRow(*(*head, _read(mentions), _read(candidates) or (), of))


def _read(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
