"""What the header of every page shows: the organisations of a person, the creditors they see."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from encours.tenancy.models import Creditor

TENANTS: Final = """
select distinct m.tenant_id, m.tenant_name, t.sending_stopped_at
from encours_memberships(%s) m left join tenancy_tenant t on t.id = m.tenant_id
order by m.tenant_name, m.tenant_id
"""


@dataclass(frozen=True, slots=True)
class TenantChoice:
    """An organisation a person may work for."""

    id: int
    name: str
    stopped_at: datetime | None


@dataclass(frozen=True, slots=True)
class CreditorChoice:
    """A creditor a person may look at, and whether its messages leave."""

    id: int
    code: str
    name: str
    is_live: bool
    stopped_at: datetime | None


def tenants_of(user_id: int) -> list[TenantChoice]:
    """Return the organisations a person is a member of, by name.

    `stopped_at` is known of the open tenant only: the policy hides the others' rows.
    """
    with connection.cursor() as cursor:
        cursor.execute(TENANTS, [user_id])
        return [TenantChoice(*row) for row in cursor.fetchall()]


def creditors(tenant_id: int, creditor_ids: Collection[int] | None = None) -> list[CreditorChoice]:
    """Return the tenant's creditors by name; `creditor_ids` None is all of them."""
    found = Creditor.objects.of(tenant_id)
    if creditor_ids is not None:
        found = found.filter(id__in=creditor_ids)
    rows = found.order_by("name", "id").values_list(
        "id", "code", "name", "live_on", "sending_stopped_at"
    )
    return [
        CreditorChoice(id_, code, name, live is not None, at) for id_, code, name, live, at in rows
    ]


def creditor_ids(tenant_id: int) -> tuple[int, ...]:
    """Return the ids of the tenant's creditors."""
    return tuple(Creditor.objects.of(tenant_id).order_by("id").values_list("id", flat=True))


def creditors_with_siren(tenant_id: int, siren: str) -> list[int]:
    """Return the ids of the tenant's creditors that have this SIREN, one as a rule."""
    if not siren:
        return []
    found = Creditor.objects.of(tenant_id).filter(siren=siren)
    return list(found.order_by("id").values_list("id", flat=True))
