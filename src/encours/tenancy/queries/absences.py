"""Who is away and who stands in for them, on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from encours.tenancy.models import Absence


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """An absence as its page shows it."""

    id: int
    user_id: int
    person: str
    stand_in_id: int
    stand_in: str
    starts_on: date
    ends_on: date


def people_of(*, tenant_id: int, user_id: int, on: date) -> tuple[int, ...]:
    """Return whose customers this person looks after on a day: their own id first.

    Who stands in for somebody who stands in for a third looks after the customers of both.
    """
    rows = Absence.objects.of(tenant_id).filter(
        withdrawn_at=None, starts_on__lte=on, ends_on__gte=on
    )
    pairs = list(rows.order_by("id").values_list("stand_in_id", "user_id"))
    found = [user_id]
    for one in found:  # grows while it is read
        found += [away for stand_in, away in pairs if stand_in == one and away not in found]
    return tuple(found)


def stand_ins(*, tenant_id: int, on: date) -> dict[int, str]:
    """Return, by absent person, the name of who stands in for them on a day."""
    rows = Absence.objects.of(tenant_id).filter(
        withdrawn_at=None, starts_on__lte=on, ends_on__gte=on
    )
    return {row.user_id: str(row.stand_in) for row in rows.select_related("stand_in")}


def absences(*, tenant_id: int, since: date) -> list[AbsenceRow]:
    """Return the absences that end on that day or later, in order."""
    rows = Absence.objects.of(tenant_id).filter(withdrawn_at=None, ends_on__gte=since)
    return [
        AbsenceRow(
            id=row.pk,
            user_id=row.user_id,
            person=str(row.user),
            stand_in_id=row.stand_in_id,
            stand_in=str(row.stand_in),
            starts_on=row.starts_on,
            ends_on=row.ends_on,
        )
        for row in rows.select_related("user", "stand_in").order_by("starts_on", "id")
    ]
