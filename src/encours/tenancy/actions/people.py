"""Who comes to work here: invitations and how they are accepted, one's own preferences."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q

from encours.kernel.refusal import Refusal
from encours.tenancy import journal
from encours.tenancy.actions import roles
from encours.tenancy.models import Invitation, Membership, Role, User
from encours.tenancy.scope import in_tenant

LASTS: Final = timedelta(days=7)
LANGUAGES: Final = ("fr", "en")
THEMES: Final = ("auto", "light", "dark")


class InvitationOver(Refusal):
    """The link was used, withdrawn, or is too old."""

    message = "Cette invitation n'est plus valable. Demandez-en une nouvelle."


class WeakPassword(Refusal):
    """What Django's validators say of a password."""


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation and its link's token, which is stored nowhere."""

    id: int
    email: str
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Guest:
    """What an invitation's page shows before it is accepted."""

    tenant_id: int
    invitation_id: int
    email: str
    role: str
    has_account: bool


def set_preferences(*, user_id: int, language: str = "", theme: str = "", name: str = "") -> None:
    """Keep a person's language, appearance and name; what is empty stays as it is."""
    changes: dict[str, str] = {}
    if language in LANGUAGES:
        changes["language"] = language
    if theme in THEMES:
        changes["theme"] = theme
    if name:
        first, _, last = name.strip().partition(" ")
        changes |= {"first_name": first[:150], "last_name": last[:150]}
    if changes:
        User.objects.filter(id=user_id).update(**changes)


@transaction.atomic
def invite(
    *,
    tenant_id: int,
    email: str,
    role: str,
    creditor_id: int | None,
    actor_id: int,
    now: datetime,
) -> Invited:
    """Let one person join with one role; a pending invitation of the same person is withdrawn."""
    assert role in Role.values, role
    email = email.strip().lower()
    if creditor_id is not None:
        roles.creditor_exists(tenant_id=tenant_id, creditor_id=creditor_id)
    same = Q(creditor_id=creditor_id) if creditor_id is not None else Q(creditor_id=None)
    member = User.objects.filter(email__iexact=email).first()
    if member and Membership.objects.of(tenant_id).filter(same, user_id=member.pk).exists():
        raise roles.AlreadyMember
    if member:
        roles.refuse_lowering_the_last(
            tenant_id=tenant_id, user_id=member.pk, role=role, creditor_id=creditor_id
        )
    pending = Invitation.objects.of(tenant_id).filter(same, email=email, accepted_at=None)
    pending.filter(expires_at__gt=now).update(expires_at=now)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        tenant_id=tenant_id,
        email=email,
        role=role,
        creditor_id=creditor_id,
        token_digest=_digest(token),
        invited_by_id=actor_id,
        expires_at=now + LASTS,
    )
    journal.record(
        "person.invited",
        tenant_id=tenant_id,
        subject=("invitation", invitation.pk),
        effective_on=now.date(),
        actor_id=actor_id,
        creditor_id=creditor_id,
        data={"role": role},
    )
    return Invited(invitation.pk, email, token, invitation.expires_at)


@transaction.atomic
def withdraw_invitation(
    *, tenant_id: int, invitation_id: int, actor_id: int, now: datetime
) -> None:
    """End an invitation that was not accepted yet."""
    waiting = Invitation.objects.of(tenant_id).filter(id=invitation_id, accepted_at=None)
    if not waiting.filter(expires_at__gt=now).update(expires_at=now):
        raise InvitationOver
    journal.record(
        "person.invitation_withdrawn",
        tenant_id=tenant_id,
        subject=("invitation", invitation_id),
        effective_on=now.date(),
        actor_id=actor_id,
    )


def open_invitation(token: str, *, now: datetime) -> Guest:
    """Return what the link leads to, or raise InvitationOver; the visitor has no tenant yet."""
    with connection.cursor() as cursor:
        cursor.execute("select tenant_id, id from encours_invitation(%s)", [_digest(token)])
        found = cursor.fetchone()
    if found is None:
        raise InvitationOver
    tenant_id, invitation_id = found
    with in_tenant(tenant_id):
        invitation = _waiting(tenant_id, invitation_id, now)
        return Guest(
            tenant_id,
            invitation_id,
            invitation.email,
            invitation.role,
            User.objects.filter(email__iexact=invitation.email).exists(),
        )


def accept_invitation(
    *, token: str, password: str, name: str, user_id: int | None, now: datetime
) -> int:
    """Make the visitor a member and return their user id; the link works once.

    Somebody who has an account proves it by being logged in as that account (`user_id`); anybody
    else chooses a name and a password. Opens the tenant's door itself.
    """
    guest = open_invitation(token, now=now)
    with in_tenant(guest.tenant_id):
        invitation = _waiting(guest.tenant_id, guest.invitation_id, now, lock=True)
        user = User.objects.filter(email__iexact=invitation.email).first()
        if user is None:
            user = _create_user(invitation.email, password, name)
        elif user.pk != user_id:
            raise InvitationOver(
                "Cette adresse a déjà un compte : connectez-vous avec lui, "
                "puis rouvrez le lien de l'invitation."
            )
        with roles.an_admin_remains(tenant_id=guest.tenant_id):
            membership, is_new = Membership.objects.get_or_create(
                tenant_id=guest.tenant_id,
                user=user,
                creditor=invitation.creditor,
                defaults={"role": invitation.role},
            )
        Invitation.objects.of(guest.tenant_id).filter(id=invitation.pk).update(accepted_at=now)
        journal.record(
            "person.joined",
            tenant_id=guest.tenant_id,
            subject=("membership", membership.pk),
            effective_on=now.date(),
            actor_id=user.pk,
            creditor_id=invitation.creditor_id,
            data={
                "role": membership.role,
                "user": user.pk,
                "new": is_new,
                **roles.replaced_role(membership),
            },
        )
        return int(user.pk)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _waiting(
    tenant_id: int, invitation_id: int, now: datetime, *, lock: bool = False
) -> Invitation:
    found = Invitation.objects.of(tenant_id).filter(id=invitation_id, accepted_at=None)
    if lock:
        found = found.select_for_update(of=("self",))
    invitation = found.filter(expires_at__gt=now).first()
    if invitation is None:
        raise InvitationOver
    return invitation


def _create_user(email: str, password: str, name: str) -> User:
    first, _, last = name.strip().partition(" ")
    draft = User(email=email, first_name=first[:150], last_name=last[:150])
    try:
        validate_password(password, draft)
    except ValidationError as problem:
        raise WeakPassword(" ".join(problem.messages)) from problem
    user = User.objects.create_user(
        email, password, first_name=draft.first_name, last_name=draft.last_name
    )
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user
