"""Companies of the group among the customers, and customers that are one company or one group."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import polars as pl
from django.db import connection

from encours.receivables.queries import kept
from encours.receivables.queries.ageing import AgedBalance
from encours.receivables.queries.moment import Moment

MEMBERS: Final = """
with me as (
    select c.id, c.parent_id, c.siren from parties_customer c
    where c.tenant_id = %(tenant_id)s and c.id = %(customer_id)s
)
select c.id, c.code, c.name, c.creditor_id, o.name,
    case when c.id = me.parent_id then 'parent'
        when c.parent_id = me.id then 'child'
        when c.siren <> '' and c.siren = me.siren then 'siren'
        else 'sister' end
from parties_customer c
join me on c.id <> me.id and (
    c.id = me.parent_id or c.parent_id = me.id or c.parent_id = me.parent_id
    or (c.siren <> '' and c.siren = me.siren))
join tenancy_creditor o on o.tenant_id = c.tenant_id and o.id = c.creditor_id
where c.tenant_id = %(tenant_id)s
    and (%(creditors)s::bigint[] is null or c.creditor_id = any(%(creditors)s::bigint[]))
    and not exists (select from parties_customermerge m
        where m.tenant_id = c.tenant_id and m.customer_id = c.id and m.undone_at is null)
order by c.name, c.id
"""


@dataclass(frozen=True, slots=True)
class Member:
    """A customer of the same group, why it is one, and what it owes in cents of one currency."""

    id: int
    code: str
    name: str
    creditor_id: int
    creditor: str
    link: str
    open_cents: int
    overdue_cents: int


def apart(balance: AgedBalance) -> tuple[AgedBalance, AgedBalance]:
    """Return a balance by customer without the companies of the group, and theirs."""
    return (
        replace(balance, rows=balance.rows.filter(~pl.col("intra_group"))),
        replace(balance, rows=balance.rows.filter("intra_group")),
    )


def exposure(moment: Moment, *, customer_id: int) -> list[Member]:
    """Return the other customers of this one's group: same parent, parent, subsidiary, same SIREN.

    `moment` is without a customer: its creditors are those the reader may see.
    """
    creditors = None if moment.creditor_ids is None else list(moment.creditor_ids)
    params = {"tenant_id": moment.tenant_id, "customer_id": customer_id, "creditors": creditors}
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS, params)
        found = cursor.fetchall()
    if not found:
        return []
    owed = kept.balance(replace(moment, customer_id=None)).rows
    sums = {
        row[0]: row[1:]
        for row in owed.select(
            "customer_id", "open", overdue=pl.col("open") - pl.col("not_due")
        ).iter_rows()
    }
    return [Member(*row, *sums.get(row[0], (0, 0))) for row in found]
