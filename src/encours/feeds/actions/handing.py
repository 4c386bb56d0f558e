"""Hands a file to the imports with nobody looking: applied without an error, else kept to be seen.

The same actions as a file that a person drops: received, previewed, accepted, applied. What has
an error, or columns nobody chose, stays as it is on its page, for a person.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from django.utils import timezone

from encours.documents.actions.archives import receive_archive
from encours.documents.rules.content import NotTaken
from encours.imports.actions import einvoices, tables, uploads
from encours.imports.models import FileImport, Mapping
from encours.imports.ports import EINVOICE_READERS
from encours.kernel.refusal import Refusal
from encours.tenancy.scope import in_tenant

SILENT: Final = (einvoices.KIND, "master", "contacts")
"""Kinds of import that say nothing of what was paid since: the ledger is no fresher."""
CHUNK: Final = 1024 * 1024
DOCUMENTS: Final = ("invoices", "other_debits", "credit_notes", "payments", "other_credits")
State = Literal["applied", "waiting", "known", "refused"]


@dataclass(frozen=True, slots=True)
class Handed:
    """What became of a file, in one sentence."""

    state: State
    sentence: str
    import_id: int | None = None
    rows: int = 0
    is_ledger: bool = True


def hand_over(
    *, tenant_id: int, creditor_id: int, path: Path, name: str, mapping_id: int | None = None
) -> Handed:
    """Take a file in for a creditor, and apply it when nothing is wrong with it."""
    import_id = receive(tenant_id=tenant_id, creditor_id=creditor_id, path=path, name=name)
    return finish(tenant_id=tenant_id, import_id=import_id, mapping_id=mapping_id)


def receive(*, tenant_id: int, creditor_id: int, path: Path, name: str) -> int:
    """Keep a file and return the import that waits for `finish`."""
    with in_tenant(tenant_id):
        return uploads.receive(
            tenant_id=tenant_id,
            creditor_id=creditor_id,
            name=name,
            chunks=_chunks(path),
            author_id=None,
            kind="",
        )


def finish(*, tenant_id: int, import_id: int, mapping_id: int | None = None) -> Handed:
    """Preview a received file, and apply it when nothing is wrong with it; outside transactions.

    A ZIP of plain PDFs is no import: its pieces are attached to the invoices whose number they
    bear, as those that a person brings.
    """
    asked = {"tenant_id": tenant_id, "import_id": import_id}
    try:
        row = _row(tenant_id, import_id)
        path = uploads.path_of(tenant_id=tenant_id, sha256=row.sha256)
        if row.kind == einvoices.KIND and holds_pieces(path, row.file_name):
            return _attached(row, path)
        uploads.preview(**asked)
        if _chose(tenant_id, import_id, mapping_id):
            uploads.preview(**asked)
        row = _row(tenant_id, import_id)
        if row.state == "previewed" and not row.issue_counts.get("error"):
            with in_tenant(tenant_id):
                uploads.accept(**asked, accept_rest=False, author_id=None)
            uploads.apply(**asked)
            row = _row(tenant_id, import_id)
    except Refusal as refusal:
        return Handed("waiting", str(refusal), import_id)
    except Exception:
        uploads.declare_failed(**asked)
        raise
    return _told(row)


def holds_pieces(path: Path, name: str) -> bool:
    """Say whether a file is a ZIP of PDFs, none of which has the data of an invoice in it."""
    try:
        with zipfile.ZipFile(path) as archive:
            named = [one.filename for one in archive.infolist() if not one.is_dir()]
    except (zipfile.BadZipFile, OSError):
        return False
    if not named or not all(one.lower().endswith(".pdf") for one in named):
        return False
    reader = EINVOICE_READERS[einvoices.KIND]
    return not any(one.invoice or one.status for one in reader.read(path, name=name))


def _attached(row: FileImport, path: Path) -> Handed:
    """Attach the pieces of a ZIP by their number, and forget the import that brought them."""
    owner: dict[str, Any] = {"tenant_id": row.tenant_id, "creditor_id": row.creditor_id}
    name = f"« {row.file_name} »"
    try:
        with path.open("rb") as file:
            found = receive_archive(file, **owner, name=row.file_name, today=timezone.localdate())
    except NotTaken as refused:
        handed = Handed("refused", f"{name} est refusé : {refused}", is_ledger=False)
    else:
        counts = found.counts
        left = counts["left"] + counts["ambiguous"]
        sentence = (
            f"{name} : {counts['attached']} pièces attachées, {counts['known']} déjà gardées, "
            f"{left} à attacher par une personne, {counts['refused']} refusées."
        )
        handed = Handed("applied", sentence, rows=counts["attached"], is_ledger=False)
    with in_tenant(row.tenant_id):
        FileImport.objects.of(row.tenant_id).filter(pk=row.pk).update(state="refused")
        uploads.cancel(tenant_id=row.tenant_id, import_id=row.pk)
    return handed


def _chose(tenant_id: int, import_id: int, mapping_id: int | None) -> bool:
    """Give a table the mapping chosen for its source, where its headings did not say one."""
    if mapping_id is None:
        return False
    with in_tenant(tenant_id):
        row = FileImport.objects.of(tenant_id).get(pk=import_id)
        saved = Mapping.objects.of(tenant_id).filter(pk=mapping_id).first()
        if row.kind != tables.KIND or row.state != "mapping" or saved is None:
            return False
        tables.choose(
            tenant_id=tenant_id,
            import_id=import_id,
            mapping=saved.definition,
            author_id=None,
            today=row.created_at.date(),
        )
    return True


def _told(row: FileImport) -> Handed:
    name, is_ledger = f"« {row.file_name} »", row.kind not in SILENT
    if row.state == "applied":
        rows = int(row.control.get("lines") or sum(row.counts.get(one, 0) for one in DOCUMENTS))
        return Handed("applied", f"{name} est importé.", row.pk, rows, is_ledger)
    if any(issue.get("code") == "already_imported" for issue in row.issues):
        sentence = f"{name} était déjà importé : rien n'a changé."
        return Handed("known", sentence, row.pk, is_ledger=is_ledger)
    if row.state == "mapping":
        return Handed("waiting", f"{name} attend que ses colonnes soient choisies.", row.pk)
    errors = row.issue_counts.get("error", 0)
    first = next((one["message"] for one in row.issues if one.get("severity") == "error"), "")
    if row.state == "previewed":
        return Handed(
            "waiting", f"{name} attend une décision, {errors} erreur(s) : {first}", row.pk
        )
    return Handed("refused", f"{name} est refusé : {first or 'fichier illisible.'}", row.pk)


def _row(tenant_id: int, import_id: int) -> FileImport:
    with in_tenant(tenant_id):
        return FileImport.objects.of(tenant_id).get(pk=import_id)


def kind_of(*, tenant_id: int, import_id: int | None) -> str:
    """Return what kind of file an import is; nothing when it was forgotten."""
    if import_id is None:
        return ""
    with in_tenant(tenant_id):
        row = FileImport.objects.of(tenant_id).filter(pk=import_id).first()
    return row.kind if row else ""


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            yield chunk
