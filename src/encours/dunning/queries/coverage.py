"""Who is late and who is followed today, with the customers' names."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from encours.dunning.queries import ledger, plans
from encours.dunning.queries.moment import setting
from encours.dunning.rules import coverage as rules


def coverage(*, tenant_id: int, creditor_id: int, on: date, now: datetime) -> pl.DataFrame:
    """Return `rules.coverage.ROWS` of a creditor, with `code`, `name` and `scenario_name`.

    The whole ledger is read once, in set statements, whatever the number of customers.
    """
    asked = setting(tenant_id=tenant_id, creditor_id=creditor_id, on=on, now=now)
    known = ledger.load(
        tenant_id=tenant_id,
        creditor_id=creditor_id,
        today=on,
        rehearsal=asked.is_rehearsal,
        shelf=asked.shelf,
    )
    rows = rules.coverage(known, asked.shelf, asked.moment)
    names = plans.customer_names(
        tenant_id=tenant_id,
        creditor_ids=[creditor_id],
        customer_ids=rows["customer_id"].unique().to_list(),
    )
    named = pl.DataFrame(
        [(pk, code, name) for pk, (code, name) in names.items()],
        schema={"customer_id": pl.Int64, "code": pl.String, "name": pl.String},
        orient="row",
    )
    scenarios = {code: one.name for code, one in asked.shelf.in_force.items()}
    return rows.join(named, on="customer_id", how="left", maintain_order="left").with_columns(
        scenario_name=pl.col("scenario").replace_strict(scenarios, return_dtype=pl.String)
    )
