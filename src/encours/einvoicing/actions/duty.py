"""Says when a creditor's VAT falls due: only then are receipts declared."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from encours.einvoicing.models import VatDuty
from encours.tenancy import journal


@transaction.atomic
def set_duty(
    *,
    tenant_id: int,
    creditor_id: int,
    on_payment: bool,
    from_on: date,
    actor_id: int | None = None,
    today: date,
) -> None:
    """Keep the choice: VAT due on payment or not, and since when receipts are declared."""
    VatDuty.objects.of(tenant_id).update_or_create(
        tenant_id=tenant_id,
        creditor_id=creditor_id,
        defaults={"on_payment": on_payment, "from_on": from_on, "decided_by_id": actor_id},
    )
    journal.record(
        "einvoicing.duty_set",
        tenant_id=tenant_id,
        subject=("creditor", creditor_id),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=creditor_id,
        data={"on_payment": on_payment, "from_on": from_on.isoformat()},
    )
