"""Files brought by a program: uploaded, shown, accepted, undone; the same as on the site."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from ninja import Field, File, Form, Router, Schema
from ninja.files import UploadedFile

from encours.api import places
from encours.api.guard import ApiRequest, needs
from encours.api.kinds import CreditorCode, Cursor, Given, Id, Limit, Text20, Text80
from encours.api.paging import Page, after, page
from encours.api.problems import Halt, IssueShape, field_issue
from encours.imports import actions, jobs
from encours.imports.actions import tables, uploads
from encours.imports.ports import EINVOICE_READERS, READERS
from encours.imports.queries import history, mappings
from encours.imports.queries.history import PastImport

router = Router(tags=["Imports"])


class Import(Schema):
    """A file and what became of it; it waits for `accept` once it is `previewed`."""

    id: int
    creditor: str
    file_name: str
    kind: str
    state: str
    progress: int
    sha256: str
    size_bytes: int
    first_on: date | None
    last_on: date | None
    counts: dict[str, int]
    issue_counts: dict[str, int]
    created_at: datetime
    applied_at: datetime | None
    undone_at: datetime | None


class Difference(Schema):
    """A customer whose balance is not that of the file."""

    customer: str
    file: str
    ledger: str


class Change(Schema):
    """A field of a customer that a list of customers would change."""

    customer: str
    field: str
    before: str
    after: str


class Mapping(Schema):
    """A saved mapping of the columns of a table; without a creditor, for all."""

    name: str = Field(examples=["Ventes Sage"])
    creditor: str | None
    meaning: str = Field(examples=["movements"])
    columns: dict[str, str] = Field(examples=[{"number": "N° facture", "amount": "Montant TTC"}])


class Control(Schema):
    """The balance of the file against that of the ledger, to the cent."""

    ok: bool
    on: date | None
    ledger_net: str
    file_net: str
    differences: list[Difference]
    changes: list[Change] = []


class ImportDetail(Import):
    """A file with its control and its remarks, the gravest first."""

    control: Control | None
    issues: list[IssueShape]


class Upload(Given):
    """Whose file it is, its format, and for a table the saved mapping that reads its columns."""

    creditor: CreditorCode = ""
    kind: Text20 = Field(
        "fec",
        description="`fec`, `table`, `einvoice`… ; vide : le contenu le dit.",
        examples=["table"],
    )
    mapping: Text80 = Field(
        "",
        description="Le nom d'une correspondance enregistrée ; vide : celle de ces en-têtes.",
        examples=["Ventes Sage"],
    )


class Acceptance(Given):
    """What is accepted of a file that has errors."""

    accept_rest: bool = False


@router.get("/imports", response=Page[Import], summary="Imports")
@needs("imports.read")
def list_imports(
    request: ApiRequest, creditor: CreditorCode = "", limit: Limit = 100, cursor: Cursor = ""
) -> Any:
    """Liste les fichiers reçus et leur sort."""
    found = history.import_page(
        tenant_id=request.tenant_id,
        creditor_ids=places.scope(request, creditor).creditor_ids,
        after=after(cursor, "imports"),
        limit=limit + 1,
    )
    codes = places.codes(request)
    return page("imports", found, limit, lambda row: _shown(row, codes))


@router.post("/imports", response={201: Import}, summary="Déposer un fichier")
@needs("imports.write", body_max=settings.UPLOAD_MAX_BYTES)
def create_import(
    request: ApiRequest,
    response: HttpResponse,
    file: File[UploadedFile],
    given: Form[Upload],
) -> Any:
    """Garde un fichier et le fait lire ; rien n'entre avant `accept`."""
    owner = places.creditor(request, given.creditor)
    if given.kind and given.kind not in _kinds():
        said = f"Formats lus : {', '.join(_kinds())}."
        raise Halt(422, said, issues=[field_issue("kind", said, found=given.kind)])
    mapping = _mapping(request, owner.id, given)
    import_id = uploads.receive(
        tenant_id=request.tenant_id,
        creditor_id=owner.id,
        name=file.name or "fichier",
        chunks=file.chunks(),
        author_id=request.access.user_id,
        kind=tables.KIND if mapping else given.kind,
        mapping=mapping,
    )
    jobs.preview_soon(tenant_id=request.tenant_id, import_id=import_id)
    response["Location"] = f"/api/v1/imports/{import_id}"
    return _shown(_row(request, import_id), places.codes(request))


