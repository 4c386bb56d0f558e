"""Writes that are not repeated: a call is claimed, done, and its answer remembered thirty days.

The claim is a row under a unique key, in the transaction of the write itself: a second call waits
for the first, then finds its answer; where the first failed, nothing of it is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from encours.kernel.refusal import Refusal
from encours.tenancy import vault
from encours.tenancy.models import IdempotentCall

KEPT: Final = timedelta(days=30)
CLAIM: Final = """
insert into tenancy_idempotentcall (tenant_id, key_id, name, fingerprint, headers, body)
values (%s, %s, %s, %s, '{}', '') on conflict (tenant_id, key_id, name) do nothing returning id
"""


class OtherRequest(Refusal):
    """The same idempotency key must carry the same request."""

    message = "Cette clé d'idempotence a déjà servi pour une autre demande."


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer that an earlier call gave."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """A call that is ours to do, or the answer of the one that did it."""

    id: int
    answered: Answered | None = None


def claim(*, tenant_id: int, key_id: int, name: str, fingerprint: str, now: datetime) -> Claim:
    """Take a call, waiting for another that holds it; `answered` when it was done before."""
    mine = IdempotentCall.objects.of(tenant_id).filter(key_id=key_id, name=name)
    mine.filter(created_at__lt=now - KEPT).delete()
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [tenant_id, key_id, name, fingerprint])
        row = cursor.fetchone()
    if row is not None:
        return Claim(row[0])
    done = mine.get()
    if done.fingerprint != fingerprint:
        raise OtherRequest
    assert done.status is not None, "a call is committed with its answer"
    body = vault.opened(bytes(done.body).decode()).encode()
    return Claim(done.pk, Answered(done.status, done.headers, body))


def remember(*, tenant_id: int, call_id: int, answered: Answered) -> None:
    """Keep the answer of a call, in the transaction that did it; sealed: it may show a secret."""
    IdempotentCall.objects.of(tenant_id).filter(pk=call_id).update(
        status=answered.status,
        headers=dict(answered.headers),
        body=vault.sealed(answered.body.decode()).encode(),
    )


def forget_old(*, tenant_id: int, now: datetime) -> int:
    """Forget the answers older than thirty days; returns how many."""
    old = IdempotentCall.objects.of(tenant_id).filter(created_at__lt=now - KEPT)
    return old.delete()[0]
