"""What people decide: a profile by hand, thresholds, segments; profiles follow at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from encours.kernel.refusal import Refusal
from encours.parties.models import Customer
from encours.scoring.actions import running
from encours.scoring.models import ChosenProfile, ProfileThresholds, Segment
from encours.scoring.queries import rules_in_force
from encours.scoring.rules import segments as rules
from encours.scoring.rules.profiles import NAMES, PROFILES, Thresholds
from encours.scoring.rules.segments import Condition
from encours.tenancy import journal
from encours.tenancy.models import Creditor

REASON_MAX: Final = 200
NAME_MAX: Final = 60


class NotDecided(Refusal):
    """Say what a decision lacks."""


@transaction.atomic
def choose_profile(
    *,
    tenant_id: int,
    customer_id: int,
    profile: str,
    reason: str,
    ends_on: date | None,
    actor_id: int | None,
    today: date,
) -> int:
    """Give a customer a profile until a day; the reason stays out of the journal."""
    customer = _customer(tenant_id, customer_id)
    words = " ".join(reason.split())[:REASON_MAX]
    if profile not in PROFILES:
        raise NotDecided("Ce profil n'existe pas.")
    if not words:
        raise NotDecided("Indiquez le motif.")
    if ends_on is None:
        raise NotDecided("Indiquez la date de fin.")
    if ends_on < today:
        raise NotDecided("La date de fin est déjà passée.")
    _withdraw(tenant_id, customer_id)
    chosen = ChosenProfile.objects.create(
        tenant_id=tenant_id,
        creditor_id=customer.creditor_id,
        customer=customer,
        profile=profile,
        reason=words,
        starts_on=today,
        ends_on=ends_on,
        author_id=actor_id,
    )
    said = {"profile": profile, "ends_on": ends_on.isoformat()}
    _tell("scoring.profile_chosen", customer, said, actor_id, today)
    return int(chosen.pk)


@transaction.atomic
def withdraw_profile(
    *, tenant_id: int, customer_id: int, actor_id: int | None, today: date
) -> None:
    """Let the figures decide again."""
    customer = _customer(tenant_id, customer_id)
    if not _withdraw(tenant_id, customer_id):
        raise NotDecided("Aucun profil n'a été choisi pour ce client.")
    _tell("scoring.profile_withdrawn", customer, {}, actor_id, today)


def _customer(tenant_id: int, customer_id: int) -> Customer:
    found = Customer.objects.of(tenant_id).select_for_update(no_key=True, of=("self",))
    customer = found.filter(pk=customer_id).first()
    if customer is None:
        raise NotDecided("Ce client n'existe pas.")
    return customer


def _withdraw(tenant_id: int, customer_id: int) -> int:
    rows = ChosenProfile.objects.of(tenant_id).filter(customer_id=customer_id, undone_at=None)
    return rows.update(undone_at=Now())


def _tell(
    verb: str, customer: Customer, data: Mapping[str, Any], actor_id: int | None, today: date
) -> None:
    journal.record(
        verb,
        tenant_id=customer.tenant_id,
        subject=("customer", customer.pk),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=customer.creditor_id,
        customer_id=customer.pk,
        data=data,
    )
    running.place_again(
        tenant_id=customer.tenant_id, creditor_ids=(customer.creditor_id,), today=today
    )


@transaction.atomic
def set_thresholds(
    *,
    tenant_id: int,
    creditor_id: int | None,
    values: Mapping[str, int],
    actor_id: int | None,
    today: date,
) -> int:
    """Set thresholds for a creditor, or (None) for those that have none; return who moved.

    Values that already hold change nothing, wherever they come from.
    """
    held, _origin = rules_in_force.thresholds(tenant_id=tenant_id, creditor_id=creditor_id)
    wanted = Thresholds.of(values)
    if wanted == held:
        return 0
    _drop(ProfileThresholds, tenant_id, creditor_id)
    definition = {name: getattr(wanted, name) for name in NAMES}
    ProfileThresholds.objects.create(
        tenant_id=tenant_id, creditor_id=creditor_id, definition=definition, author_id=actor_id
    )
    return _settled("scoring.thresholds_set", (tenant_id, creditor_id), definition, actor_id, today)


@transaction.atomic
def inherit_thresholds(
    *, tenant_id: int, creditor_id: int, actor_id: int | None, today: date
) -> int:
    """Follow the organisation's thresholds again; return how many profiles changed."""
    if not _drop(ProfileThresholds, tenant_id, creditor_id):
        return 0
    return _settled("scoring.thresholds_inherited", (tenant_id, creditor_id), {}, actor_id, today)


