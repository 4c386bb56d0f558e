"""Takes the files of a source, each once: read whole to the disk, then handed over."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings

from encours.feeds.actions import claims, handing, sources
from encours.feeds.actions.claims import Tally
from encours.feeds.actions.handing import Handed
from encours.feeds.models import Source, TakenFile
from encours.feeds.ports import FILE_SOURCES, FileSource, Unreachable, Waiting
from encours.feeds.rules.names import Owner, owner_of
from encours.imports.actions import einvoices
from encours.tenancy.models import Creditor
from encours.tenancy.scope import in_tenant

MEGABYTE: Final = 1024 * 1024
KNOWN: Final = "Même contenu qu'un fichier déjà reçu."


@dataclass(frozen=True, slots=True)
class Spooled:
    """A file read whole: where it is, its digest and size."""

    path: Path
    sha256: str
    size: int


def take_files(source: Source, run_id: int, tally: Tally) -> None:
    """Take what waits; raises Unreachable when the source itself is out of reach."""
    tenant_id = source.tenant_id
    with in_tenant(tenant_id):
        rows = TakenFile.objects.of(tenant_id).filter(source_id=source.pk)
        known = set(rows.values_list("identity", flat=True))
        run = Taking(source, run_id, owners_of(source), tally)
    opened = FILE_SOURCES[source.kind](sources.account_of(source))
    try:
        for one in opened.waiting(known.__contains__):
            if isinstance(one, Unreachable):
                tally.problems.append(str(one))
                continue
            claims.show_progress(source, one.name)
            try:
                _take(opened, one, run)
            except Unreachable as problem:
                tally.problems.append(str(problem))
        tally.position = dict(opened.position())
    finally:
        opened.close()


def owners_of(source: Source) -> tuple[Owner, ...]:
    """Return whose a file may be: the source's creditor, else any of the tenant."""
    rows = Creditor.objects.of(source.tenant_id)
    if source.creditor_id is not None:
        rows = rows.filter(pk=source.creditor_id)
    return tuple(Owner(one.pk, one.code, one.siren) for one in rows.order_by("pk"))


@contextmanager
def spooled(
    chunks: Iterator[bytes], *, name: str, max_bytes: int | None = None
) -> Iterator[Spooled]:
    """Read a file whole to the disk before anybody looks at it; raises Unreachable if too large."""
    limit = max_bytes or settings.UPLOAD_MAX_BYTES
    with tempfile.NamedTemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR, prefix="feed-") as draft:
        digest, size = hashlib.sha256(), 0
        for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise Unreachable(f"« {name} » dépasse {limit // MEGABYTE} Mo : il est laissé.")
            digest.update(chunk)
            draft.write(chunk)
        draft.flush()
        yield Spooled(Path(draft.name), digest.hexdigest(), size)


@dataclass(frozen=True, slots=True)
class Taking:
    """What one run takes with: the source, its run, whose files they may be, what was counted."""

    source: Source
    run_id: int
    owners: tuple[Owner, ...]
    tally: Tally


def _take(opened: FileSource, one: Waiting, run: Taking) -> None:
    if one.size > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // MEGABYTE
        raise Unreachable(f"« {one.name} » dépasse {limit} Mo : il est laissé.")
    with spooled(opened.read(one), name=one.name) as file:
        handed = _handed(file, one.name, run.source, run.owners)
    _keep(run, one, file, handed)
    count(run.tally, handed)
    if handed is None:
        run.tally.problems.append(unplaced(one.name))
    opened.done(one)


def _handed(file: Spooled, name: str, source: Source, owners: tuple[Owner, ...]) -> Handed | None:
    """Hand a file over; None where nothing says whose it is."""
    tenant_id = source.tenant_id
    with in_tenant(tenant_id):
        rows = TakenFile.objects.of(tenant_id).filter(source_id=source.pk, sha256=file.sha256)
        before = rows.exclude(state__in=("known", "unplaced")).order_by("pk").last()
    if before is not None:
        sentence = f"« {name} » : {KNOWN}"
        kind = handing.kind_of(tenant_id=tenant_id, import_id=before.import_id)
        return Handed("known", sentence, before.import_id, is_ledger=kind != einvoices.KIND)
    creditor_id = owner_of(name, owners)
    if creditor_id is None:
        return None
    return handing.hand_over(
        tenant_id=tenant_id,
        creditor_id=creditor_id,
        path=file.path,
        name=name,
        mapping_id=source.mapping_id,
    )


def _keep(run: Taking, one: Waiting, file: Spooled, handed: Handed | None) -> None:
    """Remember that a file was taken, and what became of it."""
    with in_tenant(run.source.tenant_id):
        TakenFile.objects.create(
            tenant_id=run.source.tenant_id,
            source_id=run.source.pk,
            run_id=run.run_id,
            identity=one.identity,
            name=one.name[-255:],
            sha256=file.sha256,
            size_bytes=file.size,
            state=handed.state if handed else "unplaced",
            sentence=(handed.sentence if handed else unplaced(one.name))[: claims.SENTENCE_MAX],
            import_id=handed.import_id if handed else None,
        )


def count(tally: Tally, handed: Handed | None) -> None:
    """Add a file to what its run brings."""
    tally.files += 1
    if handed is None:
        return
    tally.rows += handed.rows
    is_fresh = handed.state in ("applied", "known")
    tally.is_fresh |= is_fresh
    tally.is_ledger |= is_fresh and handed.is_ledger
    tally.notes.append(handed.sentence)


def unplaced(name: str) -> str:
    """Say that nobody knows whose a file is."""
    return (
        f"« {name} » ne dit pas de quelle société il est : mettez son SIREN ou le code de la "
        "société au début du nom."
    )
