"""An installation for the benchmarks alone: its own home, its own embedded PostgreSQL."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg


@dataclass(frozen=True, slots=True)
class Books:
    """A tenant with one creditor, empty or filled by `open_items`."""

    tenant_id: int
    creditor_id: int
    code: str


def open_installation() -> None:
    """Start a new database, set Django up on it, bring the schema up to date.

    What an earlier run left is thrown away: the journal lets nobody empty it, not even its owner.
    """
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        os.environ.pop(name, None)
    folder = Path(tempfile.gettempdir()) / f"encours-bench-{os.getuid()}"
    os.environ["ENCOURS_HOME"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "encours.config.settings"
    from encours.config import embedded  # noqa: PLC0415 - reads the environment

    if folder.is_dir():
        embedded.stop(folder)
        shutil.rmtree(embedded.place_of(folder).data, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
    embedded.ensure_running()
    import django  # noqa: PLC0415 - reads the settings

    django.setup()
    from encours.config.operations import schema  # noqa: PLC0415 - needs Django

    schema.migrate(quiet=True)


def close_installation() -> None:
    """Stop the server; its data stays to be looked at, until the next run."""
    from django.db import connections  # noqa: PLC0415 - once Django is set up

    from encours.config import embedded  # noqa: PLC0415 - idem

    connections.close_all()
    embedded.stop()


def owner() -> psycopg.Connection[Any]:
    """Connect as the owner of the tables: no policy holds, as for the limits."""
    from django.conf import settings  # noqa: PLC0415 - once Django is set up

    found = settings.OWNER_DATABASE
    return psycopg.connect(
        host=found["HOST"],
        port=found["PORT"] or None,
        user=found["USER"],
        password=found["PASSWORD"] or None,
        dbname=found["NAME"],
        autocommit=True,
    )


def found_books(code: str) -> Books:
    """Create a tenant and its creditor."""
    from django.db import connection  # noqa: PLC0415 - once Django is set up

    from encours.tenancy.models import Creditor  # noqa: PLC0415 - idem
    from encours.tenancy.scope import in_tenant  # noqa: PLC0415 - idem

    with connection.cursor() as cursor:
        cursor.execute("select encours_create_tenant(%s, %s)", [f"Banc {code}", code.lower()])
        tenant_id = int(cursor.fetchone()[0])
    with in_tenant(tenant_id):
        creditor = Creditor.objects.create(
            tenant_id=tenant_id,
            code=code,
            name="Vertrameau Distribution SAS",
            siren="000325175",
            sender_email="comptabilite@vertrameau.example",
        )
    return Books(tenant_id, creditor.pk, code)
