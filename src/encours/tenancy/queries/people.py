"""The people of a tenant: members, their roles, and the invitations that wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from encours.tenancy.models import Invitation, Membership, User


@dataclass(frozen=True, slots=True)
class RoleAt:
    """A role at one creditor."""

    creditor: str
    role: str


@dataclass(frozen=True, slots=True)
class Member:
    """One role of one person; `creditor_id` None is every creditor.

    `instead_of` is the role held for all creditors that this one replaces; `exceptions` are the
    creditors where a role of this person's own replaces this one.
    """

    id: int
    user_id: int
    name: str
    email: str
    role: str
    creditor_id: int | None
    creditor: str
    since: datetime
    last_login: datetime | None
    has_second_factor: bool
    instead_of: str = ""
    exceptions: tuple[RoleAt, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """An invitation that was not accepted yet."""

    id: int
    email: str
    role: str
    creditor_id: int | None
    creditor: str
    created_at: datetime
    expires_at: datetime


def members(tenant_id: int) -> list[Member]:
    """Return every role of every person, by name."""
    from allauth.mfa.models import Authenticator  # noqa: PLC0415 - once every app is loaded

    rows = list(
        Membership.objects.of(tenant_id)
        .select_related("user", "creditor")
        .defer("creditor__logo")
        .order_by("user__last_name", "user__email", "id")
    )
    protected = set(
        Authenticator.objects.filter(user_id__in={row.user_id for row in rows})
        .exclude(type="recovery_codes")
        .values_list("user_id", flat=True)
    )
    wider = {row.user_id: row.role for row in rows if row.creditor is None}
    own: dict[int, list[RoleAt]] = {}
    for row in rows:
        if row.creditor is not None:
            own.setdefault(row.user_id, []).append(RoleAt(row.creditor.name, row.role))
    return [
        Member(
            id=row.pk,
            user_id=row.user_id,
            name=str(row.user),
            email=row.user.email,
            role=row.role,
            creditor_id=row.creditor_id,
            creditor=row.creditor.name if row.creditor else "",
            since=row.created_at,
            last_login=row.user.last_login,
            has_second_factor=row.user_id in protected,
            instead_of=wider.get(row.user_id, "") if row.creditor else "",
            exceptions=() if row.creditor else tuple(own.get(row.user_id, ())),
        )
        for row in rows
    ]


def waiting(tenant_id: int, *, now: datetime) -> list[Waiting]:
    """Return the invitations that can still be accepted."""
    rows = (
        Invitation.objects.of(tenant_id)
        .filter(accepted_at=None, expires_at__gt=now)
        .select_related("creditor")
        .defer("creditor__logo")
        .order_by("email")
    )
    return [
        Waiting(
            id=row.pk,
            email=row.email,
            role=row.role,
            creditor_id=row.creditor_id,
            creditor=row.creditor.name if row.creditor else "",
            created_at=row.created_at,
            expires_at=row.expires_at,
        )
        for row in rows
    ]


def membership_creditor(*, tenant_id: int, membership_id: int) -> tuple[bool, int | None]:
    """Return whether the role exists, and its creditor, for the check of rights."""
    found = Membership.objects.of(tenant_id).filter(id=membership_id)
    row = found.values_list("creditor_id").first()
    return (row is not None, row[0] if row else None)


def invitation_creditor(*, tenant_id: int, invitation_id: int) -> tuple[bool, int | None]:
    """Return whether the invitation exists, and its creditor, for the check of rights."""
    found = Invitation.objects.of(tenant_id).filter(id=invitation_id)
    row = found.values_list("creditor_id").first()
    return (row is not None, row[0] if row else None)


def names(tenant_id: int) -> dict[int, str]:
    """Return the names of the tenant's members, by name."""
    ids = Membership.objects.of(tenant_id).values_list("user_id", flat=True)
    found = User.objects.filter(id__in=ids).order_by("last_name", "email")
    return {user.pk: str(user) for user in found}


def names_of(user_ids: set[int]) -> dict[int, str]:
    """Return the names of these people, as the journal shows who acted."""
    return {user.pk: str(user) for user in User.objects.filter(id__in=user_ids)}


def known(tenant_id: int, creditor_id: int) -> list[tuple[int, str, str]]:
    """Return who has a role at a creditor: number, name, e-mail address."""
    rows = Membership.objects.of(tenant_id).filter(
        Q(creditor_id=creditor_id) | Q(creditor_id=None), user__is_active=True
    )
    found = {row.user_id: (str(row.user), row.user.email) for row in rows.select_related("user")}
    return [(user_id, *said) for user_id, said in sorted(found.items())]
