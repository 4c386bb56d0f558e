"""Kept files with their last use and whether an open claim needs them; one SQL, by lots."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db import connection

from encours.custody.rules.retention import (
    CONTACT_MONTHS,
    Dormant,
    Kept,
    Past,
    PastPerson,
    past_persons,
    past_retention,
)
from encours.documents.rules.kinds import shipped_retention
from encours.kernel.dates import add_months
from encours.parties import faces
from encours.parties.actions.erasing import GONE

FILES: Final = """
select d.id, d.creditor_id, d.kind, d.name,
    greatest(coalesce(d.dated_on, d.created_at::date), d.created_at::date,
        max(i.issued_on), max(paid.last_on)),
    coalesce(bool_or(open.is_open), false)
from documents_document d
left join documents_attachment a
    on a.tenant_id = d.tenant_id and a.document_id = d.id and a.detached_at is null
left join receivables_invoice i on i.tenant_id = a.tenant_id and i.undone_at is null and (
    (a.invoice_id is not null and i.creditor_id = a.creditor_id and i.key = a.natural_key)
    or i.customer_id = a.customer_id)
left join lateral (
    select max(x.effective_on) as last_on from receivables_instalment l
    join receivables_allocation x
        on x.tenant_id = l.tenant_id and x.instalment_id = l.id and x.undone_at is null
    where l.tenant_id = i.tenant_id and l.invoice_id = i.id and l.undone_at is null) paid on true
left join lateral (
    select bool_or(l.amount_cents > coalesce((
        select sum(x.amount_cents) from receivables_allocation x
        where x.tenant_id = l.tenant_id and x.instalment_id = l.id and x.undone_at is null), 0))
        as is_open
    from receivables_instalment l
    where l.tenant_id = i.tenant_id and l.invoice_id = i.id and l.undone_at is null) open on true
where d.tenant_id = %(tenant_id)s and d.removed_at is null
    and (%(creditor_id)s::bigint is null or d.creditor_id = %(creditor_id)s)
    and coalesce(d.dated_on, d.created_at::date) < %(before)s
group by d.id, d.creditor_id, d.kind, d.name, d.dated_on, d.created_at
order by d.id
"""
PERSONS: Final = f"""
with face as materialized (select * from {faces.LIVE} merged),
twins as (select face_id, array_agg(customer_id) as ids from face group by face_id)
select k.id, k.name,
    greatest((select max(x.created_at)::date from parties_customer x
        where x.tenant_id = k.tenant_id and x.id = any(f.ids)), i.last_on, c.last_on, m.last_on,
        r.last_on),
    greatest(i.last_on, c.last_on), coalesce(o.open_cents, 0) > 0
from parties_customer k
left join twins on twins.face_id = k.id
cross join lateral (select array_append(coalesce(twins.ids, '{{}}'), k.id) as ids) f
left join lateral (select max(issued_on) as last_on from receivables_invoice
    where tenant_id = k.tenant_id and customer_id = any(f.ids)) i on true
left join lateral (select max(received_on) as last_on from receivables_credit
    where tenant_id = k.tenant_id and customer_id = any(f.ids)) c on true
left join lateral (select max(created_at)::date as last_on from messaging_message
    where tenant_id = k.tenant_id and customer_id = any(f.ids)) m on true
left join lateral (select max(received_at)::date as last_on from replies_reply
    where tenant_id = k.tenant_id and customer_id = any(f.ids)) r on true
left join lateral (
    select sum(l.amount_cents - coalesce((
        select sum(x.amount_cents) from receivables_allocation x
        where x.tenant_id = l.tenant_id and x.instalment_id = l.id and x.undone_at is null), 0))
        as open_cents
    from receivables_instalment l
    where l.tenant_id = k.tenant_id and l.customer_id = any(f.ids)
        and l.undone_at is null) o on true
where k.tenant_id = %(tenant_id)s and k.debtor_class = 'consumer'
    and k.class_confirmed_at is not null and not k.name ^@ %(gone)s
    and (%(creditor_id)s::bigint is null or k.creditor_id = %(creditor_id)s)
    and k.created_at::date < %(before)s
    and not exists (select from face where face.customer_id = k.id)
order by k.id
"""
"""Consumers with the last use of any account they are one with: a merged one follows its face."""


def persons(*, tenant_id: int, today: date, creditor_id: int | None = None) -> list[PastPerson]:
    """Return the consumers past their time on a day."""
    params = {
        "tenant_id": tenant_id,
        "creditor_id": creditor_id,
        "before": add_months(today, -CONTACT_MONTHS),
        "gone": GONE,
    }
    with connection.cursor() as cursor:
        cursor.execute(PERSONS, params)
        people = [Dormant(*row) for row in cursor.fetchall()]
    return list(past_persons(people, today=today))


def past(*, tenant_id: int, today: date, creditor_id: int | None = None) -> list[Past]:
    """Return the files past their time on a day; what is younger than any period is not read."""
    shortest = min(row.months for row in shipped_retention())
    before = add_months(today, -shortest)
    with connection.cursor() as cursor:
        cursor.execute(
            FILES, {"tenant_id": tenant_id, "creditor_id": creditor_id, "before": before}
        )
        files = [Kept(*row) for row in cursor.fetchall()]
    return list(past_retention(files, shipped_retention(), today=today))
