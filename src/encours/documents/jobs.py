"""Background work of kept files: a ZIP of pieces is read while its page waits."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from encours.documents.actions import intakes


@app.task(queue="imports", name="encours.documents_intake")
def take_in(*, tenant_id: int, intake_id: int) -> None:
    """Take the pieces of one ZIP in."""
    try:
        intakes.run(tenant_id=tenant_id, intake_id=intake_id, today=timezone.localdate())
    except Exception:
        intakes.declare_failed(tenant_id=tenant_id, intake_id=intake_id)
        raise


def take_in_soon(*, tenant_id: int, intake_id: int) -> None:
    """Queue the work with the caller's transaction; ZIPs of a tenant take their turn."""
    ours = take_in.configure(lock=f"documents-{tenant_id}")
    ours.defer(tenant_id=tenant_id, intake_id=intake_id)
