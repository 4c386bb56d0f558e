"""A watched folder of a house, and files to put in it."""

from __future__ import annotations

import os
import time
from datetime import date
from pathlib import Path

from tests.conftest import House
from tests.imports.test_uploads import fec

from encours.feeds import actions
from encours.feeds.actions.sources import Told
from encours.feeds.models import Source
from encours.tenancy.scope import in_tenant

TODAY = date(2026, 11, 30)
USER = 7

__all__ = ("TODAY", "USER", "fec", "put", "source_of", "watch")


def put(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    os.utime(path, (time.time() - 60,) * 2)
    return path


def watch(house: House, folder: Path, **told: object) -> int:
    given = {
        "name": "Exports",
        "creditor_id": house.creditor_id,
        "settings": {"path": str(folder), "after": "move"},
        "schedule": "15",
        "fresh_hours": 48,
        **told,
    }
    with in_tenant(house.tenant_id):
        return actions.create_source(
            tenant_id=house.tenant_id,
            kind="folder",
            told=Told(**given),  # type: ignore[arg-type]
            actor_id=USER,
            today=TODAY,
        )


def source_of(house: House, source_id: int) -> Source:
    with in_tenant(house.tenant_id):
        return Source.objects.of(house.tenant_id).get(pk=source_id)
