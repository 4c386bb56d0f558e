"""The few questions asked before a tenant is known; the database answers as little as possible."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class CreditorPlace:
    """A creditor of the installation and the tenant that holds it."""

    tenant_id: int
    tenant_slug: str
    creditor_id: int


@dataclass(frozen=True, slots=True)
class TenantPlace:
    """A tenant of the installation."""

    tenant_id: int
    slug: str


def find_tenants(slug: str = "") -> list[TenantPlace]:
    """Return the tenants of the installation, or the one with this slug."""
    with connection.cursor() as cursor:
        cursor.execute("select tenant_id, slug from encours_tenants()")
        found = [TenantPlace(*row) for row in cursor.fetchall()]
    return [one for one in found if slug in ("", one.slug)]


def find_creditors(code: str) -> list[CreditorPlace]:
    """Return the creditors that have this code, one for each tenant at most."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select tenant_id, tenant_slug, creditor_id from encours_creditors(%s)", [code]
        )
        return [CreditorPlace(*row) for row in cursor.fetchall()]
