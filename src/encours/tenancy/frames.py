"""Whole-ledger data in and out of PostgreSQL as Polars frames, on Django's own connection.

Reading is `COPY (query) TO STDOUT`, writing is COPY into a temporary table followed by the
caller's `INSERT … SELECT`: PostgreSQL refuses `COPY FROM` on a table with policies.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import polars as pl
from django.db import connection
from psycopg import pq, sql
from psycopg.errors import error_from_result

PG_TYPES: Final[Mapping[Any, str]] = {
    pl.Int8: "smallint",
    pl.Int16: "smallint",
    pl.Int32: "integer",
    pl.Int64: "bigint",
    pl.UInt32: "bigint",
    pl.String: "text",
    pl.Date: "date",
    pl.Boolean: "boolean",
}
FEW: Final = 1_000
_NAMED: Final = re.compile(r"named\(([\w.]+)\)")
_NAME: Final = re.compile(r"^[a-z_][a-z0-9_]*$")


def read_frame(
    query: str, params: Mapping[str, Any] | None = None, *, schema: Mapping[str, Any]
) -> pl.DataFrame:
    """Return the rows of a query; `schema` names its columns, in order, with their Polars types.

    Runs in the caller's transaction, so row-level security and uncommitted writes hold. Arrays
    come as text (`{1,2}`); nulls are told from empty texts.
    """
    composed = sql.SQL("copy ({}) to stdout (format csv)").format(_with_literals(query, params))
    buffer = _copied(composed)
    if not buffer.tell():
        return pl.DataFrame(schema=dict(schema))
    buffer.seek(0)
    booleans = [name for name, kind in schema.items() if kind == pl.Boolean]
    read_as = {name: pl.String if name in booleans else kind for name, kind in schema.items()}
    frame = pl.read_csv(buffer, has_header=False, schema=read_as)
    return frame.with_columns(pl.col(name) == "t" for name in booleans)


def read_named(
    query: str, params: Mapping[str, Any], ids: pl.Series, *, schema: Mapping[str, Any]
) -> pl.DataFrame:
    """Return the rows of a query whose `named(column)` is one of these ids, and maybe others.

    A few ids are listed. Where they fill at least half of the stretch that they span, the stretch
    is read: less work than to join a million. Else they go into a temporary table.
    """
    if ids.is_empty():
        return pl.DataFrame(schema=dict(schema))
    if ids.len() <= FEW:
        given = {**params, "ids": ids.to_list()}
        return _where(query, r"\1 = any (%(ids)s::bigint[])", given, schema)
    first, last = ids.alias("id").to_frame().select(first=pl.min("id"), last=pl.max("id")).row(0)
    if last - first < 2 * ids.len():
        given = {**params, "first": first, "last": last}
        return _where(query, r"\1 between %(first)s and %(last)s", given, schema)
    stage_frame("named_ids", pl.DataFrame({"id": ids.unique()}))
    found = _where(query, r"\1 in (select named_ids.id from named_ids)", params, schema)
    with connection.cursor() as cursor:
        cursor.execute("drop table named_ids")
    return found


def _where(
    query: str, condition: str, params: Mapping[str, Any], schema: Mapping[str, Any]
) -> pl.DataFrame:
    return read_frame(_NAMED.sub(condition, query), params, schema=schema)


@contextmanager
def one_process(asked: bool = True) -> Iterator[None]:  # noqa: FBT001, FBT002 - reads as said
    """Read whole tables joined on their keys without parallel workers.

    Every row goes through the one process that sends: PostgreSQL then walks both tables side by
    side in the order of their keys, where workers look each row up (half the work of a million).
    """
    if not asked:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("set local max_parallel_workers_per_gather = 0")
    yield
    with connection.cursor() as cursor:
        cursor.execute("set local max_parallel_workers_per_gather to default")


def numbers_listed(lists: pl.DataFrame) -> pl.DataFrame:
    """Return one row a number, of columns where `array_to_string(…, ' ')` put many.

    The first column is the key; the others are lists, each row's of one length, in their order.
    """
    _key, *columns = lists.columns
    apart = lists.with_columns(pl.col(columns).str.split(" ")).explode(columns)
    return apart.with_columns(pl.col(columns).cast(pl.Int64, strict=False)).drop_nulls(columns)


def _copied(statement: sql.Composable) -> io.BytesIO:
    """Return what a COPY sends, taken from libpq row by row.

    The driver's own loop waits on the socket anew for each row: it took most of the time of a read
    of a million rows.
    """
    buffer = io.BytesIO()
    connection.ensure_connection()
    driver = connection.connection
    with connection.wrap_database_errors:
        if driver.info.transaction_status == pq.TransactionStatus.IDLE and not driver.autocommit:
            driver.execute("select")  # opens the transaction, as the driver does before a statement
        low = driver.pgconn
        started = low.exec_(statement.as_bytes(driver))
        if started.status != pq.ExecStatus.COPY_OUT:
            raise error_from_result(started)
        size, block = low.get_copy_data(0)
        while size > 0:
            buffer.write(block)
            size, block = low.get_copy_data(0)
        ended = low.get_result()
        while low.get_result() is not None:
            pass
        if ended.status != pq.ExecStatus.COMMAND_OK:
            raise error_from_result(ended)
    return buffer


def stage_frame(name: str, frame: pl.DataFrame, *, is_joined: bool = True) -> None:
    """Create the temporary table `name`, dropped at commit, with the rows of the frame.

    A table that no statement joins needs no statistics: `is_joined=False` saves their cost.
    Raises psycopg's DuplicateTable when the transaction already staged that name.
    """
    assert _NAME.match(name), name
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(PG_TYPES[kind.base_type()]))
        for column, kind in frame.schema.items()
    )
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("create temporary table {} ({}) on commit drop").format(
                sql.Identifier(name), columns
            )
        )
        into = sql.SQL("copy {} from stdin (format csv)").format(sql.Identifier(name))
        with cursor.copy(into) as copy:
            for piece in frame.iter_slices(200_000):
                copy.write(piece.write_csv(include_header=False).encode())
        if is_joined:
            cursor.execute(sql.SQL("analyze {}").format(sql.Identifier(name)))


def analyze(*tables: str) -> None:
    """Refresh the planner's statistics of business tables, after bulk writes."""
    with connection.cursor() as cursor:
        cursor.execute("select encours_analyze(%s)", [list(tables)])


def _with_literals(query: str, params: Mapping[str, Any] | None) -> sql.Composable:
    """Put the parameters in as quoted literals: COPY takes no bind parameters."""
    pieces: list[sql.Composable] = []
    for index, piece in enumerate(re.split(r"%\((\w+)\)s", query)):
        if index % 2:
            pieces.append(sql.Literal((params or {})[piece]))
        else:
            pieces.append(sql.SQL(piece.replace("%%", "%")))
    return sql.Composed(pieces)
