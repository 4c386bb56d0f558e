"""Which thresholds, segments and chosen profiles hold for a creditor on a day.

A creditor's own come before its organisation's (docs/decisions/0053); where neither has any, the
thresholds are as shipped and there are no segments.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.db.models import Q

from encours.scoring.models import ChosenProfile, ProfileThresholds, Segment
from encours.scoring.rules import segments as rules
from encours.scoring.rules.profiles import OVERRIDES, Thresholds
from encours.tenancy.inherited import InForce, in_force


@dataclass(frozen=True, slots=True)
class Level:
    """What one level says: its thresholds or None, its segments in order."""

    thresholds: dict[str, Any] | None
    segments: tuple[rules.Segment, ...]


def level(*, tenant_id: int, creditor_id: int | None) -> Level:
    """Return what a creditor itself says, or (None) its organisation."""
    at = Q(creditor_id=None) if creditor_id is None else Q(creditor_id=creditor_id)
    said = ProfileThresholds.objects.of(tenant_id).filter(at, undone_at=None)
    row = said.first()
    mine = Segment.objects.of(tenant_id).filter(at, undone_at=None)
    return Level(
        None if row is None else row.definition,
        tuple(
            rules.Segment(one.pk, one.name, tuple(rules.Condition(**c) for c in one.conditions))
            for one in mine.order_by("rank", "pk")
        ),
    )


def thresholds(*, tenant_id: int, creditor_id: int | None) -> tuple[Thresholds, InForce]:
    """Return the thresholds that hold, and where they come from."""
    theirs = level(tenant_id=tenant_id, creditor_id=None).thresholds
    own = level(tenant_id=tenant_id, creditor_id=creditor_id).thresholds if creditor_id else None
    found = in_force(own, theirs)
    return Thresholds.of(found.value or {}), found


def segments(*, tenant_id: int, creditor_id: int | None) -> tuple[rules.Segment, ...]:
    """Return the segments that hold: the creditor's own list when it has one."""
    own = level(tenant_id=tenant_id, creditor_id=creditor_id).segments if creditor_id else ()
    return own or level(tenant_id=tenant_id, creditor_id=None).segments


def chosen(*, tenant_id: int, creditor_id: int, on: date) -> pl.DataFrame:
    """Return the profiles that people chose and that hold on a day."""
    rows = ChosenProfile.objects.of(tenant_id).filter(
        creditor_id=creditor_id, undone_at=None, starts_on__lte=on, ends_on__gte=on
    )
    found = list(rows.values_list("customer_id", "profile"))
    return pl.DataFrame(found, schema=OVERRIDES, orient="row")
