"""Past imports of a creditor, newest first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from encours.imports.models import FileImport


@dataclass(frozen=True, slots=True)
class PastImport:
    """One import as its list shows it."""

    id: int
    creditor_id: int
    file_name: str
    kind: str
    state: str
    first_on: date | None
    last_on: date | None
    counts: dict[str, int]
    control: dict[str, Any]
    issues: list[dict[str, Any]]
    author_id: int | None
    created_at: datetime
    applied_at: datetime | None
    undone_at: datetime | None
    progress: int
    sha256: str
    size_bytes: int
    accepted_rest: bool
    issue_counts: dict[str, int]
    mapping: dict[str, Any]

    @property
    def has_contacts(self) -> bool:
        """Say whether a table has columns that reach people, beside its invoices."""
        columns: dict[str, str] = self.mapping.get("columns", {})
        return self.kind == "table" and bool(columns.keys() & {"email", "phone", "address_line1"})

    @property
    def errors(self) -> int:
        """Return how many issues refuse an entry."""
        return self.issue_counts.get("error", 0)

    @property
    def warnings(self) -> int:
        """Return how many issues are worth a look."""
        return self.issue_counts.get("warning", 0)


def imports(
    *,
    tenant_id: int,
    creditor_id: int | None = None,
    creditor_ids: Collection[int] | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[PastImport]:
    """Return the imports of one creditor, of some, or of all; a list has no issues in it."""
    rows = FileImport.objects.of(tenant_id).order_by("-pk").defer("issues")
    if creditor_id is not None:
        rows = rows.filter(creditor_id=creditor_id)
    if creditor_ids is not None:
        rows = rows.filter(creditor_id__in=creditor_ids)
    chosen = rows[offset : None if limit is None else offset + limit]
    return [_row(one, with_issues=False) for one in chosen]


def import_page(
    *, tenant_id: int, creditor_ids: Collection[int] | None, after: int, limit: int
) -> list[PastImport]:
    """Return imports in the order of ids, without their issues."""
    rows = FileImport.objects.of(tenant_id).filter(pk__gt=after).defer("issues")
    if creditor_ids is not None:
        rows = rows.filter(creditor_id__in=creditor_ids)
    return [_row(one, with_issues=False) for one in rows.order_by("pk")[:limit]]


def one_import(*, tenant_id: int, import_id: int) -> PastImport | None:
    """Return one import, or None when this tenant has none of that number."""
    found = FileImport.objects.of(tenant_id).filter(pk=import_id).first()
    return _row(found) if found else None


def tenant_of(import_id: int) -> int | None:
    """Return the tenant of an import number, for the command line."""
    with connection.cursor() as cursor:
        cursor.execute("select encours_import_tenant(%s)", [import_id])
        row = cursor.fetchone()
    return row[0] if row and row[0] is not None else None


def _row(one: FileImport, *, with_issues: bool = True) -> PastImport:
    return PastImport(
        id=one.pk,
        creditor_id=one.creditor_id,
        file_name=one.file_name,
        kind=one.kind,
        state=one.state,
        first_on=one.first_on,
        last_on=one.last_on,
        counts=one.counts,
        control=one.control,
        issues=one.issues if with_issues else [],
        author_id=one.author_id,
        created_at=one.created_at,
        applied_at=one.applied_at,
        undone_at=one.undone_at,
        progress=one.progress,
        sha256=one.sha256,
        size_bytes=one.size_bytes,
        accepted_rest=one.accepted_rest,
        issue_counts=one.issue_counts,
        mapping=one.mapping,
    )
