"""ZIPs of pieces that were brought in: how far they are, what they left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from encours.documents.models import Intake

SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class IntakeRow:
    """One ZIP."""

    id: int
    creditor_id: int
    file_name: str
    state: str
    progress: int
    counts: Mapping[str, int]
    leftovers: Sequence[Mapping[str, Any]]
    created_at: datetime


def intakes(*, tenant_id: int, creditor_ids: tuple[int, ...] | None) -> list[IntakeRow]:
    """Return the latest ZIPs."""
    rows = Intake.objects.of(tenant_id)
    if creditor_ids is not None:
        rows = rows.filter(creditor_id__in=creditor_ids)
    names = IntakeRow.__dataclass_fields__.keys()
    return [IntakeRow(*row) for row in rows.order_by("-id").values_list(*names)[:SHOWN]]


def intake(*, tenant_id: int, intake_id: int) -> IntakeRow | None:
    """Return one ZIP, or None."""
    names = IntakeRow.__dataclass_fields__.keys()
    row = Intake.objects.of(tenant_id).filter(pk=intake_id).values_list(*names).first()
    return IntakeRow(*row) if row else None
