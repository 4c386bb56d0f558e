"""The door of programs: a key is known by its keyed hash, counted, and becomes an Access."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import connection

from encours.tenancy import vault
from encours.tenancy.rights import Access, Grant, rights_within

MARK: Final = "enc_"
PREFIX_LENGTH: Final = 12
MINUTE_S: Final = 60


@dataclass(frozen=True, slots=True)
class Knock:
    """What a key opened: `access` is None where it is over; calls made and left this minute."""

    key_id: int
    access: Access | None
    is_expired: bool
    calls: int
    limit: int
    resets_in_s: int

    @property
    def is_over(self) -> bool:
        """Say whether the key asked too often this minute."""
        return self.calls > self.limit

    @property
    def left(self) -> int:
        """Return how many calls this minute still allows."""
        return max(self.limit - self.calls, 0)


def new_token() -> tuple[str, str]:
    """Return a new key and the beginning of it that may be shown."""
    token = MARK + secrets.token_urlsafe(32)
    return token, token[:PREFIX_LENGTH]


def digest(token: str) -> str:
    """Return the hash under which a key is kept; the secret of it is not in the database."""
    return vault.digest("api-key", token)


def knock(token: str, *, now: datetime) -> Knock | None:
    """Look a key up over the installation and count its call; None when there is no such key."""
    if not token.startswith(MARK):
        return None
    seconds = int(now.timestamp())
    with connection.cursor() as cursor:
        cursor.execute(
            "select tenant_id, id, user_id, role, creditor_id, scopes, expires_at, revoked_at,"
            " calls from encours_knock(%s, %s)",
            [digest(token), seconds // MINUTE_S],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    tenant_id, key_id, user_id, role, creditor_id, scopes, expires_at, revoked_at, calls = row
    is_expired = expires_at is not None and expires_at <= now
    access = Access(
        user_id=user_id,
        tenant_id=tenant_id,
        grants=(Grant(role, creditor_id),),
        key_id=key_id,
        only=rights_within(scopes),
    )
    return Knock(
        key_id=key_id,
        access=None if is_expired or revoked_at else access,
        is_expired=is_expired,
        calls=calls,
        limit=settings.API_CALLS_PER_MINUTE,
        resets_in_s=MINUTE_S - seconds % MINUTE_S,
    )
