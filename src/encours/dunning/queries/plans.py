"""The day's messages with their lines, as rows: for `plan --json`, the plan page, the preview."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection

DAY: Final = """
select r.id, r.customer_id, c.code, c.name, r.step_code, r.step_rank, r.channel, r.currency,
       r.amount_cents, r.reason, r.state, r.rehearsal,
       (select json_agg(json_build_array(i.id, v.number, i.due_on, l.open_cents) order by l.place)
        from unnest(r.instalment_ids, r.open_cents) with ordinality as l (id, open_cents, place)
        join receivables_instalment i on i.tenant_id = r.tenant_id and i.id = l.id
        join receivables_invoice v on v.tenant_id = i.tenant_id and v.id = i.invoice_id)
from dunning_reminder r
join parties_customer c on c.tenant_id = r.tenant_id and c.id = r.customer_id
where r.tenant_id = %s and r.creditor_id = %s and r.planned_on = %s and r.state <> 'cancelled'
  and r.origin = 'plan' and r.rehearsal = %s
order by r.step_rank desc, r.amount_cents desc, r.id
"""


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """One due line as listed in a message; amounts in cents."""

    instalment_id: int
    document: str
    due_on: date
    open_cents: int


@dataclass(frozen=True, slots=True)
class PlannedMessage:
    """One message of the day."""

    reminder_id: int
    customer_id: int
    customer: str
    name: str
    step: str
    rank: int
    channel: str
    currency: str
    amount_cents: int
    reason: str
    state: str
    rehearsal: bool
    lines: tuple[PlannedLine, ...]


def day_messages(
    *, tenant_id: int, creditor_id: int, on: date, rehearsal: bool
) -> list[PlannedMessage]:
    """Return every message reserved for that day, whatever became of it."""
    with connection.cursor() as cursor:
        cursor.execute(DAY, [tenant_id, creditor_id, on, rehearsal])
        return [
            PlannedMessage(*row[:-1], tuple(_line(line) for line in row[-1] or ()))
            for row in cursor.fetchall()
        ]


def _line(line: list[str | int]) -> PlannedLine:
    identity, document, due_on, open_cents = line
    return PlannedLine(
        int(identity), str(document), date.fromisoformat(str(due_on)), int(open_cents)
    )