@router.get("/mappings", response=list[Mapping], summary="Correspondances")
@needs("imports.read")
def list_mappings(request: ApiRequest, creditor: CreditorCode = "") -> Any:
    """Liste les correspondances enregistrées, dont le nom se donne au dépôt d'un tableau."""
    owner = places.creditor(request, creditor)
    codes = places.codes(request)
    return [
        {
            "name": one.name,
            "creditor": codes.get(one.creditor_id) if one.creditor_id else None,
            "meaning": one.definition.get("meaning", ""),
            "columns": one.definition.get("columns", {}),
        }
        for one in mappings.mappings(tenant_id=request.tenant_id, creditor_id=owner.id)
    ]


@router.get("/imports/{import_id}", response=ImportDetail, summary="Un import")
@needs("imports.read")
def get_import(request: ApiRequest, import_id: Id) -> Any:
    """Dit où en est un fichier, ce qu'il changerait ou a changé, et ses anomalies."""
    return _detail(request, import_id)


@router.post("/imports/{import_id}/accept", response=ImportDetail, summary="Appliquer un import")
@needs("imports.write")
def accept_import(request: ApiRequest, import_id: Id, given: Acceptance) -> Any:
    """Applique un fichier lu ; `accept_rest` laisse de côté les écritures fausses."""
    _row(request, import_id)
    asked = {"tenant_id": request.tenant_id, "import_id": import_id}
    uploads.accept(**asked, accept_rest=given.accept_rest, author_id=request.access.user_id)
    jobs.apply_soon(**asked)
    return _detail(request, import_id)


@router.post("/imports/{import_id}/undo", response=ImportDetail, summary="Annuler un import")
@needs("imports.write")
def undo_import(request: ApiRequest, import_id: Id) -> Any:
    """Annule un import en entier, ou dit ce qui en dépend."""
    _row(request, import_id)
    actions.undo(
        tenant_id=request.tenant_id,
        import_id=import_id,
        user_id=request.access.user_id,
        today=timezone.localdate(),
    )
    return _detail(request, import_id)


@router.delete("/imports/{import_id}", response={204: None}, summary="Oublier un fichier")
@needs("imports.write")
def delete_import(request: ApiRequest, import_id: Id) -> Any:
    """Oublie un fichier qui n'a pas été appliqué."""
    _row(request, import_id)
    uploads.cancel(tenant_id=request.tenant_id, import_id=import_id)


def _kinds() -> tuple[str, ...]:
    return (*READERS, tables.KIND, *EINVOICE_READERS)


def _mapping(request: ApiRequest, creditor_id: int, given: Upload) -> dict[str, Any] | None:
    if not given.mapping:
        return None
    found = mappings.named(tenant_id=request.tenant_id, creditor_id=creditor_id, name=given.mapping)
    if found is None or given.kind not in ("", tables.KIND):
        said = "Aucune correspondance de ce nom pour un tableau de cette société."
        raise Halt(422, said, issues=[field_issue("mapping", said, found=given.mapping)])
    return found.definition


def _row(request: ApiRequest, import_id: int) -> PastImport:
    row = history.one_import(tenant_id=request.tenant_id, import_id=import_id)
    if row is None or not request.scope.covers(row.creditor_id):
        raise Halt(404, "Cet import n'existe pas.")
    return row


def _detail(request: ApiRequest, import_id: int) -> dict[str, Any]:
    row = _row(request, import_id)
    control = row.control if row.control.get("ok") is not None else None
    return {**_shown(row, places.codes(request)), "control": control, "issues": row.issues}


def _shown(row: PastImport, codes: dict[int, str]) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in Import.model_fields if hasattr(row, name)}
    return {**found, "creditor": codes.get(row.creditor_id, "")}
