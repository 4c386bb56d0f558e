"""Letters as their pages list them: to print and post with their franking, then on their way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from encours.dunning.queries.outbox import MINE, Reach
from encours.postal.rules import franking

_JOINED, _WHERE, _MINE = MINE.rpartition("where m.tenant_id")
FROM: Final = f"""
{_JOINED}
left join postal_posting p on p.tenant_id = m.tenant_id and p.message_id = m.id
{_WHERE}{_MINE}
"""
ROWS: Final = f"""
select m.id, m.creditor_id, m.channel, m.state, coalesce(c.code, ''), coalesce(c.name, ''),
    coalesce(c.postcode, ''), coalesce(c.city, ''), coalesce(r.step_code, ''),
    coalesce(r.amount_cents, 0), coalesce(r.currency, 'EUR'), r.planned_on,
    coalesce(p.place, 0), coalesce(p.sheets, 0), p.cost_cents, coalesce(p.number, ''),
    p.printed_at, p.posted_on, coalesce(p.state, ''), coalesce(p.provider, ''),
    coalesce(jsonb_array_length(p.proofs), 0), p.ended_on, coalesce(p.trouble, '')
{FROM}
  and m.channel in ('letter', 'registered', 'eregistered')
  and (%(search)s = '' or lower(c.name) like %(like)s or lower(c.code) like %(like)s
       or lower(p.number) like %(like)s)
  and (%(channel)s = '' or m.channel = %(channel)s)
"""
WAITING: Final = f"""
{ROWS} and m.state = 'reserved' and m.channel <> 'eregistered'
order by nullif(p.place, 0) nulls last, lower(c.name), m.id limit %(limit)s offset %(offset)s
"""
UNDER_WAY: Final = f"""
{ROWS} and m.state = 'sent' and (%(state)s = '' or coalesce(p.state, '') = %(state)s)
order by p.posted_on desc nulls last, m.id desc limit %(limit)s offset %(offset)s
"""


@dataclass(frozen=True, slots=True)
class LetterRow:
    """One letter; weights are estimates, amounts are in cents."""

    id: int
    creditor_id: int
    channel: str
    message_state: str
    code: str
    name: str
    postcode: str
    city: str
    step: str
    amount_cents: int
    currency: str
    planned_on: date | None
    place: int
    sheets: int
    cost_cents: int | None
    number: str
    printed_at: datetime | None
    posted_on: date | None
    state: str
    provider: str
    proofs: int
    ended_on: date | None
    trouble: str

    @property
    def weight_g(self) -> int:
        """Return what the envelope weighs."""
        return franking.weight_g(self.sheets, is_registered=self.channel == "registered")

    @property
    def envelope(self) -> str:
        """Return the envelope it takes, once its sheets are known."""
        return franking.envelope(self.sheets) if self.sheets else ""

    @property
    def town(self) -> str:
        """Return where it goes."""
        return f"{self.postcode} {self.city}".strip()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which letters of a list are asked for."""

    search: str = ""
    channel: str = ""
    state: str = ""
    limit: int | None = None
    offset: int = 0

    def params(self) -> dict[str, Any]:
        """Return the parameters of the queries."""
        typed = self.search.strip().lower()
        return {
            "search": typed,
            "like": f"%{typed.replace('%', '').replace('_', '')}%",
            "channel": self.channel,
            "state": self.state,
            "limit": self.limit,
            "offset": self.offset,
        }


def waiting(reach: Reach, wanted: Wanted | None = None) -> list[LetterRow]:
    """Return the letters to print and post, those already printed in the order of their batch."""
    return _rows(WAITING, reach, wanted or Wanted())


def under_way(reach: Reach, wanted: Wanted | None = None) -> list[LetterRow]:
    """Return the letters that left, the latest first."""
    return _rows(UNDER_WAY, reach, wanted or Wanted())


def total_cost(rows: Sequence[LetterRow]) -> int:
    """Return what these letters cost, as far as it is known."""
    return sum(one.cost_cents or 0 for one in rows)


def _rows(query: str, reach: Reach, wanted: Wanted) -> list[LetterRow]:
    with connection.cursor() as cursor:
        cursor.execute(query, {**reach.params(), **wanted.params()})
        return [LetterRow(*row) for row in cursor.fetchall()]
