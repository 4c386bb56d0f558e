"""Saved mappings: listed, and found again by name or by the headings of a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q

from encours.imports.models import Mapping


@dataclass(frozen=True, slots=True)
class SavedMapping:
    """One saved mapping; `creditor_id` None: of the whole tenant."""

    id: int
    name: str
    creditor_id: int | None
    definition: dict[str, Any]
    signature: str
    author_id: int | None
    created_at: datetime
    used_at: datetime | None


def mappings(*, tenant_id: int, creditor_id: int | None = None) -> list[SavedMapping]:
    """Return the mappings that a creditor may use, or all; its own first, the last used first."""
    rows = Mapping.objects.of(tenant_id)
    if creditor_id is not None:
        rows = rows.filter(Q(creditor_id=creditor_id) | Q(creditor_id=None))
    ordered = rows.order_by(
        F("creditor_id").asc(nulls_last=True), F("used_at").desc(nulls_last=True), "-pk"
    )
    return [_row(one) for one in ordered]


def named(*, tenant_id: int, creditor_id: int, name: str) -> SavedMapping | None:
    """Return the mapping of this name, the creditor's own before the tenant's."""
    known = mappings(tenant_id=tenant_id, creditor_id=creditor_id)
    return next((one for one in known if one.name.casefold() == name.casefold()), None)


def recognised(*, tenant_id: int, creditor_id: int, signature: str) -> SavedMapping | None:
    """Return the mapping saved for files with these headings, or None."""
    known = mappings(tenant_id=tenant_id, creditor_id=creditor_id)
    return next((one for one in known if one.signature == signature), None)


def _row(one: Mapping) -> SavedMapping:
    return SavedMapping(
        one.pk,
        one.name,
        one.creditor_id,
        dict(one.definition),
        one.signature,
        one.author_id,
        one.created_at,
        one.used_at,
    )
