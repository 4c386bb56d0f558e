"""Who may do what where: roles given, changed and taken back, and never without an administrator.

A role given at a creditor replaces there the one held for all of them (docs/decisions).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import transaction

from encours.kernel.refusal import Refusal
from encours.tenancy import journal
from encours.tenancy.models import Creditor, Membership, Role
from encours.tenancy.rights import ADMIN


class LastAdmin(Refusal):
    """Somebody must keep every key."""

    message = (
        "Il doit rester au moins un administrateur de toutes les sociétés, "
        "sans rôle moindre dans l'une d'elles."
    )


class AlreadyMember(Refusal):
    """One role per person and creditor."""

    message = "Cette personne a déjà un rôle pour cette société : modifiez-le."


class UnknownPerson(Refusal):
    """The membership is not, or no longer, there."""

    message = "Cet accès n'existe plus."


@transaction.atomic
def give_role(
    *,
    tenant_id: int,
    user_id: int,
    creditor_id: int,
    role: str,
    actor_id: int,
    today: date,
) -> int:
    """Give a member a role of their own at one creditor; return the new membership's id."""
    assert role in Role.values, role
    creditor_exists(tenant_id=tenant_id, creditor_id=creditor_id)
    members = Membership.objects.of(tenant_id).filter(user_id=user_id)
    with an_admin_remains(tenant_id=tenant_id):
        held = list(members.values_list("creditor_id", flat=True))
        if not held:
            raise UnknownPerson
        if creditor_id in held:
            raise AlreadyMember
        membership = Membership.objects.create(
            tenant_id=tenant_id, user_id=user_id, creditor_id=creditor_id, role=role
        )
    _record("person.role_given", membership, actor_id, today, {"role": role})
    return int(membership.pk)


@transaction.atomic
def set_role(*, tenant_id: int, membership_id: int, role: str, actor_id: int, today: date) -> None:
    """Give a member another role."""
    assert role in Role.values, role
    with an_admin_remains(tenant_id=tenant_id):
        membership = _locked(tenant_id, membership_id)
        before = membership.role
        if before == role:
            return
        Membership.objects.of(tenant_id).filter(id=membership_id).update(role=role)
    _record("person.role_changed", membership, actor_id, today, {"from": before, "to": role})


@transaction.atomic
def revoke(*, tenant_id: int, membership_id: int, actor_id: int, today: date) -> None:
    """End a member's role; what they did stays in the journal.

    Without their role at a creditor, the one they hold for all of them applies there again.
    """
    with an_admin_remains(tenant_id=tenant_id):
        membership = _locked(tenant_id, membership_id)
        Membership.objects.of(tenant_id).filter(id=membership_id).delete()
    membership.pk = membership_id
    _record("person.revoked", membership, actor_id, today, {"role": membership.role})


@contextmanager
def an_admin_remains(*, tenant_id: int) -> Iterator[None]:
    """Undo what would leave nobody to administer every creditor.

    Every administrator's row is locked first: two of them cannot lower each other at once.
    """
    _lock_admins(tenant_id)
    before = full_admins(tenant_id=tenant_id)
    with transaction.atomic():
        yield
        if before and not full_admins(tenant_id=tenant_id):
            raise LastAdmin


def full_admins(*, tenant_id: int) -> set[int]:
    """Return who administers every creditor: no lesser role at any of them."""
    rows = Membership.objects.of(tenant_id)
    lowered = rows.exclude(creditor=None).exclude(role=ADMIN).values("user_id")
    found = rows.filter(role=ADMIN, creditor=None).exclude(user_id__in=lowered)
    return set(found.values_list("user_id", flat=True))


def refuse_lowering_the_last(
    *, tenant_id: int, user_id: int, role: str, creditor_id: int | None
) -> None:
    """Refuse to invite the only full administrator to a lesser role at a creditor."""
    if creditor_id is not None and role != ADMIN and full_admins(tenant_id=tenant_id) == {user_id}:
        raise LastAdmin


def creditor_exists(*, tenant_id: int, creditor_id: int) -> None:
    """Refuse a creditor that the tenant has not."""
    if not Creditor.objects.of(tenant_id).filter(id=creditor_id).exists():
        raise Refusal("Cette société n'existe pas.")


def replaced_role(membership: Membership) -> dict[str, str]:
    """Return the role that a creditor's one replaces there, for the journal; nothing if none."""
    if membership.creditor_id is None:
        return {}
    rows = Membership.objects.of(membership.tenant_id)
    wider = rows.filter(user_id=membership.user_id, creditor=None)
    role = wider.values_list("role", flat=True).first()
    return {"instead_of": role} if role else {}


def _lock_admins(tenant_id: int) -> None:
    admins = Membership.objects.of(tenant_id).filter(role=ADMIN)
    list(admins.select_for_update(of=("self",)).order_by("id").values_list("id"))


def _locked(tenant_id: int, membership_id: int) -> Membership:
    found = Membership.objects.of(tenant_id).filter(id=membership_id)
    membership = found.select_for_update(of=("self",)).first()
    if membership is None:
        raise UnknownPerson
    return membership


def _record(
    verb: str, membership: Membership, actor_id: int, today: date, data: dict[str, Any]
) -> None:
    journal.record(
        verb,
        tenant_id=membership.tenant_id,
        subject=("membership", membership.pk),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=membership.creditor_id,
        data={"user": membership.user_id, **data, **replaced_role(membership)},
    )
