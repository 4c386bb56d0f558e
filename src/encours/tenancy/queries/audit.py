"""The journal as people read it: the latest facts first, by verb, actor, subject and day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q

from encours.tenancy.models import Fact


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact, as recorded."""

    id: int
    recorded_at: datetime
    effective_on: date
    actor_id: int | None
    verb: str
    subject_type: str
    subject_id: int
    creditor_id: int | None
    customer_id: int | None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the journal is wanted; empty fields ask nothing."""

    creditor_ids: tuple[int, ...] | None = None
    verb: str = ""
    actor_id: int | None = None
    subject_type: str = ""
    subject_id: int | None = None
    customer_id: int | None = None
    since: date | None = None
    until: date | None = None


def facts(
    *, tenant_id: int, asked: Asked, offset: int = 0, limit: int | None = None
) -> Iterator[FactRow]:
    """Yield the facts that match, latest first; with no limit, all of them in pieces."""
    found = Fact.objects.of(tenant_id).filter(_condition(asked)).order_by("-id")
    if limit is not None or offset:
        found = found[offset : None if limit is None else offset + limit]
    names = FactRow.__dataclass_fields__.keys()
    for values in found.values_list(*names).iterator(chunk_size=2000):
        yield FactRow(*values)


def verbs(tenant_id: int) -> list[str]:
    """Return the verbs that occur, for the filter."""
    found = Fact.objects.of(tenant_id).order_by("verb").values_list("verb", flat=True)
    return list(found.distinct())


def _condition(asked: Asked) -> Q:
    wanted = Q()
    if asked.creditor_ids is not None:
        wanted &= Q(creditor_id__in=asked.creditor_ids)
    for name in ("verb", "actor_id", "subject_type", "subject_id", "customer_id"):
        value = getattr(asked, name)
        if value not in (None, ""):
            wanted &= Q(**{name: value})
    if asked.since:
        wanted &= Q(recorded_at__date__gte=asked.since)
    if asked.until:
        wanted &= Q(recorded_at__date__lt=asked.until + timedelta(days=1))
    return wanted
