"""The scores of a creditor as the command line and programs read them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

import polars as pl

from encours.scoring.queries import rules_in_force, scoring, stored
from encours.scoring.rules.cases import told
from encours.tenancy.frames import read_frame

PEOPLE: Final = """
select id, code, name from parties_customer
where tenant_id = %(tenant)s and creditor_id = %(creditor)s
"""
PEOPLE_SCHEMA: Final = {"customer_id": pl.Int64, "code": pl.String, "name": pl.String}


def scored_told(
    *,
    tenant_id: int,
    creditor_id: int,
    as_of: date,
    known_at: datetime | None,
    language: str = "fr",
) -> list[dict[str, Any]]:
    """Return every customer with profile, sentence and figures on a day, by code.

    As known at `known_at`, or (None) by what is known now.
    """
    place: dict[str, Any] = {"tenant_id": tenant_id, "creditor_id": creditor_id}
    found = scoring.scored(**place, today=as_of, known_at=known_at)
    params = {"tenant": tenant_id, "creditor": creditor_id}
    people = read_frame(PEOPLE, params, schema=PEOPLE_SCHEMA)
    return _rows(found.join(people, on="customer_id"), language, **place)


def stored_told(*, tenant_id: int, creditor_id: int, language: str = "fr") -> list[dict[str, Any]]:
    """Return the same of the scores as the last run wrote them."""
    reach = stored.Reach(tenant_id=tenant_id, creditor_ids=(creditor_id,))
    found = stored.scores(reach)
    return _rows(found, language, tenant_id=tenant_id, creditor_id=creditor_id)


def _rows(found: pl.DataFrame, language: str, **place: int) -> list[dict[str, Any]]:
    names = {one.id: one.name for one in rules_in_force.segments(**place)}
    return [
        {
            "customer": row["code"],
            "name": row["name"],
            **told(row, language),
            "segment": names.get(row["segment_id"]),
        }
        for row in found.sort("code").iter_rows(named=True)
    ]
