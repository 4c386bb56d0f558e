"""The tenant's tables as PostgreSQL's own catalogue knows them, and their rows as CSV.

A table added tomorrow is exported tomorrow: nothing here knows one by name, but for secrets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection
from psycopg import sql

SECRETS: Final = re.compile(r"password|secret|token|sealed_key|key_digest|key_hash|hashed_key")
LEFT_OUT: Final = frozenset(
    {
        ("messaging_messagecontent", "body"),
        ("messaging_channelaccount", "digest"),
        ("tenancy_apikey", "digest"),
        ("feeds_source", "digest"),
        ("replies_inbox", "digest"),
    }
)
"""The bytes of messages are files of their own; a key's digest helps nobody but a thief."""
TABLES: Final = """
select c.relname, array_agg(a.attname::text order by a.attnum)
from pg_class c
join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relkind in ('r', 'p') and not c.relispartition
    and has_table_privilege(c.oid, 'select') and c.relrowsecurity
group by c.relname
having bool_or(a.attname = 'tenant_id')
order by c.relname
"""
PEOPLE: Final = """
select u.id, u.email, u.first_name, u.last_name, u.language, u.is_active, u.date_joined
from tenancy_user u where u.id in (
    select user_id from tenancy_membership where tenant_id = current_tenant())
order by u.id
"""
TENANT: Final = "select id, name, slug, created_at from tenancy_tenant where id = current_tenant()"


@dataclass(frozen=True, slots=True)
class TenantTable:
    """A table with rows of the tenant; `left_out` are the columns that hold secrets."""

    name: str
    columns: tuple[str, ...]
    left_out: tuple[str, ...]

    def has(self, column: str) -> bool:
        """Say whether the table has this column."""
        return column in self.columns


def tables() -> list[TenantTable]:
    """Return every table that carries a tenant, by name."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        rows = cursor.fetchall()
    found = []
    for name, columns in rows:
        hidden = [one for one in columns if SECRETS.search(one) or (name, one) in LEFT_OUT]
        shown = tuple(one for one in columns if one not in hidden)
        found.append(TenantTable(name, shown, tuple(hidden)))
    return found


def rows_as_csv(table: TenantTable, *, where: str = "", ids: Sequence[int] = ()) -> Iterator[bytes]:
    """Yield a table's rows of the tenant as CSV, as PostgreSQL writes them.

    `where` names a column whose value must be among `ids`.
    """
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    query = sql.SQL("select {} from {} where tenant_id = current_tenant()").format(
        columns, sql.Identifier(table.name)
    )
    if where:
        query += sql.SQL(" and {} = any({})").format(sql.Identifier(where), sql.Literal(list(ids)))
    if table.has("id"):
        query += sql.SQL(" order by tenant_id, id")
    yield from copied(query)


def copied(query: sql.Composable) -> Iterator[bytes]:
    """Yield the answer of a query as CSV with its titles, in constant memory."""
    connection.ensure_connection()
    with (
        connection.connection.cursor() as cursor,
        cursor.copy(sql.SQL("copy ({}) to stdout (format csv, header)").format(query)) as copy,
    ):
        for block in copy:
            yield bytes(block)
