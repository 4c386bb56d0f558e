"""Absences: who looks after whose customers meanwhile."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models.functions import Now

from encours.kernel.refusal import Refusal
from encours.tenancy import journal
from encours.tenancy.models import Absence, Membership


class InvalidAbsence(Refusal):
    """Say what is wrong in what was typed."""


@transaction.atomic
def record_absence(
    *,
    tenant_id: int,
    user_id: int,
    stand_in_id: int,
    starts_on: date,
    ends_on: date,
    actor_id: int | None = None,
    today: date,
) -> int:
    """Say who stands in for an absent person, from a day to a day included; return its id."""
    if user_id == stand_in_id:
        raise InvalidAbsence("Choisissez une autre personne pour le remplacement.")
    if ends_on < starts_on:
        raise InvalidAbsence("La fin de l'absence précède son début.")
    members = Membership.objects.of(tenant_id).filter(user_id__in=(user_id, stand_in_id))
    if len(set(members.values_list("user_id", flat=True))) != 2:  # noqa: PLR2004 - both of them
        raise InvalidAbsence("Cette personne n'est pas de l'organisation.")
    absence = Absence.objects.create(
        tenant_id=tenant_id,
        user_id=user_id,
        stand_in_id=stand_in_id,
        starts_on=starts_on,
        ends_on=ends_on,
        author_id=actor_id,
    )
    _tell("absence.recorded", absence, actor_id, today)
    return absence.pk


@transaction.atomic
def withdraw_absence(
    *, tenant_id: int, absence_id: int, actor_id: int | None = None, today: date
) -> None:
    """Take an absence back: the person looks after their own customers again."""
    rows = Absence.objects.of(tenant_id).filter(id=absence_id, withdrawn_at=None)
    absence = rows.select_for_update().first()
    if absence is None:
        raise InvalidAbsence("Cette absence n'existe pas, ou vient d'être retirée.")
    rows.update(withdrawn_at=Now())
    _tell("absence.withdrawn", absence, actor_id, today)


def _tell(verb: str, absence: Absence, actor_id: int | None, today: date) -> None:
    journal.record(
        verb,
        tenant_id=absence.tenant_id,
        subject=("person", absence.user_id),
        effective_on=today,
        actor_id=actor_id,
        data={
            "stand_in": absence.stand_in_id,
            "starts_on": absence.starts_on.isoformat(),
            "ends_on": absence.ends_on.isoformat(),
        },
    )
