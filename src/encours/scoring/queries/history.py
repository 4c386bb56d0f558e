"""The scoring's frames out of the database: one creditor, as known at an instant.

What was recorded later, took effect later or was withdrawn by then is not read (`Moment`).
Customers merged together are one, under the id of the one that stands for them; a due line goes by
its lineage, so that what was said of it outlives a corrected export.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from encours.kernel.dates import add_months
from encours.parties import faces
from encours.receivables.queries.moment import Moment, live
from encours.scoring.rules import frames
from encours.scoring.rules.frames import History
from encours.tenancy.frames import one_process, read_frame

MONEY: Final = "c.kind not in ('credit_note', 'discount')"
SETTLEMENT: Final = f"""
select a.instalment_id, sum_cents(a.amount_cents) as paid, max(a.effective_on) as last_on,
    sum_cents(a.amount_cents) filter (where {MONEY}) as money,
    sum_cents(a.amount_cents * (a.effective_on - a.due_on)) filter (where {MONEY}) as days,
    max(a.effective_on) filter (where {MONEY}) as money_on,
    bool_or(c.kind = 'write_off') as is_lost
from receivables_allocation a
join receivables_credit c on c.tenant_id = a.tenant_id and c.id = a.credit_id
where live(a) and a.effective_on <= %(as_of)s and of_lines(a)
group by a.instalment_id
"""
LINES: Final = f"""
select i.customer_id, coalesce(i.lineage_id, i.id), v.kind, i.currency, i.issued_on, i.due_on,
    i.amount_cents, coalesce(s.paid, 0), coalesce(s.money, 0), coalesce(s.days, 0),
    s.last_on, s.money_on, coalesce(s.is_lost, false)
from receivables_instalment i
join receivables_invoice v on v.tenant_id = i.tenant_id and v.id = i.invoice_id
left join ({SETTLEMENT}) s on s.instalment_id = i.id
where live(i) and i.issued_on <= %(as_of)s and of_customer(i)
"""
FACTS: Final = """
select f.customer_id, coalesce(i.lineage_id, i.id), f.kind, coalesce(f.details ->> 'status', ''),
    f.starts_on, f.ends_on
from standing_standingfact f
left join receivables_instalment i on i.tenant_id = f.tenant_id and i.id = f.instalment_id
where known(f) and f.starts_on <= %(as_of)s and of_customer(f)
    and f.kind in ('dispute', 'promise', 'direct_debit')
"""
CUSTOMERS: Final = """
select c.id, case when c.class_confirmed_at is null then 'unknown' else c.debtor_class end,
    c.country, c.salesperson_name
from parties_customer c
left join faces() face on face.customer_id = c.id
where c.tenant_id = %(tenant_id)s and face.face_id is null
    and (%(creditor_id)s::bigint is null or c.creditor_id = %(creditor_id)s)
    and (%(customer_id)s::bigint is null or c.id = %(customer_id)s)
"""
CREDITED: Final = """
select c.customer_id, c.currency, sum_cents(c.amount_cents) from receivables_credit c
where live(c) and c.kind = 'credit_note' and c.received_on <= %(as_of)s
    and c.received_on > %(since)s and of_customer(c)
group by 1, 2
"""


def history(moment: Moment) -> History:
    """Return all that is scored of one creditor; every currency."""
    merged = read_frame(live(MERGED, moment), moment.params(), schema=faces.SCHEMA)
    params = moment.params() | {"since": add_months(moment.as_of, -12)}

    def read(query: str, schema: pl.Schema) -> pl.DataFrame:
        found = read_frame(live(query, moment), params, schema=schema)
        return faces.shown_under(found, merged)

    with one_process(moment.customer_id is None):
        lines = read(LINES, frames.LINES)
    credited = read(CREDITED, frames.CREDITED).group_by("customer_id", "currency").sum()
    return History.of(
        lines=lines,
        facts=read(FACTS, frames.FACTS),
        customers=read(CUSTOMERS, frames.CUSTOMERS),
        credited=credited,
    )


MERGED: Final = "select merged.customer_id, merged.face_id from faces() merged order by 1"
