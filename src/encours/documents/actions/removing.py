"""Destroys kept files: the bytes and their key go, the row says that they were and why."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from encours.documents import storage
from encours.documents.actions.linking import held
from encours.documents.models import Attachment, Document
from encours.tenancy.journal import record

REASONS: Final = {
    "mistake": "déposée par erreur",
    "retention": "durée de conservation écoulée",
    "erasure": "demande d'effacement",
}
ORPHAN_AFTER_S: Final = 24 * 3600
GONE: Final = "pièce détruite"


@transaction.atomic
def remove(
    *, tenant_id: int, document_id: int, reason: str, actor_id: int | None = None, today: date
) -> None:
    """Destroy one file; its name goes too, its digest and dates stay as the proof that it was."""
    assert reason in REASONS, reason
    document = held(tenant_id=tenant_id, document_id=document_id)
    record(
        "document.removed",
        tenant_id=tenant_id,
        subject=("document", document.pk),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=document.creditor_id,
        data={"kind": document.kind, "reason": reason, "sha256": document.sha256},
    )
    Attachment.objects.of(tenant_id).filter(document=document, detached_at=None).update(
        detached_at=Now()
    )
    Document.objects.of(tenant_id).filter(pk=document.pk).update(
        removed_at=Now(), removed_because=reason, name=GONE, sealed_key=b"", candidates=[]
    )
    path = storage.path_of(tenant_id, document.uuid)
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def sweep_orphans(*, tenant_id: int) -> int:
    """Delete files whose row never came (a refused or broken act), once a day old."""
    folder = Path(settings.DOCUMENTS_ROOT) / str(tenant_id)
    if not folder.is_dir():
        return 0
    old = time.time() - ORPHAN_AFTER_S
    lying = {path.name.removesuffix(".part"): path for path in folder.iterdir()}
    alive = Document.objects.of(tenant_id).filter(
        uuid__in=[UUID(name) for name in lying], removed_at=None
    )
    for uuid in alive.values_list("uuid", flat=True):
        lying.pop(str(uuid), None)
    orphans = [path for path in lying.values() if path.stat().st_mtime < old]
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)
