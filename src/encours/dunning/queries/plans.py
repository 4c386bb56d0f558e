"""A message with its lines, as a row, for its preview; the names of customers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final

from django.db import connection

from encours.parties.models import Customer

FEW: Final = 1_000

MESSAGE: Final = """
select r.id, r.creditor_id, r.customer_id, c.code, c.name, r.step_code, r.step_rank, r.channel,
       r.currency, r.amount_cents, r.reason, r.state, r.rehearsal,
       (select json_agg(json_build_array(i.id, v.number, i.due_on, l.open_cents) order by l.place)
        from unnest(r.instalment_ids, r.open_cents) with ordinality as l (id, open_cents, place)
        join receivables_instalment i on i.tenant_id = r.tenant_id and i.id = l.id
        join receivables_invoice v on v.tenant_id = i.tenant_id and v.id = i.invoice_id)
from dunning_reminder r
join parties_customer c on c.tenant_id = r.tenant_id and c.id = r.customer_id
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
    creditor_id: int
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


FIELDS: Final = tuple(field.name for field in fields(PlannedMessage))


def one_message(*, tenant_id: int, reminder_id: int) -> PlannedMessage:
    """Return one message with its lines; it must exist."""
    with connection.cursor() as cursor:
        cursor.execute(f"{MESSAGE} where r.tenant_id = %s and r.id = %s", [tenant_id, reminder_id])
        row = cursor.fetchone()
    assert row is not None, reminder_id
    return _message(*row)


def customer_names(
    *, tenant_id: int, creditor_ids: Iterable[int], customer_ids: Iterable[int]
) -> dict[int, tuple[str, str]]:
    """Return the code and the name of customers of these creditors, by id."""
    wanted = sorted(set(customer_ids))
    rows = Customer.objects.of(tenant_id).filter(creditor_id__in=list(creditor_ids))
    if len(wanted) < FEW:
        rows = rows.filter(pk__in=wanted)
    return {pk: (code, name) for pk, code, name in rows.values_list("pk", "code", "name")}


def _message(*row: Any) -> PlannedMessage:
    values = dict(zip(FIELDS, row, strict=True))
    lines = tuple(_line(line) for line in values.pop("lines") or ())
    return PlannedMessage(**values, lines=lines)


def _line(line: Sequence[Any]) -> PlannedLine:
    identity, document, due_on, open_cents = line
    return PlannedLine(int(identity), document or "", date.fromisoformat(due_on), int(open_cents))
