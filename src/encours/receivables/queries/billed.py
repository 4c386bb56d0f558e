"""What notes billed, or a person gave up, of each due line, whatever row now stands for it.

An import may replace rows: a part follows the lineage of its line, else the natural key of its
invoice, first at the same rank, then anywhere in it; nothing billed is ever forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import polars as pl

from encours.receivables.queries.moment import Moment, live
from encours.receivables.rules.interest import Billed
from encours.tenancy.frames import read_frame

BILLED: Final = """
with parts as (
    select p.creditor_id, p.claim_key, p.lineage_id, p.position, p.kind, p.until_on, p.cents
    from receivables_penaltypart p
    where known(p) and p.billed_on <= %(as_of)s
        and (p.released_on is null or p.released_on > %(as_of)s)
    union all
    select w.creditor_id, w.claim_key, w.lineage_id, w.position, w.kind, w.until_on, w.cents
    from receivables_penaltywaiver w
    where w.tenant_id = %(tenant_id)s and w.waived_on <= %(as_of)s
        and (w.released_on is null or w.released_on > %(as_of)s)
)
select line.id, line.invoice_id,
    max(p.until_on) filter (where p.kind = 'interest'),
    coalesce(sum(p.cents) filter (where p.kind = 'interest'), 0)::bigint,
    coalesce(sum(p.cents) filter (where p.kind = 'indemnity'), 0)::bigint
from parts p
join lateral (
    select l.id, l.invoice_id, 1 as rank, l.position from receivables_instalment l
    where known(l) and l.id = p.lineage_id
    union all
    select l.id, l.invoice_id, 1, l.position from receivables_instalment l
    where known(l) and l.lineage_id = p.lineage_id
    union all
    select l.id, l.invoice_id, case when l.position = p.position then 2 else 3 end, l.position
    from receivables_invoice i
    join receivables_instalment l on l.tenant_id = %(tenant_id)s and l.invoice_id = i.id
    where known(i) and i.creditor_id = p.creditor_id and i.key = p.claim_key and known(l)
    order by 3, 4 limit 1
) line on true
group by line.id, line.invoice_id
"""
SCHEMA: Final = {
    "line_id": pl.Int64,
    "invoice_id": pl.Int64,
    "billed_until": pl.Date,
    "billed_cents": pl.Int64,
    "billed_indemnity": pl.Int64,
}


def billed(moment: Moment) -> pl.DataFrame:
    """Return what was billed by `as_of`: columns of SCHEMA, one row for each due line billed."""
    return read_frame(live(BILLED, moment), moment.params(), schema=SCHEMA)


def with_billed(lines: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Add what was billed to lines (line_id, invoice_id); the indemnity is its whole invoice's."""
    of_invoice = found.group_by("invoice_id").agg(pl.sum("billed_indemnity"))
    of_line = found.select("line_id", "billed_until", "billed_cents")
    return (
        lines.join(of_line, on="line_id", how="left", maintain_order="left")
        .join(of_invoice, on="invoice_id", how="left", maintain_order="left")
        .with_columns(pl.col("billed_cents", "billed_indemnity").fill_null(0))
    )


def billed_of(moment: Moment, lines: Iterable[tuple[int, int]]) -> dict[int, Billed]:
    """Return by due line what was billed of it, given pairs of line and invoice ids."""
    asked = pl.DataFrame(
        list(lines), schema={"line_id": pl.Int64, "invoice_id": pl.Int64}, orient="row"
    )
    rows = with_billed(asked, billed(moment))
    return {
        line_id: Billed(until_on, cents, indemnity)
        for line_id, until_on, cents, indemnity in rows.select(
            "line_id", "billed_until", "billed_cents", "billed_indemnity"
        ).iter_rows()
    }
