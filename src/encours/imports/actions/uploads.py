"""Files brought by a page: kept by their hash, shown before they are applied, then applied.

A row goes running → previewed → running → applied; refused, failed and undone are ends. A table
whose columns are not sure waits in `mapping` for a person (`tables.describe`, `tables.choose`).
Reading happens outside any transaction: only the decision and its writes are inside one.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from encours.imports.actions import einvoices, tables
from encours.imports.actions.einvoices import Received
from encours.imports.actions.files import Export, import_file, read_file
from encours.imports.actions.keeping import Outcome, issues_kept
from encours.imports.models import FileImport
from encours.imports.ports import EINVOICE_READERS, READERS, Unreadable
from encours.kernel.issue import Issue
from encours.kernel.refusal import Refusal
from encours.tenancy.scope import in_tenant

EVERY_S: Final = 0.7
READ_SHARE: Final = 85  # percent of the bar for reading; the rest is for writing
HEAD_BYTES: Final = 65_536
OPEN_STATES: Final = ("mapping", "previewed", "refused", "failed")


class NotWaiting(Refusal):
    """Applied, cancelled or taken by somebody else meanwhile."""

    message = "Cet import n'attend plus de décision."


class HasErrors(Refusal):
    """Good entries are taken without the others only when somebody says so."""

    message = "Ce fichier contient des erreurs : choisissez « Importer le reste » pour les laisser."


class FileGone(Refusal):
    """The upload was removed from the disk."""

    message = "Le fichier n'est plus sur le serveur : déposez-le de nouveau."


def receive(
    *,
    tenant_id: int,
    creditor_id: int,
    name: str,
    chunks: Iterable[bytes],
    author_id: int | None,
    kind: str = "",
    mapping: dict[str, Any] | None = None,
) -> int:
    """Keep an uploaded file under its hash and return the import that waits for its preview.

    Without a kind, its content says what it is: e-invoices, a ledger export, else a table.
    `mapping` reads a table.
    """
    folder = _folder(tenant_id)
    draft = folder / f".{uuid4().hex}"
    digest, size = hashlib.sha256(), 0
    try:
        with draft.open("wb") as handle:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                handle.write(chunk)
        kind = kind or _kind(draft, name)
        draft.replace(folder / digest.hexdigest())
    finally:
        draft.unlink(missing_ok=True)
    row = FileImport.objects.create(
        tenant_id=tenant_id,
        creditor_id=creditor_id,
        kind=kind,
        file_name=name[-255:],
        sha256=digest.hexdigest(),
        size_bytes=size,
        state="running",
        author_id=author_id,
        mapping=mapping or {},
    )
    return row.pk


def preview(*, tenant_id: int, import_id: int) -> None:
    """Read an upload and keep what it would change; a job's work, outside any transaction.

    A table whose columns nobody chose, and that are not sure, waits in the state `mapping`.
    """
    row = _running(tenant_id, import_id)
    if row is None:
        return
    try:
        export = _read(row)
    except tables.Unsure as unsure:
        with in_tenant(tenant_id):
            _update(row, state="mapping", progress=100, **issues_kept(unsure.issues))
        return
    except Unreadable as unreadable:
        with in_tenant(tenant_id):
            _update(row, state="refused", progress=100, **issues_kept([unreadable.issue]))
        return
    with in_tenant(tenant_id):
        outcome = _tried(row, export)
        over = outcome.is_refused or outcome.is_repeated
        _update(
            row,
            state="refused" if over else "previewed",
            first_on=export.first_on,
            last_on=export.last_on,
            counts=outcome.counts,
            control=outcome.control,
            progress=100,
            **({} if isinstance(export, Export | Received) else export.kept),
            **issues_kept(outcome.issues),
        )


def accept(*, tenant_id: int, import_id: int, accept_rest: bool, author_id: int | None) -> None:
    """Take a yes to a preview, a person's or (None) the program's; what follows applies it."""
    row = FileImport.objects.of(tenant_id).select_for_update().filter(pk=import_id).first()
    if row is None or row.state != "previewed":
        raise NotWaiting
    if row.issue_counts.get("error") and not accept_rest:
        raise HasErrors
    _update(row, state="running", progress=0, accepted_rest=accept_rest, author_id=author_id)


def apply(*, tenant_id: int, import_id: int) -> None:
    """Read an accepted upload again and write it; a job's work, the writes in one transaction."""
    row = _running(tenant_id, import_id)
    if row is None:
        return
    export = _read(row)
    with in_tenant(tenant_id):
        outcome = _imported(row, export, accept_rest=row.accepted_rest, import_id=row.pk)
        if outcome.is_repeated:
            _update(row, state="refused", progress=100, **issues_kept(outcome.issues))


