"""Takes a file in: examined, kept once by its digest, sealed on the disk, attached."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from encours.documents import storage
from encours.documents.actions.linking import NoSuchThing, Subject, attach
from encours.documents.examine import Examined, examined
from encours.documents.models import Document
from encours.documents.pages import PdfReader
from encours.documents.rules.content import PDF
from encours.documents.rules.kinds import Kind
from encours.documents.rules.mentions import missing_mentions
from encours.tenancy.journal import record
from encours.tenancy.models import Creditor


@dataclass(frozen=True, slots=True)
class Kept:
    """The file as kept; `is_new` is false when its content was already there."""

    document_id: int
    is_new: bool
    sha256: str
    content_type: str


def keep(
    *,
    tenant_id: int,
    creditor_id: int,
    name: str,
    chunks: Iterable[bytes],
    kind: str = Kind.OTHER,
    subjects: Sequence[Subject] = (),
    source: str = "upload",
    dated_on: date | None = None,
    actor_id: int | None = None,
    reader: PdfReader | None = None,
    today: date,
) -> Kept:
    """Keep one file and attach it; raises NotTaken with a sentence when it is not to be kept.

    The caller's transaction decides: a file whose row never came is swept later. `reader` lets
    many files share one process.
    """
    with ExitStack() as stack:
        pdfs = reader or stack.enter_context(PdfReader())
        found = stack.enter_context(examined(name, chunks, pdfs))
        return keep_examined(
            found,
            tenant_id=tenant_id,
            creditor_id=creditor_id,
            kind=kind,
            subjects=subjects,
            source=source,
            dated_on=dated_on,
            actor_id=actor_id,
            today=today,
        )


@transaction.atomic
def keep_examined(
    found: Examined,
    *,
    tenant_id: int,
    creditor_id: int,
    kind: str = Kind.OTHER,
    subjects: Sequence[Subject] = (),
    source: str = "upload",
    dated_on: date | None = None,
    candidates: Sequence[int] = (),
    actor_id: int | None = None,
    today: date,
) -> Kept:
    """Keep a file already examined; the same content twice is one file with more links."""
    if not Creditor.objects.of(tenant_id).filter(pk=creditor_id).exists():
        raise NoSuchThing
    same = Document.objects.of(tenant_id).filter(
        creditor_id=creditor_id, sha256=found.sha256, removed_at=None
    )
    document, is_new = same.first(), False
    if document is None:
        document, is_new = _written(
            found,
            Document(
                tenant_id=tenant_id,
                creditor_id=creditor_id,
                kind=kind,
                source=source,
                dated_on=dated_on,
                candidates=list(candidates),
                author_id=actor_id,
            ),
        )
    elif document.kind == Kind.OTHER != kind:
        same.update(kind=kind)
    if is_new:
        _tell(document, actor_id, today)
    if subjects:
        attach(
            tenant_id=tenant_id,
            document_id=document.pk,
            subjects=subjects,
            actor_id=actor_id,
            today=today,
        )
    return Kept(document.pk, is_new, found.sha256, found.content_type)


def _written(found: Examined, document: Document) -> tuple[Document, bool]:
    """Write row and file; when another worker was first, take its row."""
    document.uuid = uuid.uuid4()
    document.name, document.content_type = found.name, found.content_type
    document.size_bytes, document.sha256, document.pages = found.size, found.sha256, found.pages
    if document.kind == Kind.INVOICE and found.content_type == PDF:
        document.mentions_missing = missing_mentions(found.text)
    document.sealed_key = storage.write(document.tenant_id, document.uuid, found.chunks())
    try:
        with transaction.atomic():
            document.save(force_insert=True)
    except IntegrityError:
        storage.path_of(document.tenant_id, document.uuid).unlink(missing_ok=True)
        first = Document.objects.of(document.tenant_id).get(
            creditor_id=document.creditor_id, sha256=found.sha256, removed_at=None
        )
        return first, False
    return document, True


def _tell(document: Document, actor_id: int | None, today: date) -> None:
    record(
        "document.kept",
        tenant_id=document.tenant_id,
        subject=("document", document.pk),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=document.creditor_id,
        data={
            "kind": document.kind,
            "type": document.content_type,
            "bytes": document.size_bytes,
            "sha256": document.sha256,
            "source": document.source,
        },
    )
