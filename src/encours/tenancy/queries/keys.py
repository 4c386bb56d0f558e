"""The keys of the API as their page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from encours.tenancy.models import ApiKey, User


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One key; `creditor_id` None is every creditor."""

    id: int
    name: str
    prefix: str
    role: str
    creditor_id: int | None
    creditor: str
    scopes: tuple[str, ...]
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None

    def is_over(self, now: datetime) -> bool:
        """Say whether the key opens nothing any more."""
        return self.revoked_at is not None or (
            self.expires_at is not None and self.expires_at <= now
        )


def api_keys(tenant_id: int) -> list[KeyRow]:
    """Return the keys, those in use first, the newest first."""
    rows = list(
        ApiKey.objects.of(tenant_id)
        .select_related("creditor")
        .defer("creditor__logo")
        .order_by("-pk")
    )
    people = User.objects.filter(id__in={row.created_by_id for row in rows})
    names = {user.pk: str(user) for user in people}
    found = [
        KeyRow(
            id=row.pk,
            name=row.name,
            prefix=row.prefix,
            role=row.role,
            creditor_id=row.creditor_id,
            creditor=row.creditor.name if row.creditor else "",
            scopes=tuple(row.scopes),
            created_by=names.get(row.created_by_id, ""),
            created_at=row.created_at,
            expires_at=row.expires_at,
            revoked_at=row.revoked_at,
            last_used_at=row.last_used_at,
        )
        for row in rows
    ]
    return sorted(found, key=lambda row: row.revoked_at is not None)


def key_creditor(*, tenant_id: int, key_id: int) -> tuple[bool, int | None]:
    """Return whether the key exists, and its creditor, for the check of rights."""
    row = ApiKey.objects.of(tenant_id).filter(id=key_id).values_list("creditor_id").first()
    return (row is not None, row[0] if row else None)
