"""Scores as they were written, as frames; moves; profiles tried with other thresholds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import polars as pl
from django.db import connection

from encours.parties import faces
from encours.scoring.models import ChosenProfile, Move, Score
from encours.scoring.rules.figures import FIGURES
from encours.tenancy.frames import read_frame

_COLUMNS: Final = ", ".join(f"s.{name}" for name in FIGURES.names())
STORED: Final = f"""
select {_COLUMNS}, s.creditor_id, s."on", s.profile, s.behaviour, s.is_chosen, s.segment_id,
    case when c.class_confirmed_at is null then 'unknown' else c.debtor_class end,
    c.country, c.salesperson_name, c.code, c.name
from scoring_score s
join parties_customer c on c.tenant_id = s.tenant_id and c.id = s.customer_id
where s.tenant_id = %(tenant)s
    and (%(creditors)s::bigint[] is null or s.creditor_id = any(%(creditors)s::bigint[]))
    and (%(people)s::bigint[] is null or c.salesperson_id = any(%(people)s::bigint[])
        or c.collector_id = any(%(people)s::bigint[]))
"""
SCHEMA: Final[Mapping[str, Any]] = {
    **FIGURES,
    "creditor_id": pl.Int64,
    "on": pl.Date,
    "profile": pl.String,
    "behaviour": pl.String,
    "is_chosen": pl.Boolean,
    "segment_id": pl.Int64,
    "debtor_class": pl.String,
    "country": pl.String,
    "salesperson": pl.String,
    "code": pl.String,
    "name": pl.String,
}
PAYING: Final = """
select customer_id, profile, round(expected_tenths / 10.0)::int
from scoring_score where tenant_id = %(tenant)s
"""
PAYING_SCHEMA: Final = {"id": pl.Int64, "profile": pl.String, "expected": pl.Int64}
MOVES: Final = f"""
select m."on", m.before, m.profile, m.is_chosen, m.expected_tenths from scoring_move m
where m.tenant_id = %(tenant_id)s and m.customer_id = any({faces.FAMILY_LIVE})
order by m."on" desc, m.id desc
"""
MOVED_DAYS: Final = 30
MOVED: Final = """
select m.customer_id, c.code, c.name, m."on", m.before, m.profile, m.mean_tenths,
    m.expected_tenths, m.is_chosen
from scoring_move m
join parties_customer c on c.tenant_id = m.tenant_id and c.id = m.customer_id
where m.tenant_id = %(tenant)s and m.before <> '' and m."on" > %(since)s
    and (%(creditors)s::bigint[] is null or m.creditor_id = any(%(creditors)s::bigint[]))
    and (%(people)s::bigint[] is null or c.salesperson_id = any(%(people)s::bigint[])
        or c.collector_id = any(%(people)s::bigint[]))
order by m."on" desc, m.id desc
"""
MOVED_SCHEMA: Final = {
    "customer_id": pl.Int64,
    "code": pl.String,
    "name": pl.String,
    "on": pl.Date,
    "before": pl.String,
    "profile": pl.String,
    "mean_tenths": pl.Int64,
    "expected_tenths": pl.Int64,
    "is_chosen": pl.Boolean,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Whose scores may be read: of some creditors or all, of some people's customers or all."""

    tenant_id: int
    creditor_ids: Sequence[int] | None = None
    people: Sequence[int] | None = None

    def params(self) -> dict[str, Any]:
        """Return the parameters of the statements of this module."""
        return {
            "tenant": self.tenant_id,
            "creditors": None if self.creditor_ids is None else list(self.creditor_ids),
            "people": None if self.people is None else list(self.people),
        }


@dataclass(frozen=True, slots=True)
class MoveRow:
    """One day on which a customer's profile changed."""

    on: date
    before: str
    profile: str
    is_chosen: bool
    expected_tenths: int | None


@dataclass(frozen=True, slots=True)
class ChosenRow:
    """A profile that a person chose, until when and why."""

    id: int
    profile: str
    reason: str
    starts_on: date
    ends_on: date


def scores(reach: Reach) -> pl.DataFrame:
    """Return the stored scores with what segments look at of each customer."""
    return read_frame(STORED, reach.params(), schema=SCHEMA)


def paying(tenant_id: int) -> pl.DataFrame:
    """Return how each customer pays: id, profile, expected days after the due date."""
    return read_frame(PAYING, {"tenant": tenant_id}, schema=PAYING_SCHEMA)


def moved(reach: Reach, *, today: date) -> pl.DataFrame:
    """Return the profiles that changed in the last thirty days, the latest first."""
    params = reach.params() | {"since": today - timedelta(days=MOVED_DAYS)}
    return read_frame(MOVED, params, schema=MOVED_SCHEMA)


def score_of(*, tenant_id: int, customer_id: int) -> dict[str, Any] | None:
    """Return the stored score of a customer as a row of figures with its profile."""
    row = Score.objects.of(tenant_id).filter(customer_id=customer_id).values().first()
    return None if row is None else dict(row)


def moves_of(*, tenant_id: int, customer_id: int) -> list[MoveRow]:
    """Return how a customer moved, with those merged into it, the latest first."""
    with connection.cursor() as cursor:
        cursor.execute(MOVES, {"tenant_id": tenant_id, "customer_id": customer_id})
        return [MoveRow(*row) for row in cursor.fetchall()]


def profile_on(*, tenant_id: int, customer_id: int, on: date) -> str:
    """Return the profile that a customer had on a day; empty before the first."""
    rows = Move.objects.of(tenant_id).filter(customer_id=customer_id, on__lte=on)
    last = rows.order_by("-on", "-pk").first()
    return last.profile if last else ""


def chosen_of(*, tenant_id: int, customer_id: int) -> ChosenRow | None:
    """Return what a person chose for a customer, unless it was withdrawn."""
    rows = ChosenProfile.objects.of(tenant_id).filter(customer_id=customer_id, undone_at=None)
    one = rows.first()
    return (
        None
        if one is None
        else ChosenRow(one.pk, one.profile, one.reason, one.starts_on, one.ends_on)
    )