def cancel(*, tenant_id: int, import_id: int) -> None:
    """Forget an upload that was never applied, and its file when no other row needs it."""
    row = FileImport.objects.of(tenant_id).select_for_update().filter(pk=import_id).first()
    if row is None or row.state not in OPEN_STATES:
        raise NotWaiting
    row.delete()
    if not FileImport.objects.of(tenant_id).filter(sha256=row.sha256).exists():
        path = path_of(tenant_id=tenant_id, sha256=row.sha256)
        transaction.on_commit(lambda: path.unlink(missing_ok=True))


def declare_failed(*, tenant_id: int, import_id: int) -> None:
    """Say that the program itself failed on a file: nothing of it entered."""
    issue = Issue(
        code="failed",
        message="L'import s'est arrêté sur une erreur du programme : rien n'est entré. "
        "Le détail est dans le journal du serveur.",
    )
    with in_tenant(tenant_id):
        FileImport.objects.of(tenant_id).filter(pk=import_id, state="running").update(
            state="failed", **issues_kept([issue])
        )


def path_of(*, tenant_id: int, sha256: str) -> Path:
    """Return where an upload is kept; tenants share no file."""
    return _folder(tenant_id) / sha256


def _kind(path: Path, name: str) -> str:
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    for readers in (EINVOICE_READERS, READERS):
        for code in readers:
            if readers[code].recognises(head, name):
                return code
    return tables.KIND if tables.is_table(head, name) else "fec"


def _folder(tenant_id: int) -> Path:
    folder = Path(settings.IMPORTS_ROOT) / str(tenant_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _running(tenant_id: int, import_id: int) -> FileImport | None:
    with in_tenant(tenant_id):
        return FileImport.objects.of(tenant_id).filter(pk=import_id, state="running").first()


def _read(row: FileImport) -> Export | tables.Incoming | Received:
    path = path_of(tenant_id=row.tenant_id, sha256=row.sha256)
    if not path.exists():
        raise FileGone
    told = {"at": time.monotonic(), "percent": 0}

    def tell(done: int, total: int) -> None:
        percent = READ_SHARE * done // max(total, 1)
        if percent == told["percent"] or time.monotonic() - told["at"] < EVERY_S:
            return
        told.update(at=time.monotonic(), percent=percent)
        with in_tenant(row.tenant_id):
            _update(row, progress=percent)

    export: Export | tables.Incoming | Received
    if row.kind == einvoices.KIND:
        export = einvoices.receive(path, name=row.file_name, progress=tell)
    elif row.kind == tables.KIND:
        export = tables.read(
            path,
            tenant_id=row.tenant_id,
            creditor_id=row.creditor_id,
            name=row.file_name,
            mapping=row.mapping or None,
            progress=tell,
            today=row.created_at.date(),
        )
    else:
        export = read_file(path, name=row.file_name, kind=row.kind, progress=tell)
    with in_tenant(row.tenant_id):
        _update(row, progress=READ_SHARE)
    return export


def _tried(row: FileImport, export: Export | tables.Incoming | Received) -> Outcome:
    """Decide as the import would; where errors refuse it, what the rest would give."""
    outcome = _imported(row, export, dry_run=True)
    if outcome.is_refused and export.last_on is not None:
        return _imported(row, export, dry_run=True, accept_rest=True)
    return outcome


def _imported(
    row: FileImport,
    export: Export | tables.Incoming | Received,
    *,
    accept_rest: bool = False,
    dry_run: bool = False,
    import_id: int | None = None,
) -> Outcome:
    asked: dict[str, Any] = {
        "tenant_id": row.tenant_id,
        "creditor_id": row.creditor_id,
        "accept_rest": accept_rest,
        "dry_run": dry_run,
        "author_id": row.author_id,
        "import_id": import_id,
    }
    if isinstance(export, Received):
        return einvoices.import_einvoices(export, **asked, today=timezone.localdate())
    if isinstance(export, Export):
        return import_file(export, **asked, kind=row.kind)
    return tables.import_table(export, **asked)


def _update(row: FileImport, **values: Any) -> None:
    FileImport.objects.of(row.tenant_id).filter(pk=row.pk).update(**values)
