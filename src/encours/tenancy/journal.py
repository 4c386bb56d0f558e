"""Writes the journal: what happened, to what, when it took effect, who did it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db import connection

from encours.tenancy import persons
from encours.tenancy.scope import current_key_id

INSERT: Final = """
insert into tenancy_fact
    (tenant_id, effective_on, actor_id, verb, subject_type, subject_id, creditor_id,
     customer_id, data)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s) returning id
"""


def record(
    verb: str,
    *,
    tenant_id: int,
    subject: tuple[str, int],
    effective_on: date,
    actor_id: int | None = None,
    creditor_id: int | None = None,
    customer_id: int | None = None,
    data: Mapping[str, Any] | None = None,
    personal: Mapping[str, Any] | None = None,
) -> int:
    """Append one fact and return its id; `data` holds references and figures, never a person.

    `subject` is a type (`invoice`, `customer`, `import`…) and an id. A bulk load is one fact
    with counts and a digest, not one per row. What a program did names its key. `personal` are
    values of the subject, a person: they are kept readable only as long as that person's key.
    """
    key_id = current_key_id()
    told = dict(data or {}) if key_id is None else {**(data or {}), "key": key_id}
    if personal:
        told |= persons.sealed_values(tenant_id=tenant_id, person=subject, values=personal)
    row = (
        tenant_id,
        effective_on,
        actor_id,
        verb,
        subject[0],
        subject[1],
        creditor_id,
        customer_id,
        json.dumps(told, sort_keys=True, ensure_ascii=False),
    )
    with connection.cursor() as cursor:
        cursor.execute(INSERT, row)
        return int(cursor.fetchone()[0])
