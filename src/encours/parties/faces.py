"""Merged customers: whose account each customer's rows are shown under, now or as it was known.

A merge is a link from one customer to the one that survives it. No row of the ledger is rewritten:
queries ask here who stands for whom, so that undoing the link gives everything back
(docs/decisions/0030). They join on `case when face.face_id is null then …`, never on `coalesce`:
under a policy PostgreSQL takes `coalesce` for something that could tell, and no index is used: a
list of invoices read them all. Links form trees; the face of a customer is the root of its tree.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from encours.tenancy.frames import read_frame

# `known` limits the links: see LIVE and KNOWN
FACES: Final = """(
        with recursive link as (
            select m.customer_id, m.survivor_id from parties_customermerge m
            where m.tenant_id = %(tenant_id)s and {known}
        ), climb as (
            select customer_id, survivor_id as face_id from link
            union all
            select climb.customer_id, link.survivor_id
            from climb join link on link.customer_id = climb.face_id
        )
        select climb.customer_id, climb.face_id from climb
        where not exists (select from link where link.customer_id = climb.face_id))"""
LIVE: Final = FACES.replace("{known}", "m.undone_at is null")
"""A subquery of customer_id, face_id: those who are merged today. Reads `%(tenant_id)s`."""

KNOWN: Final = FACES.replace(
    "{known}",
    """case when %(known_at)s::timestamptz is null then m.undone_at is null
                else m.recorded_at <= %(known_at)s
                    and (m.undone_at is null or m.undone_at > %(known_at)s) end""",
)
"""The same as of `%(known_at)s`, null being now."""

FAMILY: Final = """array(
        select %(customer_id)s::bigint
        union all select merged.customer_id from {faces} merged
        where merged.face_id = %(customer_id)s)"""
FAMILY_LIVE: Final = FAMILY.replace("{faces}", LIVE)
"""The ids whose rows are shown under `%(customer_id)s` today, its own first."""

FAMILY_KNOWN: Final = FAMILY.replace("{faces}", KNOWN)

SCHEMA: Final = {"customer_id": pl.Int64, "face_id": pl.Int64}


def faces(tenant_id: int) -> pl.DataFrame:
    """Return the customers merged today and who stands for them: customer_id, face_id."""
    query = f"select merged.customer_id, merged.face_id from {LIVE} merged order by 1"
    return read_frame(query, {"tenant_id": tenant_id}, schema=SCHEMA)


def face_of(*, tenant_id: int, customer_id: int) -> int:
    """Return who stands for a customer today: itself unless it was merged."""
    found = faces(tenant_id).filter(pl.col("customer_id") == customer_id)
    return int(found["face_id"][0]) if found.height else customer_id


def family_of(*, tenant_id: int, customer_id: int) -> tuple[int, ...]:
    """Return the customers shown under this one today, itself first."""
    found = faces(tenant_id).filter(pl.col("face_id") == customer_id)
    return (customer_id, *found["customer_id"])


def shown_under(
    frame: pl.DataFrame, found: pl.DataFrame, column: str = "customer_id"
) -> pl.DataFrame:
    """Return the frame with each merged customer replaced by its face; order is kept."""
    if found.is_empty():
        return frame
    renamed = found.select(pl.col("customer_id").alias(column), pl.col("face_id").alias("face"))
    joined = frame.join(renamed, on=column, how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("face", column).alias(column)).drop("face")
