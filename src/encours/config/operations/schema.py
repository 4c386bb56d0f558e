"""Brings the database's schema up to date, as the owner."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.db import connections


@contextmanager
def as_owner() -> Iterator[None]:
    """Connect as the owner of the tables, then as the application again."""
    connection = connections["default"]
    before = connection.settings_dict
    _close()
    connection.settings_dict = {**before, **settings.OWNER_DATABASE, "TEST": before["TEST"]}
    try:
        yield
    finally:
        _close()
        connection.settings_dict = before


def migrate(*, quiet: bool = False) -> None:
    """Apply every migration that is missing; safe to run again."""
    with as_owner():
        call_command("migrate", interactive=False, verbosity=0 if quiet else 1)


def _close() -> None:
    connection = connections["default"]
    connection.close()
    close_pool = getattr(connection, "close_pool", None)
    if close_pool is not None:
        close_pool()
