"""Settings as they hold, for a creditor or for the whole tenant, each with its origin."""

from __future__ import annotations

from encours.tenancy.inherited import SETTINGS, InForce, in_force
from encours.tenancy.models import Creditor, Tenant

Policy = dict[str, InForce]


def policy(*, tenant_id: int, creditor_id: int | None) -> Policy:
    """Return every setting of `tenancy.inherited`; `creditor_id` None is the tenant's own."""
    if creditor_id is None:
        tenant = Tenant.objects.get(id=tenant_id)
        return {name: in_force(None, getattr(tenant, name)) for name in SETTINGS}
    found = Creditor.objects.of(tenant_id).select_related("tenant").defer("logo")
    creditor = found.get(id=creditor_id)
    return {
        name: in_force(getattr(creditor, name), getattr(creditor.tenant, name)) for name in SETTINGS
    }


def own_settings(tenant_id: int) -> dict[str, list[str]]:
    """Return, for each setting, the names of the creditors that do not follow the tenant."""
    rows = Creditor.objects.of(tenant_id).order_by("name").values("name", *SETTINGS)
    found = list(rows)
    return {name: [row["name"] for row in found if row[name] is not None] for name in SETTINGS}
