"""What is to be called today: planned calls decided again, call-backs, next actions, by gain."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from encours.dunning.actions import calls as planned
from encours.dunning.queries.calls import WaitingCall, waiting_calls
from encours.dunning.rules.recheck import Verdict
from encours.recovery.queries.made import tries_of
from encours.recovery.queries.owed import Owed, owed_late
from encours.recovery.queries.tasks import TaskRow, tasks_due
from encours.recovery.rules.gain import Payer, chance, expected_gain

MAY_GO: Final = frozenset({"send", "rewrite"})
CALLED: Final = """
select c.id, c.creditor_id, c.code, c.name, o.currency, c.collector_id, c.salesperson_id,
    coalesce(s.profile, ''), coalesce(s.broken_promises, 0),
    exists (select from parties_contact k where k.tenant_id = c.tenant_id
        and k.customer_id = c.id and k.phone not in ('', k.phone_wrong))
from parties_customer c
join tenancy_creditor o on o.tenant_id = c.tenant_id and o.id = c.creditor_id
left join scoring_score s on s.tenant_id = c.tenant_id and s.customer_id = c.id
where c.tenant_id = %(tenant_id)s and c.id = any (%(customers)s)
"""
COUNTED: Final = """
select found.collector_id, count(distinct found.customer_id) from (
    select c.collector_id, c.id as customer_id from dunning_reminder r
    join parties_customer c on c.tenant_id = r.tenant_id and c.id = r.customer_id
    where r.tenant_id = %(tenant_id)s and r.id = any (%(reminders)s)
    union all
    select coalesce(t.collector_id, c.collector_id), c.id from recovery_task t
    join parties_customer c on c.tenant_id = t.tenant_id and c.id = t.customer_id
    where t.tenant_id = %(tenant_id)s and t.ended_at is null and t.due_on <= %(on)s
        and (%(creditors)s::bigint[] is null or t.creditor_id = any (%(creditors)s::bigint[]))
) found group by 1
"""


@dataclass(frozen=True, slots=True)
class Called:
    """A customer as the list needs it."""

    id: int
    creditor_id: int
    code: str
    name: str
    currency: str
    collector_id: int | None
    salesperson_id: int | None
    profile: str
    broken_promises: int
    has_phone: bool


@dataclass(frozen=True, slots=True)
class ToCall:
    """One customer to call, in one currency: why, what it may bring, who follows it."""

    customer: Called
    currency: str
    steps: tuple[str, ...]
    reminder_ids: tuple[int, ...]
    tasks: tuple[TaskRow, ...]
    owed: Owed
    payer: Payer
    collector_id: int | None

    @property
    def chance(self) -> int:
        """Return in percent how likely the call changes the date."""
        return chance(self.payer)

    @property
    def gain_cents(self) -> int:
        """Return what the call is expected to bring."""
        return expected_gain(self.owed.cents, self.payer)

    @property
    def at(self) -> datetime | None:
        """Return the hour that somebody asked to be called back at, the first one."""
        return min((one.due_at for one in self.tasks if one.due_at), default=None)


@dataclass(frozen=True, slots=True)
class Worklist:
    """The calls of the day in their order; `held` counts planned calls that wait, by sentence."""

    rows: tuple[ToCall, ...]
    held: Mapping[str, int] = field(default_factory=dict)


def worklist(
    *,
    tenant_id: int,
    creditor_ids: Sequence[int] | None,
    now: datetime,
    today: date,
) -> Worklist:
    """Return whom to call today, the call that may bring most first.

    Each planned call is decided again with the facts of now, as a letter is before it leaves: who
    has paid or disputes is not called. Nothing is written: `withdraw_outdated` does it at night.
    """
    waiting = waiting_calls(tenant_id=tenant_id, creditor_ids=creditor_ids, on=today)
    decided = _decided(tenant_id, waiting, now)
    going = [one for one in waiting if _goes(decided.get(one.reminder_id))]
    held = Counter(verdict.sentence for verdict in decided.values() if verdict.outcome == "wait")
    due = tasks_due(tenant_id=tenant_id, creditor_ids=creditor_ids, on=today)
    people = _called(tenant_id, [*going, *due])
    owed = owed_late(tenant_id=tenant_id, customer_ids=people, today=today)
    tries = tries_of(tenant_id=tenant_id, reminder_ids=[one.reminder_id for one in going])
    rows = [
        _row(people[customer_id], currency, found, owed.get((customer_id, currency), Owed()), tries)
        for (customer_id, currency), found in _by_account(going, due, people).items()
    ]
    rows.sort(key=lambda row: (-row.gain_cents, row.customer.name, row.customer.id))
    return Worklist(tuple(rows), dict(held))


def calls_by_collector(
    *, tenant_id: int, creditor_ids: Sequence[int] | None, on: date
) -> dict[int | None, int]:
    """Count the customers to call by who follows them; None is nobody.

    At most: planned calls are not decided again to be counted.
    """
    waiting = waiting_calls(tenant_id=tenant_id, creditor_ids=creditor_ids, on=on)
    params = {
        "tenant_id": tenant_id,
        "reminders": [one.reminder_id for one in waiting],
        "creditors": None if creditor_ids is None else list(creditor_ids),
        "on": on,
    }
    return dict(_fetched(COUNTED, params))


def _goes(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.outcome in MAY_GO


def _decided(tenant_id: int, waiting: Sequence[WaitingCall], now: datetime) -> dict[int, Verdict]:
    by_creditor: dict[int, list[int]] = defaultdict(list)
    for one in waiting:
        by_creditor[one.creditor_id].append(one.reminder_id)
    found: dict[int, Verdict] = {}
    for creditor_id, ids in by_creditor.items():
        found |= planned.decided_again(
            tenant_id=tenant_id, creditor_id=creditor_id, reminder_ids=ids, now=now
        )
    return found


def _called(tenant_id: int, asked: Iterable[WaitingCall | TaskRow]) -> dict[int, Called]:
    wanted = sorted({one.customer_id for one in asked})
    if not wanted:
        return {}
    rows = _fetched(CALLED, {"tenant_id": tenant_id, "customers": wanted})
    return {row[0]: Called(*row) for row in rows}


Account = tuple[int, str]


def _by_account(
    going: Sequence[WaitingCall], due: Sequence[TaskRow], people: Mapping[int, Called]
) -> dict[Account, tuple[list[WaitingCall], list[TaskRow]]]:
    """Sort calls and actions by customer and currency; an action is in its creditor's currency."""
    found: dict[Account, tuple[list[WaitingCall], list[TaskRow]]] = defaultdict(lambda: ([], []))
    for one in going:
        found[one.customer_id, one.currency][0].append(one)
    for task in due:
        found[task.customer_id, people[task.customer_id].currency][1].append(task)
    return found


def _row(
    customer: Called,
    currency: str,
    found: tuple[Sequence[WaitingCall], Sequence[TaskRow]],
    mine: Owed,
    tries: Mapping[int, int],
) -> ToCall:
    calls, tasks = found
    tried = max((tries.get(one.reminder_id, 0) for one in calls), default=0)
    given = next((one.collector_id for one in tasks if one.collector_id), None)
    return ToCall(
        customer=customer,
        currency=currency,
        steps=tuple(dict.fromkeys(one.step for one in calls)),
        reminder_ids=tuple(one.reminder_id for one in calls),
        tasks=tuple(tasks),
        owed=mine,
        payer=Payer(customer.profile, customer.broken_promises, tried, mine.late_days),
        collector_id=given or customer.collector_id,
    )


def _fetched(query: str, params: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        rows: list[Any] = cursor.fetchall()
    return rows
