"""Background imports: a file is read, shown, and applied once somebody said yes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from procrastinate.contrib.django import app

from encours.imports.actions import uploads
from encours.imports.actions.uploads import FileGone

QUEUE: Final = "imports"


@app.task(queue=QUEUE, name="encours.import_preview")
def preview(*, tenant_id: int, import_id: int) -> None:
    """Read an upload and keep what it would change."""
    _run(uploads.preview, tenant_id, import_id)


@app.task(queue=QUEUE, name="encours.import_apply")
def apply(*, tenant_id: int, import_id: int) -> None:
    """Apply an upload that a person accepted."""
    _run(uploads.apply, tenant_id, import_id)


def preview_soon(*, tenant_id: int, import_id: int) -> None:
    """Queue the preview with the caller's transaction; imports of a tenant take their turn."""
    preview.configure(lock=f"import-{tenant_id}").defer(tenant_id=tenant_id, import_id=import_id)


def apply_soon(*, tenant_id: int, import_id: int) -> None:
    """Queue the application with the caller's transaction."""
    apply.configure(lock=f"import-{tenant_id}").defer(tenant_id=tenant_id, import_id=import_id)


def _run(work: Callable[..., None], tenant_id: int, import_id: int) -> None:
    """Work, or leave a row that says so: a page must not wait for ever."""
    try:
        work(tenant_id=tenant_id, import_id=import_id)
    except Exception as problem:
        uploads.declare_failed(tenant_id=tenant_id, import_id=import_id)
        if not isinstance(problem, FileGone):
            raise
