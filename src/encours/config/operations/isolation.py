"""The start-up check: the program refuses to work with a role that policies do not bind."""

from __future__ import annotations

from typing import Final

from django.db import connection

from encours.kernel.refusal import Refusal

BYPASSES: Final = """
select rolsuper or rolbypassrls or exists (
    select from pg_class where relrowsecurity and pg_has_role(current_user, relowner, 'member'))
from pg_roles where rolname = current_user
"""
UNPROTECTED: Final = """
select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
where a.attname = 'tenant_id' and c.relkind in ('r', 'p')
  and c.relnamespace = 'public'::regnamespace
  and (not c.relrowsecurity or not exists (select from pg_policy p where p.polrelid = c.oid))
order by 1
"""


class UnsafeRole(Refusal):
    """The database role could see every tenant."""

    message = (
        "Le rôle de connexion à la base peut contourner l'isolation des organisations "
        "(superutilisateur, BYPASSRLS ou propriétaire des tables). Connectez le programme avec "
        "le rôle applicatif (DATABASE_URL) ; le propriétaire va dans DATABASE_OWNER_URL."
    )


def bypasses() -> bool:
    """Say whether this connection's role could step around the policies."""
    with connection.cursor() as cursor:
        cursor.execute(BYPASSES)
        return bool(cursor.fetchone()[0])


def unprotected_tables() -> list[str]:
    """Return the business tables without an active policy: there must be none."""
    with connection.cursor() as cursor:
        cursor.execute(UNPROTECTED)
        return [row[0] for row in cursor.fetchall()]


def assert_isolated() -> None:
    """Raise UnsafeRole rather than serve with a role that sees everything."""
    if bypasses():
        raise UnsafeRole
