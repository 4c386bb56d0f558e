"""Archives asked for on a page: made by a job, kept two days behind a right, then deleted."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from encours.custody.actions import access, export
from encours.custody.models import Departure
from encours.kernel.refusal import Refusal
from encours.tenancy.persons import Person
from encours.tenancy.scope import in_tenant

KEPT: Final = timedelta(hours=48)
EVERY_S: Final = 0.7


class Expired(Refusal):
    """The archive was deleted, or is not made yet."""

    message = "Cette archive n'est plus disponible : demandez-en une nouvelle."


class OneAtATime(Refusal):
    """An export of everything is already being made."""

    message = "Un export est déjà en cours : attendez qu'il soit prêt."


def ask(*, tenant_id: int, actor_id: int, person: Person | None = None) -> int:
    """Ask for an archive of everything, or of one person; return its number."""
    rows = Departure.objects.of(tenant_id).filter(state="running", kind="tenant")
    if person is None and rows.exists():
        raise OneAtATime
    row = Departure.objects.create(
        tenant_id=tenant_id,
        kind="person" if person else "tenant",
        subject_type=person[0] if person else "",
        subject_id=person[1] if person else None,
        author_id=actor_id,
    )
    return row.pk


def make(*, tenant_id: int, departure_id: int, today: date) -> None:
    """Make an archive that was asked for; a job's work, outside any transaction."""
    with in_tenant(tenant_id):
        row = Departure.objects.of(tenant_id).filter(pk=departure_id, state="running").first()
    if row is None:
        return
    path = _path(tenant_id, row.uuid)
    try:
        with path.open("xb") as handle:
            path.chmod(0o600)
            files = _written(row, handle, today)
        with path.open("rb") as handle:
            digest = file_digest(handle, "sha256").hexdigest()
    except BaseException:
        path.unlink(missing_ok=True)
        _update(tenant_id, departure_id, state="failed")
        raise
    _update(
        tenant_id, departure_id, state="ready", progress=100, files=files, sha256=digest,
        size_bytes=path.stat().st_size, expires_at=datetime.now(UTC) + KEPT,
    )  # fmt: skip
    if row.kind == "tenant":
        with in_tenant(tenant_id):
            export.note_export(
                tenant_id=tenant_id, files=files, sha256=digest, actor_id=row.author_id, today=today
            )


def fetch(*, tenant_id: int, departure_id: int, now: datetime) -> Path:
    """Return where a ready archive lies; raises Expired afterwards."""
    row = Departure.objects.of(tenant_id).filter(pk=departure_id, state="ready").first()
    if row is None or row.expires_at is None or row.expires_at <= now:
        raise Expired
    path = _path(tenant_id, row.uuid)
    if not path.exists():
        raise Expired
    return path


def expire(*, tenant_id: int, now: datetime) -> int:
    """Delete the archives whose time is over; return how many."""
    rows = Departure.objects.of(tenant_id).filter(state="ready", expires_at__lte=now)
    found = list(rows)
    for row in found:
        _path(tenant_id, row.uuid).unlink(missing_ok=True)
    rows.update(state="expired")
    return len(found)


def _written(row: Departure, handle: Any, today: date) -> int:
    tenant_id = row.tenant_id
    if row.kind == "person":
        assert row.subject_id is not None
        person = (row.subject_type, row.subject_id)
        with in_tenant(tenant_id):
            return access.write_access(
                handle, tenant_id=tenant_id, person=person, actor_id=row.author_id, today=today
            )
    told = {"at": time.monotonic()}

    def tell(percent: int) -> None:
        # the snapshot's transaction is open: progress is told on the disk, not in the database
        if time.monotonic() - told["at"] >= EVERY_S:
            told["at"] = time.monotonic()
            _progress(tenant_id, row.uuid).write_text(str(percent))

    try:
        return export.write_export(handle, tenant_id=tenant_id, progress=tell, today=today)
    finally:
        _progress(tenant_id, row.uuid).unlink(missing_ok=True)


def progress_of(*, tenant_id: int, name: UUID) -> int:
    """Return how far an archive is, in percent."""
    path = _progress(tenant_id, name)
    try:
        return int(path.read_text())
    except (FileNotFoundError, ValueError):
        return 0


def _update(tenant_id: int, departure_id: int, **values: Any) -> None:
    with in_tenant(tenant_id):
        Departure.objects.of(tenant_id).filter(pk=departure_id).update(**values)


def _path(tenant_id: int, name: UUID) -> Path:
    folder = Path(settings.EXPORTS_ROOT) / str(tenant_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / f"{name}.zip"


def _progress(tenant_id: int, name: UUID) -> Path:
    return _path(tenant_id, name).with_suffix(".percent")
