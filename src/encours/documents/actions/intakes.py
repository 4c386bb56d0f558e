"""A ZIP brought by a page: received, read by a job, its row says how far it is and what is left."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from encours.documents.actions.archives import receive_archive
from encours.documents.models import Intake
from encours.documents.rules.content import NotTaken
from encours.tenancy.scope import in_tenant

EVERY_S: Final = 0.7
SHOWN: Final = 500


def receive(
    *,
    tenant_id: int,
    creditor_id: int,
    name: str,
    chunks: Iterable[bytes],
    actor_id: int,
) -> int:
    """Put an uploaded ZIP aside and return the number of its intake."""
    row = Intake.objects.create(
        tenant_id=tenant_id, creditor_id=creditor_id, file_name=name[-255:], author_id=actor_id
    )
    with _path(tenant_id, row.pk).open("wb") as handle:
        for chunk in chunks:
            handle.write(chunk)
    return row.pk


def run(*, tenant_id: int, intake_id: int, today: date) -> None:
    """Take the pieces of a ZIP in, outside any transaction; the ZIP itself is not kept."""
    with in_tenant(tenant_id):
        row = Intake.objects.of(tenant_id).filter(pk=intake_id, state="running").first()
    path = _path(tenant_id, intake_id)
    if row is None or not path.exists():
        _finish(tenant_id, intake_id, state="failed")
        return
    told = {"at": time.monotonic()}

    def tell(done: int, total: int) -> None:
        if time.monotonic() - told["at"] >= EVERY_S:
            told["at"] = time.monotonic()
            _update(tenant_id, intake_id, progress=100 * done // total)

    try:
        with path.open("rb") as file:
            received = receive_archive(
                file,
                tenant_id=tenant_id,
                creditor_id=row.creditor_id,
                name=row.file_name,
                actor_id=row.author_id,
                progress=tell,
                today=today,
            )
    except NotTaken as refused:
        left = [{"file": row.file_name, "why": str(refused)}]
        _finish(tenant_id, intake_id, state="refused", leftovers=left)
    else:
        left = [{"file": one["file"], "candidates": one["candidates"]} for one in received.left]
        left += [{"file": one.found, "why": one.message} for one in received.issues]
        counts = {"counts": received.counts, "leftovers": left[:SHOWN]}
        _finish(tenant_id, intake_id, state="done", **counts)
    path.unlink(missing_ok=True)


def declare_failed(*, tenant_id: int, intake_id: int) -> None:
    """Say that the program itself failed; what was kept so far stays."""
    _finish(tenant_id, intake_id, state="failed")


def _finish(tenant_id: int, intake_id: int, **values: Any) -> None:
    _update(tenant_id, intake_id, finished_at=datetime.now(UTC), progress=100, **values)


def _update(tenant_id: int, intake_id: int, **values: Any) -> None:
    with in_tenant(tenant_id):
        rows = Intake.objects.of(tenant_id).filter(pk=intake_id, state="running")
        rows.update(**values)


def _path(tenant_id: int, intake_id: int) -> Path:
    folder = Path(settings.IMPORTS_ROOT) / str(tenant_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / f"pieces-{intake_id}.zip"
