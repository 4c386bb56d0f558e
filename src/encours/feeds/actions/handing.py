"""Hands a file to the imports with nobody looking: applied without an error, else kept to be seen.

The same actions as a file that a person drops: received, previewed, accepted, applied. What has
an error, or columns nobody chose, stays as it is on its page, for a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from encours.imports.actions import einvoices, tables, uploads
from encours.imports.models import FileImport, Mapping
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
    """Preview a received file, and apply it when nothing is wrong with it; outside transactions."""
    asked = {"tenant_id": tenant_id, "import_id": import_id}
    try:
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
