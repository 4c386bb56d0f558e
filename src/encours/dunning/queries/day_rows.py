"""The day's messages as a page shows them: a window of them, how many, their sums by step.

A night may reserve a hundred thousand: the database sorts and cuts, nothing else is read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

OF_DAY: Final = """
from dunning_reminder r
join parties_customer c on c.tenant_id = r.tenant_id and c.id = r.customer_id
where r.tenant_id = %(tenant)s and r.creditor_id = any (%(creditors)s)
  and r.planned_on = any (%(todays)s) and r.state <> 'cancelled' and r.origin = 'plan'
  and (r.creditor_id, r.planned_on, r.rehearsal) in (
    select * from unnest(%(creditors)s::bigint[], %(todays)s::date[], %(rehearsals)s::boolean[]))
  and (%(customers)s::bigint[] is null or r.customer_id = any (%(customers)s::bigint[]))
"""
CHOSEN: Final = """
  and (%(step)s = '' or r.step_code = %(step)s)
  and (%(state)s = '' or r.state = %(state)s)
"""
# the number of an invoice is looked for on the side of the messages: most days have few lines
FOUND: Final = """
  and (lower(c.name) like %(like)s or lower(c.code) like %(like)s or r.id in (
    select o.id from dunning_reminder o cross join unnest(o.instalment_ids) as listed (id)
    join receivables_instalment i on i.tenant_id = o.tenant_id and i.id = listed.id
    join receivables_invoice v on v.tenant_id = i.tenant_id and v.id = i.invoice_id
    where o.tenant_id = %(tenant)s and o.creditor_id = any (%(creditors)s)
      and o.planned_on = any (%(todays)s) and lower(v.number) like %(like)s))
"""
ROWS: Final = """
select r.id, r.creditor_id, r.customer_id, c.code, c.name, r.step_code, r.channel, r.currency,
       r.amount_cents, cardinality(r.instalment_ids), r.reason, r.state
"""
SUMS: Final = """
select r.step_rank, r.step_code, r.currency, r.state, count(*), sum_cents(r.amount_cents)
"""
SORTS: Final[Mapping[str, str]] = {
    "name": "lower(c.name)",
    "amount_cents": "nullif(r.amount_cents, 0)",
    "lines": "cardinality(r.instalment_ids)",
}
USUAL: Final = "r.step_rank desc, r.amount_cents desc, r.id"


@dataclass(frozen=True, slots=True)
class DayAsked:
    """Whose day; `customers` None is all of them, `search` a name, a code or a document.

    `days` gives, by creditor, its day and whether it only rehearses.
    """

    tenant_id: int
    days: Mapping[int, tuple[date, bool]]
    customers: Collection[int] | None = None
    step: str = ""
    state: str = ""
    search: str = ""

    def params(self) -> dict[str, Any]:
        """Return the parameters of the statements."""
        typed = self.search.strip().lower()
        for sign in ("\\", "%", "_"):
            typed = typed.replace(sign, f"\\{sign}")
        return {
            "tenant": self.tenant_id,
            "creditors": list(self.days),
            "todays": [on for on, _is in self.days.values()],
            "rehearsals": [is_rehearsal for _on, is_rehearsal in self.days.values()],
            "customers": None if self.customers is None else sorted(self.customers),
            "step": self.step,
            "state": self.state,
            "like": f"%{typed}%",
        }

    def body(self) -> str:
        """Return what every statement reads from."""
        return OF_DAY + CHOSEN + (FOUND if self.search.strip() else "")


@dataclass(frozen=True, slots=True)
class DayRow:
    """One message of the day; `lines` is how many due lines it lists."""

    id: int
    creditor_id: int
    customer_id: int
    code: str
    name: str
    step: str
    channel: str
    currency: str
    amount_cents: int
    lines: int
    reason: str
    state: str


@dataclass(frozen=True, slots=True)
class DaySum:
    """Messages of one step, one currency, one state."""

    rank: int
    step: str
    currency: str
    state: str
    messages: int
    cents: int


def day_rows(
    asked: DayAsked,
    *,
    sort: str = "",
    is_descending: bool = False,
    offset: int = 0,
    limit: int | None = None,
) -> list[DayRow]:
    """Return a window of the day, the highest step and amount first unless sorted."""
    way = "desc" if is_descending else "asc"
    order = f"{SORTS[sort]} {way} nulls last, {USUAL}" if sort in SORTS else USUAL
    query = f"{ROWS} {asked.body()} order by {order} limit %(limit)s offset %(offset)s"
    return [DayRow(*row) for row in _fetched(query, asked, limit=limit, offset=offset)]


def day_count(asked: DayAsked) -> int:
    """Return how many messages there are."""
    ((count,),) = _fetched(f"select count(*) {asked.body()}", asked)
    return int(count)


def day_sums(asked: DayAsked) -> list[DaySum]:
    """Return how many messages and how much, by step, currency and state."""
    query = f"{SUMS} {asked.body()} group by 1, 2, 3, 4 order by 1, 2, 3, 4"
    return [DaySum(*row) for row in _fetched(query, asked)]


def _fetched(query: str, asked: DayAsked, **more: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, asked.params() | more)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
