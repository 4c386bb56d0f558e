"""The outbox as its pages show it: what leaves, what left, what a person must look at."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from encours.parties import faces

MINE: Final = f"""
from messaging_message m
left join dunning_reminder r
  on m.kind = 'reminder' and r.tenant_id = m.tenant_id and r.id = m.subject_id
left join {faces.LIVE} face on face.customer_id = m.customer_id
left join parties_customer c
  on c.tenant_id = m.tenant_id
      and c.id = case when face.face_id is null then m.customer_id else face.face_id end
where m.tenant_id = %(tenant_id)s
  and (%(creditors)s::bigint[] is null or m.creditor_id = any (%(creditors)s))
  and (%(people)s::bigint[] is null
    or c.salesperson_id = any(%(people)s) or c.collector_id = any(%(people)s))
"""
CHOSEN: Final = """
  and (%(state)s = '' or m.state = %(state)s)
  and (%(channel)s = '' or m.channel = %(channel)s)
  and (%(search)s = '' or lower(c.name) like %(like)s or lower(c.code) like %(like)s
       or lower(m.subject) like %(like)s)
"""
ROWS: Final = f"""
select m.id, m.creditor_id, c.id, coalesce(c.code, ''), coalesce(c.name, ''),
       m.subject_id, coalesce(r.step_code, ''), m.channel,
       coalesce(m.recipient -> 'to' ->> 0, ''), m.subject, m.state, m.rehearsal,
       coalesce(r.amount_cents, 0), coalesce(r.currency, 'EUR'), r.planned_on, m.created_at,
       m.send_after, m.claimed_at, m.sent_at, m.attempts, m.next_attempt_at, m.last_error,
       m.digest
{MINE}
"""
COUNTS: Final = f"select m.state, m.channel, count(*) {MINE} group by 1, 2"
KNOWN: Final = f"select m.uuid, m.id {MINE} and m.uuid = any (%(uuids)s)"


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One message of the outbox; amounts in cents."""

    id: int
    creditor_id: int
    customer_id: int | None
    code: str
    name: str
    reminder_id: int
    step: str
    channel: str
    recipient: str
    subject: str
    state: str
    rehearsal: bool
    amount_cents: int
    currency: str
    planned_on: date | None
    created_at: datetime
    send_after: datetime
    claimed_at: datetime | None
    sent_at: datetime | None
    attempts: int
    next_attempt_at: datetime | None
    last_error: str
    digest: str


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose messages: some creditors or all, the customers of some people or all."""

    tenant_id: int
    creditor_ids: Collection[int] | None = None
    people: tuple[int, ...] | None = None

    def params(self) -> dict[str, Any]:
        """Return the parameters of `MINE`."""
        some = None if self.creditor_ids is None else list(self.creditor_ids)
        people = None if self.people is None else list(self.people)
        return {"tenant_id": self.tenant_id, "creditors": some, "people": people}


def messages(
    reach: Reach,
    *,
    state: str = "",
    channel: str = "",
    search: str = "",
    limit: int | None = None,
    offset: int = 0,
) -> list[OutboxRow]:
    """Return messages, the newest first."""
    typed = search.strip().lower()
    asked = {
        **reach.params(),
        "state": state,
        "channel": channel,
        "search": typed,
        "like": f"%{typed.replace('%', '').replace('_', '')}%",
        "limit": limit,
        "offset": offset,
    }
    query = f"{ROWS} {CHOSEN} order by m.id desc limit %(limit)s offset %(offset)s"
    return [OutboxRow(*row) for row in _fetched(query, asked)]


def message_page(
    reach: Reach, *, after: int, limit: int, state: str = "", channel: str = ""
) -> list[OutboxRow]:
    """Return messages in the order of ids."""
    asked = {"state": state, "channel": channel, "after": after, "limit": limit}
    query = (
        f"{ROWS} and m.id > %(after)s and (%(state)s = '' or m.state = %(state)s)"
        " and (%(channel)s = '' or m.channel = %(channel)s) order by m.id limit %(limit)s"
    )
    return [OutboxRow(*row) for row in _fetched(query, {**reach.params(), **asked})]


def one_message(reach: Reach, *, message_id: int) -> OutboxRow | None:
    """Return one message, or None when it is out of reach."""
    rows = _fetched(f"{ROWS} and m.id = %(id)s", {**reach.params(), "id": message_id})
    return OutboxRow(*rows[0]) if rows else None


def of_reminder(reach: Reach, *, reminder_id: int) -> list[OutboxRow]:
    """Return the messages of one reminder, one a channel."""
    query = f"{ROWS} and m.kind = 'reminder' and m.subject_id = %(id)s order by m.id"
    return [OutboxRow(*row) for row in _fetched(query, {**reach.params(), "id": reminder_id})]


def counts(reach: Reach) -> dict[tuple[str, str], int]:
    """Return how many messages are in each state, by channel."""
    rows = _fetched(COUNTS, reach.params())
    return {(state, channel): count for state, channel, count in rows}


def known(reach: Reach, uuids: Iterable[UUID]) -> dict[UUID, int]:
    """Return which of these messages are within reach, by their identifier."""
    wanted = list(uuids)
    return dict(_fetched(KNOWN, {**reach.params(), "uuids": wanted})) if wanted else {}


def _fetched(query: str, asked: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        rows: list[Any] = cursor.fetchall()
    return rows
