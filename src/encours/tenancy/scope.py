"""The one door to a tenant's rows: a setting local to the transaction (design.md, 2.3)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from django.db import connection, transaction

_TENANT: Final[ContextVar[int | None]] = ContextVar("tenant", default=None)
_KEY: Final[ContextVar[int | None]] = ContextVar("key", default=None)


@contextmanager
def in_tenant(tenant_id: int, *, key_id: int | None = None) -> Iterator[None]:
    """Open a transaction that sees this tenant's rows, and nobody else's.

    The outermost transaction must be this one: a setting made inside another would outlive it.
    `key_id` is the key of the API that acts here: the facts of the journal will say so.
    """
    with transaction.atomic(durable=True):
        _set(tenant_id)
        token, key = _TENANT.set(tenant_id), _KEY.set(key_id)
        try:
            yield
        finally:
            _TENANT.reset(token)
            _KEY.reset(key)


def current_tenant_id() -> int | None:
    """Return the tenant whose door is open, for assertions and logs."""
    return _TENANT.get()


def current_key_id() -> int | None:
    """Return the key of the API that acts in this transaction, for the journal."""
    return _KEY.get()


def _set(tenant_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config('encours.tenant', %s, true)", [str(tenant_id)])
