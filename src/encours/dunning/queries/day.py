"""A creditor's day in one question: its date, its mode, how fresh its data is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection

ASKED: Final = """
select c.id, coalesce(c.time_zone, t.time_zone), c.live_on,
       coalesce(t.sending_stopped_at, c.sending_stopped_at),
       coalesce(c.approval, t.approval), c.rehearsal_email,
       coalesce(c.freshness_days, t.freshness_days),
       coalesce(c.send_from_hour, t.send_from_hour), coalesce(c.send_until_hour, t.send_until_hour),
       greatest(
           (select max(f.applied_at) from imports_fileimport f
            where f.tenant_id = c.tenant_id and f.creditor_id = c.id and f.state = 'applied'
               and f.kind not in ('einvoice', 'master', 'contacts', 'numbers')),
           (select max(s.ledger_at) from feeds_source s where s.tenant_id = c.tenant_id
            and s.creditor_id = c.id and s.removed_at is null)),
       exists (select from feeds_source s where s.tenant_id = c.tenant_id
            and (s.creditor_id is null or s.creditor_id = c.id) and s.removed_at is null
            and s.is_enabled and s.fresh_hours > 0
            and %s - coalesce(s.fresh_at, s.created_at) > s.fresh_hours * interval '1 hour')
from tenancy_creditor c join tenancy_tenant t on t.id = c.tenant_id
where c.tenant_id = %s and c.id = any (%s)
"""


@dataclass(frozen=True, slots=True)
class Day:
    """What the plan's page says at its head."""

    today: date
    live_on: date | None
    stopped_at: datetime | None
    approval: str
    rehearsal_email: str
    send_from_hour: int
    send_until_hour: int
    imported_at: datetime | None
    is_stale: bool

    @property
    def is_rehearsal(self) -> bool:
        """Say whether messages of today only rehearse (a stopped creditor plans as live)."""
        waits = self.live_on is None or self.live_on > self.today
        return waits and self.stopped_at is None


def day_of(*, tenant_id: int, creditor_id: int, now: datetime) -> Day:
    """Return the day on the creditor's own clock."""
    return days_of(tenant_id=tenant_id, creditor_ids=(creditor_id,), now=now)[creditor_id]


def days_of(*, tenant_id: int, creditor_ids: Iterable[int], now: datetime) -> dict[int, Day]:
    """Return the day of each of these creditors, asked at once."""
    wanted = list(creditor_ids)
    with connection.cursor() as cursor:
        cursor.execute(ASKED, [now, tenant_id, wanted])
        found = {row[0]: _day(row[1:], now) for row in cursor.fetchall()}
    assert found.keys() == set(wanted), wanted
    return found


def _day(row: Sequence[Any], now: datetime) -> Day:
    zone, live_on, stopped_at, approval, email, fresh_days, first, last, *fed = row
    imported_at, is_source_late = fed
    is_old = imported_at is not None and now - imported_at > timedelta(days=fresh_days)
    return Day(
        today=now.astimezone(ZoneInfo(zone)).date(),
        live_on=live_on,
        stopped_at=stopped_at,
        approval=approval,
        rehearsal_email=email,
        send_from_hour=first,
        send_until_hour=last,
        imported_at=imported_at,
        is_stale=is_old or is_source_late,
    )