@transaction.atomic
def save_segment(
    *,
    tenant_id: int,
    creditor_id: int | None,
    segment_id: int | None,
    name: str,
    conditions: Sequence[Condition],
    actor_id: int | None,
    today: date,
) -> int:
    """Add a segment last, or put another in the place of one; return its id."""
    words = " ".join(name.split())[:NAME_MAX]
    kept = [one.as_dict() for one in rules.checked(words, conditions)]
    mine = _segments(tenant_id, creditor_id)
    old = next((one for one in mine if one.pk == segment_id), None)
    if any(one.name.casefold() == words.casefold() for one in mine if one is not old):
        raise NotDecided("Un segment porte déjà ce nom.")
    if old is not None:
        Segment.objects.of(tenant_id).filter(pk=old.pk).update(undone_at=Now())
    saved = Segment.objects.create(
        tenant_id=tenant_id,
        creditor_id=creditor_id,
        name=words,
        rank=old.rank if old else len(mine) + 1,
        conditions=kept,
        author_id=actor_id,
    )
    said = {"segment": saved.pk, "rank": saved.rank, "conditions": len(kept)}
    _settled("scoring.segment_saved", (tenant_id, creditor_id), said, actor_id, today)
    return int(saved.pk)


@transaction.atomic
def remove_segment(
    *,
    tenant_id: int,
    creditor_id: int | None,
    segment_id: int,
    actor_id: int | None,
    today: date,
) -> None:
    """Take a segment away; its customers go to the next that they fit."""
    mine = [one for one in _segments(tenant_id, creditor_id) if one.pk != segment_id]
    gone = Segment.objects.of(tenant_id).filter(_at(creditor_id), pk=segment_id, undone_at=None)
    if not gone.update(undone_at=Now()):
        raise NotDecided("Ce segment n'existe plus.")
    _ranked(mine)
    said = {"segment": segment_id}
    _settled("scoring.segment_removed", (tenant_id, creditor_id), said, actor_id, today)


@transaction.atomic
def raise_segment(
    *,
    tenant_id: int,
    creditor_id: int | None,
    segment_id: int,
    actor_id: int | None,
    today: date,
) -> None:
    """Let a segment come before the one above it."""
    mine = _segments(tenant_id, creditor_id)
    place = next((place for place, one in enumerate(mine) if one.pk == segment_id), 0)
    if not place:
        return
    mine[place - 1], mine[place] = mine[place], mine[place - 1]
    _ranked(mine)
    said = {"segment": segment_id, "rank": place}
    _settled("scoring.segment_moved", (tenant_id, creditor_id), said, actor_id, today)


def _segments(tenant_id: int, creditor_id: int | None) -> list[Segment]:
    found = Segment.objects.of(tenant_id).filter(_at(creditor_id), undone_at=None)
    return list(found.select_for_update(of=("self",)).order_by("rank", "pk"))


def _at(creditor_id: int | None) -> Q:
    return Q(creditor_id=None) if creditor_id is None else Q(creditor_id=creditor_id)


def _ranked(segments: Sequence[Segment]) -> None:
    for rank, one in enumerate(segments, start=1):
        if one.rank != rank:
            one.rank = rank
            one.save(update_fields=["rank"])


def _drop(model: Any, tenant_id: int, creditor_id: int | None) -> int:
    rows = model.objects.of(tenant_id).filter(_at(creditor_id), undone_at=None)
    return int(rows.update(undone_at=Now()))


def _settled(
    verb: str,
    level: tuple[int, int | None],
    data: Mapping[str, Any],
    actor_id: int | None,
    today: date,
) -> int:
    """Tell the journal, and let the profiles of whoever follows move."""
    tenant_id, creditor_id = level
    subject = ("tenant", tenant_id) if creditor_id is None else ("creditor", creditor_id)
    journal.record(
        verb,
        tenant_id=tenant_id,
        subject=subject,
        effective_on=today,
        actor_id=actor_id,
        creditor_id=creditor_id,
        data=data,
    )
    every = Creditor.objects.of(tenant_id).values_list("pk", flat=True)
    concerned = list(every) if creditor_id is None else [creditor_id]
    return running.place_again(tenant_id=tenant_id, creditor_ids=concerned, today=today)
