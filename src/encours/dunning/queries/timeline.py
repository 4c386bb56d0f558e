"""What happened with a customer, latest first: documents, money, messages, the journal; one SQL."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from encours.parties import faces

SHOWN: Final = 24
TOLD_OTHERWISE: Final = (
    *("invoice.recorded", "credit.recorded", "allocation.recorded"),
    "penalty_note.issued",
)
TIMELINE: Final = f"""
select found.happened_on, found.at, found.source, found.code, found.name, found.cents,
    found.currency, found.data, found.subject_id,
    coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.email, '')
from (
    (select i.issued_on as happened_on, null::timestamptz as at, 'invoice' as source,
        i.kind as code, coalesce(nullif(i.number, ''), nullif(i.piece, ''), i.label) as name,
        i.amount_cents as cents, i.currency, '{{}}'::jsonb as data, i.id as subject_id,
        null::bigint as actor_id
    from receivables_invoice i
    where i.tenant_id = %(tenant_id)s and i.customer_id = any({faces.FAMILY_LIVE})
        and i.undone_at is null
        and i.issued_on <= %(until)s
    order by i.issued_on desc, i.id desc limit %(shown)s)
    union all
    (select c.received_on, null, 'credit', c.kind,
        coalesce(nullif(c.number, ''), nullif(c.piece, ''), c.label), c.amount_cents, c.currency,
        '{{}}', c.id, null
    from receivables_credit c
    where c.tenant_id = %(tenant_id)s and c.customer_id = any({faces.FAMILY_LIVE})
        and c.undone_at is null
        and c.received_on <= %(until)s
    order by c.received_on desc, c.id desc limit %(shown)s)
    union all
    (select coalesce(m.sent_at, m.created_at)::date, coalesce(m.sent_at, m.created_at), 'message',
        m.state, m.subject, null, null,
        jsonb_build_object('channel', m.channel, 'rehearsal', m.rehearsal), m.id, null
    from messaging_message m
    where m.tenant_id = %(tenant_id)s and m.customer_id = any({faces.FAMILY_LIVE})
        and coalesce(m.sent_at, m.created_at)::date <= %(until)s
    order by m.id desc limit %(shown)s)
    union all
    (select f.recorded_at::date, f.recorded_at, 'fact', f.verb, coalesce(s.reason, ''), null, null,
        f.data, f.subject_id, f.actor_id
    from tenancy_fact f
    left join standing_standingfact s
        on f.subject_type = 'standing' and s.tenant_id = f.tenant_id and s.id = f.subject_id
    where f.tenant_id = %(tenant_id)s and f.customer_id = any({faces.FAMILY_LIVE})
        and f.verb <> all(%(otherwise)s) and f.recorded_at::date <= %(until)s
    order by f.id desc limit %(shown)s)
) found
left join tenancy_user u on u.id = found.actor_id
order by found.happened_on desc, found.at desc nulls last, found.source, found.subject_id desc
limit %(shown)s
"""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; `code` is a kind, a state or a verb, as `source` says."""

    on: date
    at: datetime | None
    source: str
    code: str
    name: str
    cents: int | None
    currency: str | None
    data: Mapping[str, Any]
    subject_id: int
    who: str


def timeline(*, tenant_id: int, customer_id: int, until: date, shown: int = SHOWN) -> list[Event]:
    """Return what happened up to a day, that day included, the latest first."""
    params: dict[str, Any] = {
        "tenant_id": tenant_id,
        "customer_id": customer_id,
        "until": until,
        "shown": shown,
        "otherwise": list(TOLD_OTHERWISE),
    }
    with connection.cursor() as cursor:
        cursor.execute(TIMELINE, params)
        rows = cursor.fetchall()
    return [Event(*(*row[:7], _data(row[7]), *row[8:])) for row in rows]


def _data(value: Any) -> Mapping[str, Any]:
    read = json.loads(value) if isinstance(value, str) else value
    return read if isinstance(read, Mapping) else {}
