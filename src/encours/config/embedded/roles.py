"""The roles of the embedded database: who owns, who works, who reads.

The superuser of `initdb` ignores every policy, so it only makes the other three and the
database; nothing else ever connects with it.
"""

from __future__ import annotations

from typing import Final

import psycopg
from psycopg import sql

SUPERUSER: Final = "encours_bootstrap"
OWNER: Final = "encours_owner"
APP: Final = "encours_app"
READ: Final = "encours_read"
DATABASE: Final = "encours"

_ROLES: Final = {OWNER: "login createdb", APP: "login", READ: "login"}


def bootstrap(url: str) -> None:
    """Create the roles and the database that are missing; `url` is the superuser's."""
    with psycopg.connect(url, autocommit=True) as connection:
        for role, rights in _ROLES.items():
            if not connection.execute("select from pg_roles where rolname = %s", [role]).rowcount:
                connection.execute(
                    sql.SQL("create role {} {}").format(sql.Identifier(role), sql.SQL(rights))
                )
        if not connection.execute(
            "select from pg_database where datname = %s", [DATABASE]
        ).rowcount:
            connection.execute(
                sql.SQL("create database {} owner {} template template0").format(
                    sql.Identifier(DATABASE), sql.Identifier(OWNER)
                )
            )
        for statement in _GRANTS:
            connection.execute(statement)


_GRANTS: Final = (
    f"revoke connect, temporary on database {DATABASE} from public",
    f"grant connect, temporary on database {DATABASE} to {APP}, {READ}",
)
