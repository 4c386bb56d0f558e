"""Companies of the group among the customers, and customers that are one company or one group."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl
from django.db import connection

from encours.receivables.queries import kept
from encours.receivables.queries.ageing import AgedBalance
from encours.receivables.queries.moment import Moment

LINKED: Final = """
with recursive linked(id) as (
    select %(customer_id)s::bigint
    union
    select next.id from linked
    join parties_customer c on c.tenant_id = %(tenant_id)s and c.id = linked.id
    cross join lateral (
        select c.parent_id as id where c.parent_id is not null
        union all select k.id from parties_customer k
            where k.tenant_id = %(tenant_id)s and k.parent_id = c.id
        union all select k.id from parties_customer k
            where k.tenant_id = %(tenant_id)s and c.siren <> '' and k.siren <> ''
                and k.siren = c.siren
        union all select m.survivor_id from parties_customermerge m
            where m.tenant_id = %(tenant_id)s and m.customer_id = c.id and m.undone_at is null
        union all select m.customer_id from parties_customermerge m
            where m.tenant_id = %(tenant_id)s and m.survivor_id = c.id and m.undone_at is null
    ) next
)
"""
"""Whoever a customer is one group with: parents, subsidiaries, same SIREN, from one to the next."""

MEMBERS: Final = (
    LINKED
    + """
select c.id, c.code, c.name, c.creditor_id, o.name,
    case when c.id = me.id then 'self'
        when c.id = me.parent_id then 'parent'
        when c.parent_id = me.id then 'child'
        when c.siren <> '' and c.siren = me.siren then 'siren'
        when c.parent_id = me.parent_id then 'sister'
        else 'group' end
from linked
join parties_customer c on c.tenant_id = %(tenant_id)s and c.id = linked.id
join parties_customer me on me.tenant_id = %(tenant_id)s and me.id = %(customer_id)s
join tenancy_creditor o on o.tenant_id = c.tenant_id and o.id = c.creditor_id
where (%(creditors)s::bigint[] is null or c.creditor_id = any(%(creditors)s::bigint[]))
    and (%(people)s::bigint[] is null or c.salesperson_id = any(%(people)s::bigint[])
        or c.collector_id = any(%(people)s::bigint[]))
    and not exists (select from parties_customermerge m
        where m.tenant_id = c.tenant_id and m.customer_id = c.id and m.undone_at is null)
order by c.name, c.id
"""
)


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
    unallocated_cents: int


@dataclass(frozen=True, slots=True)
class Exposure:
    """A customer and whoever it is one group with, seen as one debtor; `others` leaves it out."""

    customer_id: int
    members: tuple[Member, ...]

    @property
    def others(self) -> tuple[Member, ...]:
        """Return the group without the customer it was asked for."""
        return tuple(one for one in self.members if one.id != self.customer_id)

    @property
    def open_cents(self) -> int:
        """Return what the whole group owes."""
        return sum(one.open_cents for one in self.members)

    @property
    def overdue_cents(self) -> int:
        """Return what of it is past due."""
        return sum(one.overdue_cents for one in self.members)

    @property
    def unallocated_cents(self) -> int:
        """Return what was received from the group and pays nothing yet; negative, as everywhere."""
        return sum(one.unallocated_cents for one in self.members)

    @property
    def net_cents(self) -> int:
        """Return both together."""
        return self.open_cents + self.unallocated_cents


def apart(balance: AgedBalance) -> tuple[AgedBalance, AgedBalance]:
    """Return a balance by customer without the companies of the group, and theirs."""
    return (
        replace(balance, rows=balance.rows.filter(~pl.col("intra_group"))),
        replace(balance, rows=balance.rows.filter("intra_group")),
    )


def member_ids(moment: Moment, *, customer_id: int) -> tuple[int, ...]:
    """Return the customers of a group that the reader may see, this one included."""
    return tuple(row[0] for row in _members(moment, customer_id))


def exposure(moment: Moment, *, customer_id: int) -> Exposure:
    """Return a customer's group with what each member owes, in the currency of the moment.

    `moment` is without a customer: its creditors and people are those the reader may see.
    """
    found = _members(moment, customer_id)
    if len(found) < 2:  # noqa: PLR2004 - a group is two
        return Exposure(customer_id, ())
    owed = kept.balance(replace(moment, customer_id=None)).rows
    overdue = (pl.col("open") - pl.col("not_due")).alias("overdue")
    mine = owed.filter(pl.col("customer_id").is_in([row[0] for row in found]))
    sums = {
        row[0]: row[1:]
        for row in mine.select("customer_id", "open", overdue, "unallocated").iter_rows()
    }
    return Exposure(customer_id, tuple(Member(*row, *sums.get(row[0], (0, 0, 0))) for row in found))


def _members(moment: Moment, customer_id: int) -> list[tuple[Any, ...]]:
    listed = {
        "creditors": None if moment.creditor_ids is None else list(moment.creditor_ids),
        "people": None if moment.people is None else list(moment.people),
    }
    params = {"tenant_id": moment.tenant_id, "customer_id": customer_id, **listed}
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS, params)
        return list(cursor.fetchall())
