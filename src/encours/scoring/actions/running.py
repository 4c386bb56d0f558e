"""The daily run: every customer of a creditor scored, what changed written, in set statements."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl
from django.db import connection, transaction

from encours.scoring.queries import scoring
from encours.tenancy import journal
from encours.tenancy.frames import analyze, stage_frame

LOCK: Final = "select pg_advisory_xact_lock(hashtext('encours.scoring'), %s)"
STAGED: Final = "fresh_scores"
KEPT: Final = (
    *("profile", "behaviour", "is_chosen", "segment_id", "currency", "settled_lines"),
    *("scored_lines", "mean_tenths", "last_tenths", "last_delays", "expected_tenths"),
    *("trend_tenths", "recent_tenths", "spread_tenths", "on_time_percent"),
    *("on_time_amount_percent", "oldest_overdue_days", "late_days", "overdue_lines"),
    *("open_cents", "overdue_cents", "disputes", "broken_promises", "returned_debits"),
    *("volume_cents", "volume_share", "buyers", "tenure_months"),
)
"""The columns of a score that a run computes."""
MOVES: Final = f"""
insert into scoring_move (tenant_id, creditor_id, customer_id, "on", before, profile, behaviour,
    is_chosen, mean_tenths, expected_tenths)
select %(tenant)s, %(creditor)s, f.customer_id, %(on)s, coalesce(s.profile, ''), f.profile,
    f.behaviour, f.is_chosen, f.mean_tenths, f.expected_tenths
from {STAGED} f
left join scoring_score s on s.tenant_id = %(tenant)s and s.customer_id = f.customer_id
where s.profile is distinct from f.profile
"""
_COLUMNS: Final = ", ".join(KEPT)
_FRESH: Final = ", ".join(f"f.{name}" for name in KEPT)
_HELD: Final = ", ".join(f"s.{name}" for name in KEPT)
CHANGED: Final = f"""
update scoring_score s set "on" = %(on)s, ({_COLUMNS}) = row({_FRESH})
from {STAGED} f
where s.tenant_id = %(tenant)s and s.customer_id = f.customer_id
    and ({_HELD}) is distinct from ({_FRESH})
"""
ADDED: Final = f"""
insert into scoring_score (tenant_id, creditor_id, customer_id, "on", {_COLUMNS})
select %(tenant)s, %(creditor)s, f.customer_id, %(on)s, {_FRESH}
from {STAGED} f
where not exists (
    select from scoring_score s where s.tenant_id = %(tenant)s and s.customer_id = f.customer_id)
"""
GONE: Final = f"""
delete from scoring_score s
where s.tenant_id = %(tenant)s and s.creditor_id = %(creditor)s
    and not exists (select from {STAGED} f where f.customer_id = s.customer_id)
"""
MANY: Final = 1000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did: customers scored, rows written, profiles that changed."""

    scored: int
    changed: int
    moved: int


@transaction.atomic
def score_creditor(
    *, tenant_id: int, creditor_id: int, actor_id: int | None = None, today: date
) -> Outcome:
    """Score every customer of a creditor today and write what changed; safe to run again."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [creditor_id])
    found = scoring.scored(tenant_id=tenant_id, creditor_id=creditor_id, today=today)
    outcome = _written(found, tenant_id=tenant_id, creditor_id=creditor_id, on=today)
    if outcome.changed:
        journal.record(
            "scoring.computed",
            tenant_id=tenant_id,
            subject=("creditor", creditor_id),
            effective_on=today,
            actor_id=actor_id,
            creditor_id=creditor_id,
            data={"scored": outcome.scored, "changed": outcome.changed, "moved": outcome.moved},
        )
    return outcome


@transaction.atomic
def place_again(*, tenant_id: int, creditor_ids: Collection[int], today: date) -> int:
    """Give stored figures their profiles and segments again; return how many profiles changed.

    For what a person decides: thresholds, segments, a profile chosen. Without a first run there is
    nothing yet.
    """
    moved = 0
    for creditor_id in sorted(creditor_ids):
        with connection.cursor() as cursor:
            cursor.execute(LOCK, [creditor_id])
        found = scoring.tried(tenant_id=tenant_id, creditor_id=creditor_id, today=today)
        moved += _written(found, tenant_id=tenant_id, creditor_id=creditor_id, on=today).moved
    return moved


def _written(found: pl.DataFrame, *, tenant_id: int, creditor_id: int, on: date) -> Outcome:
    stage_frame(STAGED, found.select("customer_id", *KEPT))
    params: dict[str, Any] = {"tenant": tenant_id, "creditor": creditor_id, "on": on}
    with connection.cursor() as cursor:
        counts = []
        for statement in (GONE, MOVES, CHANGED, ADDED):
            cursor.execute(statement, params)
            counts.append(cursor.rowcount)
        cursor.execute(f"drop table {STAGED}")
    gone, moved, changed, added = counts
    if added >= MANY:
        analyze("scoring_score", "scoring_move")
    return Outcome(scored=found.height, changed=gone + changed + added, moved=moved)
