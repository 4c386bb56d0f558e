"""Undoes a batch: withdraws its rows and brings back, as new rows, what it had withdrawn.

Rows are never brought back to life: a copy is recorded now, so that what was known in between
stays what it was. A due line keeps its lineage.
"""

from __future__ import annotations

from typing import Final

import polars as pl
from django.db import connection

from encours.attributes.actions import values as attributes
from encours.receivables.actions import bulk, numbering
from encours.receivables.actions.bulk import TABLES
from encours.tenancy.frames import read_frame, stage_frame

REFERENCES: Final[dict[str, dict[str, str]]] = {
    "invoice": {},
    "credit": {},
    "instalment": {"invoice_id": "invoice"},
    "allocation": {"credit_id": "credit", "instalment_id": "instalment"},
    "reclassification": {"instalment_id": "instalment"},
    "proposedallocation": {"credit_id": "credit", "instalment_id": "instalment"},
    "salesmonth": {},
    "vatpart": {"invoice_id": "invoice", "credit_id": "credit"},
}


def undo_batch(*, tenant_id: int, creditor_id: int, batch_id: int) -> None:
    """Take a batch out of the ledger; the caller checked that nothing rests on it."""
    with connection.cursor() as cursor:
        for table in reversed(list(TABLES)):
            cursor.execute(
                f"update receivables_{table} set undone_at = now()"
                " where tenant_id = %s and creditor_id = %s and batch_id = %s"
                " and undone_at is null",
                [tenant_id, creditor_id, batch_id],
            )
    moved: dict[str, pl.DataFrame] = {}
    for table in TABLES:
        moved[table] = _copy_back(table, moved, tenant_id, creditor_id, batch_id)
    attributes.undo_batch(tenant_id=tenant_id, creditor_id=creditor_id, batch_id=batch_id)
    numbering.undo_batch(tenant_id=tenant_id, creditor_id=creditor_id, batch_id=batch_id)


def _copy_back(
    table: str, moved: dict[str, pl.DataFrame], tenant_id: int, creditor_id: int, batch_id: int
) -> pl.DataFrame:
    """Insert copies of what the batch withdrew; return the old and new ids."""
    old = read_frame(
        f"select id from receivables_{table} where tenant_id = %(tenant)s"
        " and creditor_id = %(creditor)s and undone_by_id = %(batch)s and undone_at is not null",
        {"tenant": tenant_id, "creditor": creditor_id, "batch": batch_id},
        schema={"old_id": pl.Int64},
    )
    ids = old.with_columns(bulk.new_ids(table, old.height).alias("new_id"))
    if ids.is_empty():
        return ids
    stage_frame("stage_back", ids)
    for parent in REFERENCES[table].values():
        stage_frame(f"stage_back_{parent}", moved[parent])
    with connection.cursor() as cursor:
        cursor.execute(_insert(table), [tenant_id])
        for name in ("", *(f"_{parent}" for parent in REFERENCES[table].values())):
            cursor.execute(f"drop table stage_back{name}")
    return ids


def _insert(table: str) -> str:
    references = REFERENCES[table]
    columns = [name for name in TABLES[table] if name != "id"]
    values = []
    for name in columns:
        if name in references:
            values.append(f"coalesce({references[name]}.new_id, t.{name})")
        elif table == "invoice" and name == "number":
            values.append("case when t.number_is_given then '' else t.number end")
        elif name == "lineage_id":
            values.append("coalesce(t.lineage_id, t.id)")
        else:
            values.append(f"t.{name}")
    joins = "".join(
        f" left join stage_back_{parent} {parent} on {parent}.old_id = t.{name}"
        for name, parent in references.items()
    )
    return (
        f"insert into receivables_{table}"
        f" (tenant_id, creditor_id, batch_id, id, {', '.join(columns)})"
        f" select t.tenant_id, t.creditor_id, t.batch_id, s.new_id, {', '.join(values)}"
        f" from receivables_{table} t join stage_back s on s.old_id = t.id{joins}"
        " where t.tenant_id = %s"
    )
