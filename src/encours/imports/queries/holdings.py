"""What the ledger holds of some customers, whatever brought it: the other side of a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import polars as pl
from django.db import connection

from encours.imports.queries.live import (
    ALLOCATION,
    INSTALMENT,
    PROPOSAL,
    RECLASSIFICATION,
    Live,
)
from encours.tenancy.frames import read_frame, stage_frame

MINE: Final = """
t.tenant_id = %(tenant)s and t.creditor_id = %(creditor)s and t.undone_at is null
"""
WHOSE: Final = "t.customer_id in (select customer_id from stage_whose)"
SOURCE: Final = """
coalesce((select kind from parties_batch b
          where b.tenant_id = t.tenant_id and b.id = t.batch_id), '')
"""
DOCUMENT: Final = {
    "id": pl.Int64,
    "key": pl.String,
    "customer_id": pl.Int64,
    "amount_cents": pl.Int64,
    "issued_on": pl.Date,
    "entry_on": pl.Date,
    "number": pl.String,
    "currency": pl.String,
    "kind": pl.String,
    "source": pl.String,
}
COLUMNS: Final = "id, key, customer_id, amount_cents, {day}, entry_on, number, currency, kind"
QUERIES: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "invoices": (
        (
            f"select {COLUMNS.format(day='issued_on')}, {SOURCE} from receivables_invoice t"
            f" where {MINE} and {WHOSE}"
        ),
        DOCUMENT,
    ),
    "credits": (
        (
            f"select {COLUMNS.format(day='received_on')}, {SOURCE} from receivables_credit t"
            f" where {MINE} and {WHOSE}"
        ),
        DOCUMENT,
    ),
    "instalments": (
        (
            "select t.id, coalesce(t.lineage_id, t.id), t.invoice_id, v.key, t.position, t.due_on,"
            " t.amount_cents, t.customer_id, t.issued_on, t.currency, t.due_source"
            " from receivables_instalment t"
            " join receivables_invoice v on v.tenant_id = t.tenant_id and v.id = t.invoice_id"
            f" where {MINE} and {WHOSE}"
        ),
        INSTALMENT,
    ),
    "allocations": (
        (
            "select t.id, t.credit_id, t.instalment_id, t.amount_cents, t.effective_on, t.letter,"
            " coalesce(b.kind = 'fec', false), t.origin from receivables_allocation t"
            " left join parties_batch b on b.tenant_id = t.tenant_id and b.id = t.batch_id"
            f" where {MINE} and ({WHOSE} or t.payer_id in (select customer_id from stage_whose))"
        ),
        ALLOCATION,
    ),
    "proposals": (
        (
            "select id, credit_id, instalment_id, amount_cents"
            " from receivables_proposedallocation t"
            f" where decided_at is null and {MINE} and t.instalment_id in"
            " (select i.id from receivables_instalment i where i.tenant_id = %(tenant)s"
            "  and i.customer_id in (select customer_id from stage_whose))"
        ),
        PROPOSAL,
    ),
}


def held_live(*, tenant_id: int, creditor_id: int, customer_ids: pl.Series) -> Live:
    """Read all that is live of some customers."""
    stage_frame("stage_whose", pl.DataFrame({"customer_id": customer_ids.cast(pl.Int64)}))
    asked = {"tenant": tenant_id, "creditor": creditor_id}
    frames = {
        name: read_frame(query, asked, schema=schema) for name, (query, schema) in QUERIES.items()
    }
    with connection.cursor() as cursor:
        cursor.execute("drop table stage_whose")
    return Live(**frames, reclassifications=pl.DataFrame(schema=RECLASSIFICATION))


def without(known: Live, gone: Mapping[str, pl.Series]) -> Live:
    """Return what stays once some rows, by table, have left."""
    names = {"invoice": "invoices", "credit": "credits", "instalment": "instalments",
             "allocation": "allocations"}  # fmt: skip
    left = {
        names[table]: getattr(known, names[table]).filter(~pl.col("id").is_in(ids.implode()))
        for table, ids in gone.items()
        if len(ids)
    }
    return replace(known, **left)
