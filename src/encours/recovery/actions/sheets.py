"""Who has a customer's sheet open: told to the others, so that nobody is called twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import connection

from encours.recovery.queries.made import SHEET_FOR, Holder, holder_of

SEE: Final = """
insert into recovery_opensheet as s (tenant_id, customer_id, user_id, opened_at, seen_at)
values (%(tenant)s, %(customer)s, %(user)s, %(now)s, %(now)s)
on conflict (tenant_id, customer_id) do update set
    seen_at = %(now)s,
    user_id = %(user)s,
    opened_at = case when s.user_id = %(user)s and s.seen_at > %(since)s
        then s.opened_at else %(now)s end
where s.user_id = %(user)s or s.seen_at <= %(since)s or %(takes_over)s
"""


def see_sheet(
    *, tenant_id: int, customer_id: int, user_id: int, now: datetime, takes_over: bool = False
) -> Holder | None:
    """Take a sheet that nobody has, or say again that one has it; return who else has it.

    One statement: of two people who open it at once, the second is told of the first.
    """
    params: dict[str, Any] = {
        "tenant": tenant_id,
        "customer": customer_id,
        "user": user_id,
        "now": now,
        "since": now - SHEET_FOR,
        "takes_over": takes_over,
    }
    with connection.cursor() as cursor:
        cursor.execute(SEE, params)
    return holder_of(tenant_id=tenant_id, customer_id=customer_id, but_user_id=user_id, now=now)
