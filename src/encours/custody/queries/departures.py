"""Archives that were asked for: how far, until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from encours.custody.models import Departure

SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class DepartureRow:
    """One archive."""

    id: int
    uuid: UUID
    kind: str
    subject_type: str
    subject_id: int | None
    state: str
    files: int
    size_bytes: int
    sha256: str
    created_at: datetime
    expires_at: datetime | None


FIELDS: Final = tuple(DepartureRow.__dataclass_fields__)


def departures(*, tenant_id: int, kind: str, subject_id: int | None = None) -> list[DepartureRow]:
    """Return the latest archives of everything, or of one person."""
    rows = Departure.objects.of(tenant_id).filter(kind=kind)
    if subject_id is not None:
        rows = rows.filter(subject_id=subject_id)
    return [DepartureRow(*row) for row in rows.order_by("-id").values_list(*FIELDS)[:SHOWN]]


def departure(*, tenant_id: int, departure_id: int) -> DepartureRow | None:
    """Return one archive, or None."""
    rows = Departure.objects.of(tenant_id).filter(id=departure_id)
    return next((DepartureRow(*row) for row in rows.values_list(*FIELDS)), None)
