"""Reads the journal for whoever listens: each fact once, after its commit, none forgotten.

A listener keeps how far it has read: an era and a transaction, as the seals do. Facts of
transactions still open, and all that is numbered after them, wait for the next reading. Its
own writes and how far it has read are committed together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Protocol

from django.db import connection

from encours.tenancy.models import ListenerPosition
from encours.tenancy.scope import in_tenant
from encours.tenancy.sealing import END_OF_ERA, HorizonWentBack

FACTS_AT_ONCE: Final = 100_000
HORIZON: Final = (
    "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint, era from tenancy_era"
)
FACTS: Final = """
select xid::text::bigint, id, recorded_at, effective_on, verb, subject_type, subject_id,
    creditor_id, customer_id, data::text
from tenancy_fact
where tenant_id = %s and era = %s and xid >= %s::text::xid8 and xid < %s::text::xid8
order by xid, id limit %s
"""


@dataclass(frozen=True, slots=True)
class Heard:
    """A fact as a listener hears it."""

    id: int
    recorded_at: datetime
    effective_on: date
    verb: str
    subject_type: str
    subject_id: int
    creditor_id: int | None
    customer_id: int | None
    data: Mapping[str, Any]


class Hear(Protocol):
    """Writes what follows from facts."""

    def __call__(self, *, tenant_id: int, facts: Sequence[Heard]) -> None:
        """Write, in the transaction that also keeps how far the listener has read."""
        ...


class IsListening(Protocol):
    """Says whether somebody of a tenant wants the facts."""

    def __call__(self, *, tenant_id: int) -> bool:
        """Say it."""
        ...


@dataclass(frozen=True, slots=True)
class Listener:
    """Who listens: `hear` writes what follows from facts, in the order in which they happened.

    Where `is_listening` says no, the facts of a tenant pass unread.
    """

    code: str
    hear: Hear
    is_listening: IsListening


def heard(row: Sequence[Any]) -> Heard:
    """Return a fact from its columns, in the order of `Heard`."""
    return Heard(*(*row[:-1], json.loads(row[-1])))


def listen(tenant_id: int, listener: Listener) -> int:
    """Tell a listener what is new at a tenant; returns how many facts it heard."""
    total = 0
    while True:
        with in_tenant(tenant_id):
            count, is_over = _once(tenant_id, listener)
        total += count
        if is_over:
            return total


def _once(tenant_id: int, listener: Listener) -> tuple[int, bool]:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('encours.listen'), %s)", [tenant_id])
        cursor.execute(HORIZON)
        horizon, era = cursor.fetchone()
    own = ListenerPosition.objects.of(tenant_id).filter(code=listener.code)
    place = own.first()
    if place is None:
        ListenerPosition.objects.create(
            tenant_id=tenant_id, code=listener.code, era=era, xid=horizon
        )
        return 0, True
    if place.era == era and horizon < place.xid:
        raise HorizonWentBack
    if not listener.is_listening(tenant_id=tenant_id):
        own.update(era=era, xid=horizon)
        return 0, True
    end = horizon if place.era == era else END_OF_ERA
    rows, reached = _facts(tenant_id, place.era, place.xid, end)
    if rows:
        # inside one reading, facts are numbered as they happened: who waits for a lock is later
        found = sorted(rows, key=lambda row: row[1])
        listener.hear(tenant_id=tenant_id, facts=[heard(row[1:]) for row in found])
    if reached == END_OF_ERA:
        own.update(era=place.era + 1, xid=0)
    else:
        own.update(xid=reached)
    return len(rows), reached == horizon and place.era == era


def _facts(tenant_id: int, era: int, start: int, end: int) -> tuple[list[Any], int]:
    """Return facts by whole transactions, and the transaction that the next reading starts at."""
    with connection.cursor() as cursor:
        cursor.execute(FACTS, [tenant_id, era, start, end, FACTS_AT_ONCE + 1])
        rows = cursor.fetchall()
        if len(rows) <= FACTS_AT_ONCE:
            return rows, end
        last = rows[-1][0]
        if last == rows[0][0]:  # one transaction larger than a piece: it stays whole
            cursor.execute(FACTS, [tenant_id, era, last, last + 1, None])
            return cursor.fetchall(), last + 1
        return [row for row in rows if row[0] < last], last
