"""Whole ledgers in: rows with their ids chosen beforehand, COPY, then one INSERT … SELECT a table.

Whoever derives a ledger decides what is new, withdrawn or continued; this module only writes,
and keeps the copies (customer, dates) of allocations true.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl
from django.db import connection

from encours.receivables.actions import numbering
from encours.tenancy.frames import analyze, read_frame, stage_frame

DOCUMENT: Final = {
    "id": pl.Int64,
    "customer_id": pl.Int64,
    "kind": pl.String,
    "number": pl.String,
    "issued_on": pl.Date,
    "currency": pl.String,
    "amount_cents": pl.Int64,
    "net_cents": pl.Int64,
    "vat_cents": pl.Int64,
    "key": pl.String,
    "entry_on": pl.Date,
    "journal": pl.String,
    "entry_number": pl.String,
    "piece": pl.String,
    "label": pl.String,
}
INVOICES: Final = DOCUMENT
CREDITS: Final = {
    ("received_on" if name == "issued_on" else name): kind for name, kind in DOCUMENT.items()
}
INSTALMENTS: Final = {
    "id": pl.Int64,
    "invoice_id": pl.Int64,
    "customer_id": pl.Int64,
    "issued_on": pl.Date,
    "due_on": pl.Date,
    "due_source": pl.String,
    "currency": pl.String,
    "amount_cents": pl.Int64,
    "position": pl.Int16,
    "lineage_id": pl.Int64,
}
ALLOCATIONS: Final = {
    "id": pl.Int64,
    "credit_id": pl.Int64,
    "instalment_id": pl.Int64,
    "customer_id": pl.Int64,
    "payer_id": pl.Int64,
    "issued_on": pl.Date,
    "due_on": pl.Date,
    "currency": pl.String,
    "amount_cents": pl.Int64,
    "effective_on": pl.Date,
    "origin": pl.String,
    "letter": pl.String,
    "lettered_on": pl.Date,
}
RECLASSIFICATIONS: Final = {
    "id": pl.Int64,
    "instalment_id": pl.Int64,
    "state": pl.String,
    "from_on": pl.Date,
}
PROPOSALS: Final = {
    "id": pl.Int64,
    "credit_id": pl.Int64,
    "instalment_id": pl.Int64,
    "amount_cents": pl.Int64,
    "reason": pl.String,
}
SALES: Final = {
    "id": pl.Int64,
    "month": pl.Date,
    "net_cents": pl.Int64,
    "vat_cents": pl.Int64,
    "cash_cents": pl.Int64,
}
VAT_PARTS: Final = {
    "id": pl.Int64,
    "invoice_id": pl.Int64,
    "credit_id": pl.Int64,
    "category": pl.String,
    "rate_bp": pl.Int32,
    "net_cents": pl.Int64,
    "vat_cents": pl.Int64,
    "exemption": pl.String,
}
TABLES: Final[Mapping[str, Mapping[str, Any]]] = {
    "invoice": INVOICES,
    "credit": CREDITS,
    "instalment": INSTALMENTS,
    "allocation": ALLOCATIONS,
    "reclassification": RECLASSIFICATIONS,
    "proposedallocation": PROPOSALS,
    "salesmonth": SALES,
    "vatpart": VAT_PARTS,
}
"""Tables in the order in which they are written: parents first; an `id` may be left out."""

NEXT_IDS: Final = """
select nextval(own.sequence)
from (select pg_get_serial_sequence(%(table)s, 'id')::regclass as sequence offset 0) own,
    generate_series(1, %(count)s)
"""
"""The sequence is looked up once, not for each number: that look-up is the dearer part."""


@dataclass(frozen=True, slots=True)
class Rows:
    """New rows of one table, with the columns that `TABLES` names."""

    table: str
    frame: pl.DataFrame


def new_ids(table: str, count: int) -> pl.Series:
    """Take `count` ids from a table's sequence; a gap is of no consequence.

    They follow one another unless somebody else took some meanwhile: only then are they read.
    """
    assert table in TABLES, table
    if not count:
        return pl.Series("id", [], dtype=pl.Int64)
    asked: dict[str, Any] = {"table": f"receivables_{table}", "count": count}
    with connection.cursor() as cursor:
        cursor.execute(f"select min(id), max(id) from ({NEXT_IDS}) taken (id)", asked)
        first, last = cursor.fetchone()
    if last - first + 1 == count:
        return pl.int_range(first, last + 1, dtype=pl.Int64, eager=True).alias("id")
    return read_frame(NEXT_IDS, asked, schema={"id": pl.Int64})["id"]


def write(*, tenant_id: int, creditor_id: int, batch_id: int, rows: Sequence[Rows]) -> None:
    """Insert the rows of a batch; references and constraints are checked by the database."""
    assert [one.table for one in rows] == [name for name in TABLES if name in _names(rows)]
    with connection.cursor() as cursor:
        for one in rows:
            if one.frame.is_empty():
                continue
            columns = {
                name: kind
                for name, kind in TABLES[one.table].items()
                if name != "id" or name in one.frame.columns
            }
            stage = f"stage_{one.table}"
            stage_frame(
                stage,
                one.frame.select(pl.col(name).cast(kind) for name, kind in columns.items()),
                is_joined=False,
            )
            names = ", ".join(columns)
            cursor.execute(
                f"insert into receivables_{one.table}"
                f" (tenant_id, creditor_id, batch_id, {names})"
                f" select %s, %s, %s, {names} from {stage}",
                [tenant_id, creditor_id, batch_id],
            )
            cursor.execute(f"drop table {stage}")
    if any(one.table == "invoice" and not one.frame.is_empty() for one in rows):
        numbering.follow(tenant_id=tenant_id, creditor_id=creditor_id)


def withdraw(*, tenant_id: int, table: str, ids: pl.Series, batch_id: int) -> int:
    """Undo rows in the name of a batch: they stay, dated, for whoever asks what was known."""
    assert table in TABLES, table
    if ids.is_empty():
        return 0
    stage_frame("stage_withdrawn", pl.DataFrame({"id": ids.cast(pl.Int64)}))
    with connection.cursor() as cursor:
        cursor.execute(
            f"update receivables_{table} t set undone_at = now(), undone_by_id = %s"
            " from stage_withdrawn s where t.tenant_id = %s and t.id = s.id"
            " and t.undone_at is null",
            [batch_id, tenant_id],
        )
        count = int(cursor.rowcount)
        cursor.execute("drop table stage_withdrawn")
    return count


def refresh_statistics() -> None:
    """Tell PostgreSQL how large the tables are now."""
    analyze(*(f"receivables_{table}" for table in TABLES), "parties_customer")


def _names(rows: Sequence[Rows]) -> set[str]:
    return {one.table for one in rows}
