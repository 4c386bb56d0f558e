"""The day from which a creditor's reminders leave; who decides it lives in `dunning`."""

from __future__ import annotations

from datetime import date, datetime

from encours.tenancy.models import Creditor


def set_live_on(
    *, tenant_id: int, creditor_id: int, live_on: date | None, triaged_at: datetime | None
) -> None:
    """Write the first day of real sending, or None for rehearsal; the caller journals it."""
    Creditor.objects.of(tenant_id).filter(id=creditor_id).update(
        live_on=live_on, triaged_at=triaged_at
    )
