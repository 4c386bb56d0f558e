"""What waits for a person, what leaves today, and how the last daily cycle went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from encours.receivables.queries import numbering
from encours.receivables.queries.moment import Moment, live
from encours.tenancy.kept import kept

TRIAGE_DAYS: Final = 120
UNSORTED: Final = """
select count(*) from receivables_instalment l
join tenancy_creditor c on c.tenant_id = l.tenant_id and c.id = l.creditor_id
    and l.due_on < c.live_on and c.live_on > %(as_of)s::date - %(triage_days)s
left join dunning_triage t on t.tenant_id = l.tenant_id and t.instalment_id = l.id
where l.tenant_id = %(tenant_id)s and l.undone_at is null and t.id is null
    and (%(creditors)s::bigint[] is null or l.creditor_id = any(%(creditors)s::bigint[]))
    and l.amount_cents > (
        select coalesce(sum(a.amount_cents), 0) from receivables_allocation a
        where a.tenant_id = l.tenant_id and a.instalment_id = l.id and a.undone_at is null)
"""
ATTENTION: Final = """
with scope as (
    select c.id, c.live_on, coalesce(c.freshness_days, t.freshness_days) as freshness_days
    from tenancy_creditor c join tenancy_tenant t on t.id = c.tenant_id
    where c.tenant_id = %(tenant_id)s
        and (%(creditors)s::bigint[] is null or c.id = any(%(creditors)s::bigint[]))
), seller as (
    select k.id from parties_customer k
    where k.tenant_id = %(tenant_id)s
        and (k.salesperson_id = any(%(people)s) or k.collector_id = any(%(people)s))
), today as (
    select r.step_code, r.rehearsal, count(*) as messages, sum(r.amount_cents)::bigint as cents
    from dunning_reminder r join scope on scope.id = r.creditor_id
    where r.tenant_id = %(tenant_id)s and r.planned_on = %(as_of)s and r.state <> 'cancelled'
        and r.origin = 'plan'
        and r.rehearsal = (scope.live_on is null or scope.live_on > r.planned_on)
        and (%(people)s::bigint[] is null or r.customer_id in (select id from seller))
    group by 1, 2
), source as (
    select s.ledger_at, s.fresh_hours > 0
        and now() - coalesce(s.fresh_at, s.created_at) > s.fresh_hours * interval '1 hour'
            as is_late,
        s.failed_at > coalesce(s.succeeded_at, '-infinity') as is_failing
    from feeds_source s
    where s.tenant_id = %(tenant_id)s and s.removed_at is null and s.is_enabled
        and (s.creditor_id is null or s.creditor_id in (select id from scope))
), cycle as (
    select r.on, min(r.started_at) as started_at, max(r.finished_at) as finished_at,
        bool_and(r.finished_at is not null) as is_done, array_agg(r.stage order by r.id) as stages
    from tenancy_cyclerun r join scope on scope.id = r.creditor_id
    where r.tenant_id = %(tenant_id)s group by r.on order by r.on desc limit 1
)
select
    (select count(*) from parties_customer k join scope on scope.id = k.creditor_id
     where k.tenant_id = %(tenant_id)s),
    (select count(*) from messaging_message m join scope on scope.id = m.creditor_id
     where m.tenant_id = %(tenant_id)s and m.state = 'uncertain'),
    (select count(*) from receivables_proposedallocation p join scope on scope.id = p.creditor_id
     where p.tenant_id = %(tenant_id)s and p.undone_at is null and p.decided_at is null),
    (select count(*) from parties_paymentterms p
     where p.tenant_id = %(tenant_id)s and p.confirmed_at is null
        and (p.creditor_id is null or p.creditor_id in (select id from scope))),
    (select count(*) from parties_customer k join scope on scope.id = k.creditor_id
     where k.tenant_id = %(tenant_id)s and k.class_confirmed_at is null),
    (select count(*) from parties_customer k join scope on scope.id = k.creditor_id
     where k.tenant_id = %(tenant_id)s and k.to_identify),
    (select count(distinct l.invoice_id) from standing_standingfact s
     join scope on scope.id = s.creditor_id
     join receivables_instalment l on l.tenant_id = s.tenant_id and l.id = s.instalment_id
     where s.tenant_id = %(tenant_id)s and s.undone_at is null and s.kind = 'einvoice'
        and s.details ->> 'status' = '227' and (s.ends_on is null or s.ends_on >= %(as_of)s)),
    greatest(
        (select max(f.applied_at) from imports_fileimport f join scope on scope.id = f.creditor_id
         where f.tenant_id = %(tenant_id)s and f.state = 'applied'
            and f.kind not in ('einvoice', 'master', 'contacts', 'numbers')),
        (select max(ledger_at) from source)),
    (select count(*) from source where is_late),
    (select count(*) from source where is_failing and not is_late),
    (select count(*) from imports_fileimport f join scope on scope.id = f.creditor_id
     where f.tenant_id = %(tenant_id)s and f.state in ('mapping', 'previewed', 'refused', 'failed')
        and f.id in (select import_id from feeds_takenfile t
                     where t.tenant_id = %(tenant_id)s and t.state in ('waiting', 'refused'))),
    (select min(freshness_days) from scope),
    (select coalesce(json_agg(json_build_array(step_code, rehearsal, messages, cents)
        order by step_code), '[]') from today),
    (select row_to_json(cycle) from cycle),
    (select bool_or(live_on is not null and live_on <= %(as_of)s) from scope)
