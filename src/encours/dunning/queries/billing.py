"""Whom a note of penalties is proposed for: late, reminded as the policy says, not billed yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl
from django.db import connection

from encours.einvoicing.queries.policies import Policy, policies
from encours.receivables.queries import interest
from encours.receivables.queries.moment import Moment, live
from encours.receivables.queries.rates import rates_of
from encours.receivables.rules.values import shipped_law_values
from encours.standing import queries as standing

REMINDED: Final = """
with told as (
    select case when face.face_id is null then r.customer_id else face.face_id end as customer_id,
        r.cycle, r.step_code, r.sent_on
    from dunning_reminder r
    left join faces() face on face.customer_id = r.customer_id
    where r.tenant_id = %(tenant_id)s and r.state = 'sent' and not r.rehearsal and r.cycle >= 0
        and r.step_code not in ('prevenance', 'remerciement', 'releve')
        and r.sent_on <= %(as_of)s
), last as (select customer_id, max(cycle) as cycle from told group by 1)
select k.id, k.creditor_id, k.name, coalesce(said.count, 0), said.last_on
from parties_customer k
left join (
    select customer_id, count(distinct step_code) as count, max(sent_on) as last_on
    from told join last using (customer_id, cycle) group by 1
) said on said.customer_id = k.id
where k.tenant_id = %(tenant_id)s and k.id = any (%(late)s) and k.class_confirmed_at is not null
"""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A customer that a note may be issued to, and what it would hold today."""

    customer_id: int
    creditor_id: int
    customer: str
    reminders: int
    last_on: date | None
    interest_cents: int | None
    indemnity_cents: int
    currency: str

    @property
    def total_cents(self) -> int:
        """Return what a note would come to, as far as rates are known."""
        return (self.interest_cents or 0) + self.indemnity_cents


def proposals(moment: Moment) -> list[Proposal]:
    """Return the notes proposed, the largest first; a person looks and issues each."""
    chosen = policies(tenant_id=moment.tenant_id)
    owed = _owed(moment)
    if owed.is_empty():
        return []
    late = {row["customer_id"]: row for row in owed.iter_rows(named=True)}
    params: dict[str, Any] = moment.params() | {"late": sorted(late)}
    with connection.cursor() as cursor:
        cursor.execute(live(REMINDED, moment), params)
        rows = cursor.fetchall()
    found = [
        Proposal(
            customer_id=number,
            creditor_id=creditor_id,
            customer=name,
            reminders=count,
            last_on=last_on,
            interest_cents=late[number]["interest_cents"],
            indemnity_cents=late[number]["indemnity_cents"],
            currency=moment.currency or "EUR",
        )
        for number, creditor_id, name, count, last_on in rows
        if chosen.get(creditor_id, Policy()).asks(count)
    ]
    return sorted(
        (one for one in found if one.total_cents > 0),
        key=lambda one: (-one.total_cents, one.customer_id),
    )


def _owed(moment: Moment) -> pl.DataFrame:
    """Return what delays cost and no note billed, by customer; null where a rate is missing."""
    lines = interest.interest_due(
        moment,
        rates_of(moment.tenant_id),
        shipped_law_values(),
        insolvencies=standing.insolvencies(moment),
    )
    if lines.is_empty():
        return lines
    return interest.by_customer(lines).with_columns(
        interest_cents=pl.when("is_whole").then("interest_cents")
    )
