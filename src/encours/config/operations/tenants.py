"""Walks over every tenant of the installation, for jobs and checks."""

from __future__ import annotations

from django.db import connection


def tenant_ids() -> list[int]:
    """Return the ids of all tenants; each is then entered by its own door."""
    with connection.cursor() as cursor:
        cursor.execute("select tenant_id from encours_tenants()")
        return [row[0] for row in cursor.fetchall()]


def by_slug(slug: str) -> int | None:
    """Return the tenant that has this code, or None."""
    with connection.cursor() as cursor:
        cursor.execute("select tenant_id from encours_tenants() where slug = %s", [slug])
        row = cursor.fetchone()
    return int(row[0]) if row else None
