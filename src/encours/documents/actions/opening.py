"""Opens a kept file, or draws one of its pages; who opened what is a fact of the journal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from encours.documents import storage
from encours.documents.actions.linking import NoSuchThing
from encours.documents.models import Document
from encours.documents.pages import PdfReader
from encours.documents.rules.content import PDF, NotTaken
from encours.tenancy.journal import record


@dataclass(frozen=True, slots=True)
class Opened:
    """A file to hand over: its blocks come as they are opened."""

    name: str
    content_type: str
    size: int
    blocks: Iterator[bytes]


def open_document(
    *, tenant_id: int, document_id: int, actor_id: int | None = None, today: date
) -> Opened:
    """Open a file and say so in the journal."""
    document = _document(tenant_id, document_id)
    record(
        "document.opened",
        tenant_id=tenant_id,
        subject=("document", document.pk),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=document.creditor_id,
        data={"kind": document.kind},
    )
    return Opened(document.name, document.content_type, document.size_bytes, content(document))


def page_picture(
    *, tenant_id: int, document_id: int, page: int, actor_id: int | None = None, today: date
) -> bytes:
    """Return one page of a PDF (the first is 1) as a PNG; looking is opening."""
    document = _document(tenant_id, document_id)
    if document.content_type != PDF or not 1 <= page <= (document.pages or 0):
        raise NotTaken("Cette page n'existe pas.")
    with PdfReader() as reader:
        picture = reader.page(b"".join(content(document)), page - 1)
    if page == 1:
        record(
            "document.opened",
            tenant_id=tenant_id,
            subject=("document", document.pk),
            effective_on=today,
            actor_id=actor_id,
            creditor_id=document.creditor_id,
            data={"kind": document.kind},
        )
    return picture


def content(document: Document) -> Iterator[bytes]:
    """Yield a file's blocks, for who already told the journal."""
    return storage.read(document.tenant_id, document.uuid, bytes(document.sealed_key))


def _document(tenant_id: int, document_id: int) -> Document:
    found = Document.objects.of(tenant_id).filter(pk=document_id, removed_at=None).first()
    if found is None:
        raise NoSuchThing
    return found
