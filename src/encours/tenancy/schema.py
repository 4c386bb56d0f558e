"""Runs the package's SQL files inside migrations, with the names of the database's roles."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from django.conf import settings
from django.db import migrations


def run_file(name: str) -> migrations.RunPython:
    """Return the operation that runs `tenancy/sql/<name>.sql`."""

    def forwards(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 - Django's signature
        text = files("encours.tenancy").joinpath(f"sql/{name}.sql").read_text("utf-8")
        roles = settings.DATABASE_ROLES
        for role, value in roles.items():
            text = text.replace("{" + role + "}", value)
        schema_editor.execute(text, params=None)

    return migrations.RunPython(forwards, migrations.RunPython.noop, elidable=False)
