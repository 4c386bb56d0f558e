"""Pieces that prove a claim: uploaded, listed, opened, attached to what they prove."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final, Literal

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile

from encours.api import places
from encours.api.guard import ApiRequest, needs
from encours.api.kinds import CreditorCode, Cursor, Day, Given, Id, Limit, Text60
from encours.api.paging import Page, after, page
from encours.api.places import FAR
from encours.api.problems import Halt
from encours.documents.actions import keeping, linking, opening
from encours.documents.actions.linking import Subject
from encours.documents.queries import lists
from encours.documents.queries.lists import DocumentRow
from encours.documents.rules.kinds import Kind
from encours.receivables.queries import pages

router = Router(tags=["Pièces"])

SubjectKind = Literal["customer", "invoice", "credit"]
BINARY: Final = {
    "responses": {
        200: {
            "description": "Le fichier",
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            },
        }
    }
}


class Link(Schema):
    """What a piece is attached to."""

    id: int
    kind: str
    subject_id: int
    label: str


class Document(Schema):
    """A kept file; the same content is kept once."""

    id: int
    creditor: str
    kind: Kind
    name: str
    content_type: str
    size_bytes: int
    sha256: str
    pages: int | None
    dated_on: date | None
    created_at: datetime
    links: list[Link]


class NewDocument(Given):
    """A file to keep, and what it proves."""

    creditor: CreditorCode = ""
    kind: Kind = Kind.OTHER
    dated_on: Day | None = None
    customer_id: Id | None = None
    invoice_id: Id | None = None
    credit_id: Id | None = None


class NewLink(Given):
    """What a piece is to be attached to."""

    kind: SubjectKind
    id: Id


@router.get("/documents", response=Page[Document], summary="Pièces")
@needs("documents.read")
def list_documents(
    request: ApiRequest,
    creditor: CreditorCode = "",
    customer: Text60 = "",
    invoice_id: Id | None = None,
    kind: Kind | None = None,
    limit: Limit = 100,
    cursor: Cursor = "",
) -> Any:
    """Liste les pièces gardées, dans l'ordre où elles sont arrivées."""
    reach = places.scope(request, creditor)
    asked = lists.Asked(
        creditor_ids=reach.creditor_ids,
        people=reach.people,
        customer_id=places.listed_customer(request, creditor, customer),
        invoice_id=invoice_id,
        kind=kind or "",
        after=after(cursor, "documents"),
        sort="id",
        descending=False,
        limit=limit + 1,
    )
    found = list(lists.documents(tenant_id=request.tenant_id, asked=asked))
    codes = places.codes(request)
    return page("documents", found, limit, lambda row: _shown(row, codes))


@router.post("/documents", response={201: Document}, summary="Déposer une pièce")
@needs("documents.write", body_max=settings.DOCUMENT_MAX_BYTES)
def create_document(
    request: ApiRequest,
    response: HttpResponse,
    file: File[UploadedFile],
    given: Form[NewDocument],
) -> Any:
    """Garde une pièce, contrôlée par son contenu, et l'attache à ce qu'elle prouve."""
    owner = places.creditor(request, given.creditor)
    named: dict[SubjectKind, int | None] = {
        "customer": given.customer_id,
        "invoice": given.invoice_id,
        "credit": given.credit_id,
    }
    kept = keeping.keep(
        tenant_id=request.tenant_id,
        creditor_id=owner.id,
        name=file.name or "piece",
        chunks=file.chunks(),
        kind=given.kind,
        subjects=[_subject(request, kind, one) for kind, one in named.items() if one],
        source="api",
        dated_on=given.dated_on,
        actor_id=request.access.user_id,
        today=timezone.localdate(),
    )
    response["Location"] = f"/api/v1/documents/{kept.document_id}"
    row = lists.document(tenant_id=request.tenant_id, document_id=kept.document_id)
    assert row is not None, "the piece was just kept"
    return _shown(row, places.codes(request))


@router.get("/documents/{document_id}", response=Document, summary="Une pièce")
@needs("documents.read")
def get_document(request: ApiRequest, document_id: Id) -> Any:
    """Rend ce qui est su d'une pièce."""
    return _shown(_row(request, document_id), places.codes(request))


@router.get(
    "/documents/{document_id}/content",
    response={200: None},
    summary="Le fichier d'une pièce",
    openapi_extra=BINARY,
)
@needs("documents.read")
def get_document_content(request: ApiRequest, document_id: Id) -> Any:
    """Rend le fichier ; l'ouverture est écrite au journal."""
    _row(request, document_id)
    opened = opening.open_document(
        tenant_id=request.tenant_id,
        document_id=document_id,
        actor_id=request.access.user_id,
        today=timezone.localdate(),
    )
    answer = HttpResponse(b"".join(opened.blocks), content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="piece-{document_id}"'
    return answer


@router.post("/documents/{document_id}/links", response=Document, summary="Attacher une pièce")
@needs("documents.write")
def link_document(request: ApiRequest, document_id: Id, given: NewLink) -> Any:
    """Attache une pièce à un client, une facture, un règlement ou un avoir."""
    _row(request, document_id)
    linking.attach(
        tenant_id=request.tenant_id,
        document_id=document_id,
        subjects=[_subject(request, given.kind, given.id)],
        actor_id=request.access.user_id,
        today=timezone.localdate(),
    )
    return _shown(_row(request, document_id), places.codes(request))


@router.delete(
    "/documents/{document_id}/links/{link_id}", response={204: None}, summary="Détacher une pièce"
)
@needs("documents.write")
def unlink_document(request: ApiRequest, document_id: Id, link_id: Id) -> Any:
    """Détache une pièce ; le fichier reste."""
    if link_id not in {link.id for link in _row(request, document_id).links}:
        raise Halt(404, "Ce lien n'existe pas, ou a été défait.")
    linking.detach(
        tenant_id=request.tenant_id,
        attachment_id=link_id,
        actor_id=request.access.user_id,
        today=timezone.localdate(),
    )


def _subject(request: ApiRequest, kind: SubjectKind, subject_id: int) -> Subject:
    """Return what to attach to, which the key must see."""
    moment, asked = places.moment(request, default=FAR), pages.Asked(id=subject_id)
    if kind == "customer":
        places.customer(request, subject_id)
    elif not (pages.invoices if kind == "invoice" else pages.credits_)(moment, asked):
        raise Halt(404, "Ce à quoi attacher la pièce n'existe pas.")
    return Subject(kind, subject_id)


def _row(request: ApiRequest, document_id: int) -> DocumentRow:
    row = lists.document(
        tenant_id=request.tenant_id,
        document_id=document_id,
        creditor_ids=request.scope.creditor_ids,
        people=request.scope.people,
    )
    if row is None:
        raise Halt(404, "Cette pièce n'existe pas.")
    return row


def _shown(row: DocumentRow, codes: dict[int, str]) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in Document.model_fields if hasattr(row, name)}
    links = [
        {"id": one.id, "kind": one.kind, "subject_id": one.subject_id, "label": one.label}
        for one in row.links
    ]
    return {**found, "creditor": codes.get(row.creditor_id, ""), "links": links}
