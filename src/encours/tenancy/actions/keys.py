"""Keys of the API: made, shown once, revoked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from encours.kernel.refusal import Refusal
from encours.tenancy import journal, keys
from encours.tenancy.models import ApiKey, Creditor, Role
from encours.tenancy.rights import RIGHTS, SCOPES


class InvalidKey(Refusal):
    """Say what a key lacks."""


class UnknownKey(Refusal):
    """Revoked already, or never there."""

    message = "Cette clé n'existe pas, ou a déjà été révoquée."


@dataclass(frozen=True, slots=True)
class Made:
    """A new key: `token` is shown now and stored nowhere."""

    id: int
    token: str
    prefix: str


@transaction.atomic
def create_key(
    *,
    tenant_id: int,
    name: str,
    role: str,
    creditor_id: int | None,
    scopes: Collection[str],
    expires_at: datetime | None = None,
    actor_id: int,
    now: datetime,
) -> Made:
    """Make a key that acts with one role, for one creditor or all, within scopes."""
    _refuse(name, role, scopes, expires_at, now)
    own = Creditor.objects.of(tenant_id)
    if creditor_id is not None and not own.filter(id=creditor_id).exists():
        raise InvalidKey("Cette société n'existe pas.")
    token, prefix = keys.new_token()
    key = ApiKey.objects.create(
        tenant_id=tenant_id,
        name=" ".join(name.split()),
        prefix=prefix,
        digest=keys.digest(token),
        role=role,
        creditor_id=creditor_id,
        scopes=sorted(scopes),
        created_by_id=actor_id,
        expires_at=expires_at,
    )
    data = {"role": role, "scopes": sorted(scopes)}
    _tell("api_key.created", key, actor_id, now, data)
    return Made(key.pk, token, prefix)


@transaction.atomic
def revoke_key(*, tenant_id: int, key_id: int, actor_id: int, now: datetime) -> None:
    """End a key at once."""
    rows = ApiKey.objects.of(tenant_id).select_for_update()
    key = rows.filter(pk=key_id, revoked_at=None).first()
    if key is None:
        raise UnknownKey
    key.revoked_at = now
    key.save(update_fields=["revoked_at"])
    _tell("api_key.revoked", key, actor_id, now, {"role": key.role})


def _refuse(
    name: str, role: str, scopes: Collection[str], expires_at: datetime | None, now: datetime
) -> None:
    if not name.strip():
        raise InvalidKey("Donnez un nom à la clé : celui du programme qui s'en servira.")
    if role not in Role.values:
        raise InvalidKey("Ce rôle n'existe pas.")
    if not scopes or not set(scopes) <= SCOPES.keys() | RIGHTS.keys():
        raise InvalidKey("Choisissez au moins une portée.")
    if expires_at is not None and expires_at <= now:
        raise InvalidKey("La date d'expiration est déjà passée.")


def _tell(verb: str, key: ApiKey, actor_id: int, now: datetime, data: Mapping[str, object]) -> None:
    journal.record(
        verb,
        tenant_id=key.tenant_id,
        subject=("api_key", key.pk),
        effective_on=now.date(),
        actor_id=actor_id,
        creditor_id=key.creditor_id,
        data=data,
    )
