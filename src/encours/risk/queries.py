"""Reads of limits: the one in force, those to come, those of a page of customers."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection
from django.db.models import Q

from encours.payments.rules import Signed, State, state_of
from encours.receivables.queries.moment import Moment
from encours.risk.models import CreditLimit
from encours.risk.rules import Limit


@dataclass(frozen=True, slots=True)
class LimitRow:
    """A limit as it is shown."""

    id: int
    customer_id: int
    creditor_id: int
    currency: str
    amount_cents: int
    valid_from: date
    valid_to: date | None
    origin: str
    reason: str
    author_id: int | None
    recorded_at: datetime

    @property
    def as_limit(self) -> Limit:
        """Return it as the rules take it."""
        return Limit(self.amount_cents, self.valid_from, self.valid_to, self.id)


NAMED_MAX: Final = 1_000
NAMES: Final = tuple(LimitRow.__dataclass_fields__)


def limits_of(*, tenant_id: int, customer_id: int) -> list[LimitRow]:
    """Return every limit of a customer, the latest first: past, in force and to come."""
    rows = CreditLimit.objects.of(tenant_id).filter(customer_id=customer_id, undone_at=None)
    return [LimitRow(*row) for row in rows.order_by("-valid_from", "-id").values_list(*NAMES)]


def limit_on(
    *, tenant_id: int, customer_id: int, currency: str | None, day: date
) -> LimitRow | None:
    """Return the limit in force on a day; no currency: the only one, where there is but one."""
    found = [
        one
        for one in limits_of(tenant_id=tenant_id, customer_id=customer_id)
        if one.as_limit.covers(day) and currency in (None, one.currency)
    ]
    return found[0] if len(found) == 1 else None


ACCOUNT: Final = """
select
    (select l.amount_cents from risk_creditlimit l
     where l.tenant_id = %(tenant_id)s and l.customer_id = %(customer_id)s
        and l.currency = %(currency)s and l.undone_at is null
        and %(as_of)s between l.valid_from and coalesce(l.valid_to, 'infinity')),
    (select coalesce(json_agg(json_build_array(m.reference, m.iban <> '', m.signed_on,
            m.revoked_on, m.last_used_on) order by m.signed_on desc nulls last, m.id desc), '[]')
     from payments_mandate m
     where m.tenant_id = %(tenant_id)s and m.customer_id = %(customer_id)s
        and m.undone_at is null)
"""


@dataclass(frozen=True, slots=True)
class Account:
    """What stands beside a customer's balance: its limit, the mandate to use or else the latest."""

    limit_cents: int | None
    mandate: str
    mandate_state: State | None


def account(moment: Moment, *, customer_id: int) -> Account:
    """Return both in one statement, on the day and in the currency of the moment."""
    params = {
        "tenant_id": moment.tenant_id,
        "customer_id": customer_id,
        "currency": moment.currency,
        "as_of": moment.as_of,
    }
    with connection.cursor() as cursor:
        cursor.execute(ACCOUNT, params)
        cents, signed = cursor.fetchone()
    states = [
        (reference, state_of(_signed(*said), today=moment.as_of))
        for reference, *said in _list(signed)
    ]
    usable = next((one for one in states if one[1] == State.ACTIVE), None)
    reference, state = usable or (states[0] if states else ("", None))
    return Account(cents, reference, state)


def _list(value: Any) -> list[Any]:
    found: list[Any] = json.loads(value) if isinstance(value, str) else value
    return found


def _signed(
    has_iban: bool,  # noqa: FBT001 - a row
    *days: str | None,
) -> Signed:
    signed_on, revoked_on, last_used_on = (date.fromisoformat(one) if one else None for one in days)
    return Signed(has_iban, signed_on, revoked_on, last_used_on)


def limits_on(
    *, tenant_id: int, customer_ids: Collection[int], currency: str | None, day: date
) -> dict[int, int]:
    """Return the limits in force on a day of some customers, or of too many to name, in cents."""
    rows = CreditLimit.objects.of(tenant_id).filter(
        Q(valid_to=None) | Q(valid_to__gte=day),
        currency=currency,
        valid_from__lte=day,
        undone_at=None,
    )
    if len(customer_ids) <= NAMED_MAX:
        rows = rows.filter(customer_id__in=customer_ids)
    return dict(rows.values_list("customer_id", "amount_cents"))
