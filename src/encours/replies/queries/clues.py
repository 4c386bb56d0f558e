"""What the house knows of a mail that comes in: our messages, its sender, the invoices it cites."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import connection

from encours.dunning.models import Reminder
from encours.messaging.models import Message
from encours.parties import faces
from encours.replies.models import Answer
from encours.replies.rules.envelope import Envelope
from encours.replies.rules.threading import Clues, Known

SENDERS: Final = """
select distinct c.customer_id from parties_contact c
join parties_customer k on k.tenant_id = c.tenant_id and k.id = c.customer_id
where c.tenant_id = %(tenant_id)s and k.creditor_id = %(creditor_id)s
    and lower(c.email) = %(address)s
order by 1
"""
# Among customers already known, spaces and dashes do not count; among all, the number is exact.
NUMBERS: Final = """
select i.customer_id, coalesce(l.lineage_id, l.id) from receivables_invoice i
join receivables_instalment l on l.tenant_id = i.tenant_id and l.invoice_id = i.id
    and l.undone_at is null
where i.tenant_id = %(tenant_id)s and i.creditor_id = %(creditor_id)s and i.undone_at is null
    and i.number <> '' and (
        i.customer_id = any(%(customers)s) and
            upper(regexp_replace(i.number, '[^A-Za-z0-9]', '', 'g')) = any(%(folded)s)
        or %(anybody)s and i.number = any(%(numbers)s))
order by l.due_on, l.id
"""
SHORT: Final = 4
"""A number of fewer signs says nothing by itself: everybody has an invoice 12."""


def clues_of(
    *, tenant_id: int, creditor_id: int, envelope: Envelope, numbers: Sequence[str]
) -> Clues:
    """Return the clues of one mail, customers under the one that stands for them."""
    owner = {"tenant_id": tenant_id, "creditor_id": creditor_id}
    merged = dict(faces.faces(tenant_id).iter_rows())
    by_reference = known_messages(**owner, uuids=envelope.ours(), merged=merged)
    by_token = known_messages(**owner, uuids=envelope.tokens, merged=merged)
    senders = _senders(**owner, address=envelope.sender)
    shown = [merged.get(one, one) for one in senders]
    sure = [one.customer_id for one in (*by_reference, *by_token)] or shown
    return Clues(
        by_reference,
        by_token,
        tuple(dict.fromkeys(shown)),
        _cited(owner, numbers, _families(sure, merged), merged),
    )


def known_messages(
    *, tenant_id: int, creditor_id: int, uuids: Sequence[UUID], merged: Mapping[int, int]
) -> tuple[Known, ...]:
    """Return our messages of this creditor among these, in their order, with their due lines."""
    if not uuids:
        return ()
    rows = Message.objects.of(tenant_id).filter(creditor_id=creditor_id, uuid__in=list(uuids))
    found = {row.uuid: row for row in rows}
    listed = _lines(tenant_id, list(found.values()))
    return tuple(
        Known(
            row.pk,
            merged.get(row.customer_id, row.customer_id),
            listed.get((row.kind, row.subject_id), ()),
            tuple(str(one).lower() for one in row.recipient.get("to", ())),
        )
        for row in (found[one] for one in uuids if one in found)
        if row.customer_id is not None
    )


def _lines(tenant_id: int, messages: Sequence[Message]) -> dict[tuple[str, int], tuple[int, ...]]:
    ids: dict[str, list[int]] = defaultdict(list)
    for one in messages:
        ids[one.kind].append(one.subject_id)
    listed: dict[tuple[str, int], tuple[int, ...]] = {}
    reminders = Reminder.objects.of(tenant_id).filter(pk__in=ids["reminder"])
    for number, lines in reminders.values_list("pk", "instalment_ids"):
        listed["reminder", number] = tuple(lines)
    answers = Answer.objects.of(tenant_id).filter(pk__in=ids["answer"])
    for number, lines in answers.values_list("pk", "reply__instalment_ids"):
        listed["answer", number] = tuple(lines)
    return listed


def _senders(*, tenant_id: int, creditor_id: int, address: str) -> list[int]:
    if not address:
        return []
    params = {"tenant_id": tenant_id, "creditor_id": creditor_id, "address": address}
    return [row[0] for row in _rows(SENDERS, params)]


def _families(customer_ids: Collection[int], merged: Mapping[int, int]) -> list[int]:
    wanted = set(customer_ids)
    return [*wanted, *(one for one, face in merged.items() if face in wanted)]


def _cited(
    owner: Mapping[str, int],
    numbers: Sequence[str],
    customers: list[int],
    merged: Mapping[int, int],
) -> dict[int, tuple[int, ...]]:
    if not numbers:
        return {}
    params = {
        **owner,
        "customers": customers,
        "folded": [re.sub(r"[^A-Za-z0-9]", "", one).upper() for one in numbers],
        "anybody": not customers,
        "numbers": [one for one in numbers if len(one) >= SHORT],
    }
    found: dict[int, list[int]] = defaultdict(list)
    for customer_id, line_id in _rows(NUMBERS, params):
        lines = found[merged.get(customer_id, customer_id)]
        if line_id not in lines:
            lines.append(line_id)
    return {customer: tuple(lines) for customer, lines in found.items()}


def _rows(query: str, params: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return list(cursor.fetchall())
