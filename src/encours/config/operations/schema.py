"""Brings the database's schema up to date, as the owner."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor


@contextmanager
def as_owner() -> Iterator[None]:
    """Connect as the owner of the tables, then as the application again."""
    connection = connections["default"]
    before = connection.settings_dict
    _close()
    owner = {name: settings.OWNER_DATABASE[name] for name in ("USER", "PASSWORD", "HOST", "PORT")}
    options = {name: value for name, value in before["OPTIONS"].items() if name != "pool"}
    connection.settings_dict = {**before, **owner, "OPTIONS": options}
    try:
        yield
    finally:
        _close()
        connection.settings_dict = before


def migrate(*, quiet: bool = False) -> None:
    """Apply every migration that is missing; safe to run again."""
    with as_owner():
        call_command("migrate", interactive=False, verbosity=0 if quiet else 1)


def is_founded() -> bool:
    """Say whether the schema exists at all."""
    with connections["default"].cursor() as cursor:
        cursor.execute("select to_regclass('tenancy_tenant') is not null")
        return bool(cursor.fetchone()[0])


def missing_migrations() -> list[str]:
    """Return the migrations not yet applied, as `app.name`."""
    executor = MigrationExecutor(connections["default"])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def _close() -> None:
    connection = connections["default"]
    connection.close()
    close_pool = getattr(connection, "close_pool", None)
    if close_pool is not None:
        close_pool()
