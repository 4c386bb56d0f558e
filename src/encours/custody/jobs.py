"""Background work of what leaves: archives asked for on a page."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from encours.custody.actions import departures


@app.task(queue="imports", name="encours.custody_departure")
def depart(*, tenant_id: int, departure_id: int) -> None:
    """Make one archive."""
    departures.make(tenant_id=tenant_id, departure_id=departure_id, today=timezone.localdate())


def depart_soon(*, tenant_id: int, departure_id: int) -> None:
    """Queue the work with the caller's transaction; archives of a tenant take their turn."""
    ours = depart.configure(lock=f"custody-{tenant_id}")
    ours.defer(tenant_id=tenant_id, departure_id=departure_id)
