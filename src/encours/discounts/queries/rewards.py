"""Good payers for whom a gesture is proposed, and what was decided before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection

from encours.discounts.rules.rewards import Gesture, Payer, proposed
from encours.receivables.queries.moment import Moment, live

PAYERS: Final = """
select k.id, k.creditor_id, k.name, s.behaviour, coalesce(nullif(s.currency, ''), 'EUR'),
    s.on_time_percent, s.volume_cents,
    s.settled_lines, s.overdue_cents, least(s.tenure_months, (
        extract(year from age(%(as_of)s, since.on_day)) * 12
        + extract(month from age(%(as_of)s, since.on_day)))::int)
from scoring_score s
join parties_customer k on k.tenant_id = s.tenant_id and k.id = s.customer_id
cross join lateral (
    select coalesce(max(m."on"), date '1990-01-01') as on_day from scoring_move m
    where m.tenant_id = s.tenant_id and m.customer_id = s.customer_id and m.before <> ''
        and m.behaviour in ('early', 'on_time') and m.before not in ('early', 'on_time')
) since
where s.tenant_id = %(tenant_id)s and s.behaviour in ('early', 'on_time') and own(k)
    and (%(creditor_id)s::bigint is null or s.creditor_id = %(creditor_id)s)
    and (%(creditors)s::bigint[] is null or s.creditor_id = any(%(creditors)s::bigint[]))
    and not exists (
        select from discounts_reward r
        where r.tenant_id = s.tenant_id and r.customer_id = s.customer_id
            and r.until_on >= %(as_of)s)
    and not exists (select from faces() face where face.customer_id = k.id)
order by s.volume_cents desc, k.id
"""


@dataclass(frozen=True, slots=True)
class Good:
    """A good payer, why, and the gesture proposed."""

    id: int
    creditor_id: int
    customer: str
    behaviour: str
    currency: str
    on_time_percent: int | None
    volume_cents: int
    months: int
    gesture: Gesture


def good_payers(moment: Moment) -> list[Good]:
    """Return the customers who earned a gesture, who buy most first; a person decides each."""
    with connection.cursor() as cursor:
        cursor.execute(live(PAYERS, moment), moment.params())
        rows = cursor.fetchall()
    found = []
    for *known, lines, late, months in rows:
        number, creditor_id, name, behaviour, currency, percent, volume = known
        gesture = proposed(Payer(behaviour, months or 0, lines, late, volume, percent or 0))
        if gesture is not None:
            who = (number, creditor_id, name, behaviour, currency, percent, volume)
            found.append(Good(*who, months or 0, gesture))
    return found


def until(decided_on: date) -> date:
    """Return until when a customer is not proposed again."""
    return decided_on.replace(year=decided_on.year + 1, day=min(decided_on.day, 28))