"""


@dataclass(frozen=True, slots=True)
class Leaving:
    """The messages of one step that leave today, or would if it were no rehearsal."""

    step: str
    rehearsal: bool
    messages: int
    amount_cents: int


@dataclass(frozen=True, slots=True)
class LastCycle:
    """The last day whose cycle ran, its stages, and whether each one ended."""

    on: date
    started_at: datetime
    finished_at: datetime | None
    is_done: bool
    stages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attention:
    """Counts of what needs a person, today's messages, the last cycle; `customers` is all known."""

    customers: int
    uncertain: int
    proposals: int
    triage: int
    terms: int
    classes: int
    to_identify: int
    accounts: int
    unnumbered: int
    imported_at: datetime | None
    late_sources: int
    failing_sources: int
    files_waiting: int
    freshness_days: int
    leaving: tuple[Leaving, ...]
    cycle: LastCycle | None
    is_live: bool

    def is_stale(self, now: datetime) -> bool:
        """Say whether the last import is older than reminders accept."""
        return self.imported_at is not None and (now - self.imported_at).days >= self.freshness_days


def attention(moment: Moment) -> Attention:
    """Return what the dashboard asks of people, for the creditors of a moment."""
    creditors = None if moment.creditor_ids is None else list(moment.creditor_ids)
    params = moment.params() | {"creditors": creditors, "triage_days": TRIAGE_DAYS}
    unsorted, unnumbered = kept(moment.tenant_id, ("lines", moment), lambda: _lines(moment, params))
    with connection.cursor() as cursor:
        cursor.execute(ATTENTION, params)
        row = cursor.fetchone()
    imported_at, late, failing, files, freshness, leaving, cycle, is_live = row[7:]
    customers, uncertain, proposals, terms, classes, to_identify, accounts = row[:7]
    return Attention(
        customers=customers,
        uncertain=uncertain,
        proposals=proposals,
        triage=unsorted,
        terms=terms,
        classes=classes,
        to_identify=to_identify,
        accounts=accounts,
        unnumbered=unnumbered,
        imported_at=imported_at,
        late_sources=late,
        failing_sources=failing,
        files_waiting=files,
        freshness_days=freshness or 0,
        leaving=tuple(Leaving(*row) for row in leaving),
        cycle=_cycle(cycle) if cycle else None,
        is_live=bool(is_live),
    )


def _lines(moment: Moment, params: Mapping[str, Any]) -> tuple[int, int]:
    """Count the open lines older than the go-live that nobody triaged, and invoices without number.

    The two long questions.
    """
    query = live(f"select ({UNSORTED}), ({numbering.COUNT})", moment)
    with connection.cursor() as cursor:
        cursor.execute(query, {**params, **numbering.params(moment)})
        unsorted, unnumbered = cursor.fetchone()
    return unsorted, unnumbered


def _cycle(row: Mapping[str, Any]) -> LastCycle:
    ended = row["finished_at"]
    return LastCycle(
        on=date.fromisoformat(row["on"]),
        started_at=datetime.fromisoformat(row["started_at"]),
        finished_at=datetime.fromisoformat(ended) if ended else None,
        is_done=row["is_done"],
        stages=tuple(row["stages"]),
    )
