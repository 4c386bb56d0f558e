"""Customers that may be one, as a page shows them; pairs are kept while nobody changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl
from django.db import connection

from encours.receivables.queries.moment import Moment, live
from encours.receivables.rules import duplicates as rules
from encours.tenancy.frames import read_frame
from encours.tenancy.kept import kept

SHOWN: Final = 500
COMPARED: Final = """
from parties_customer c
left join faces() face on face.customer_id = c.id
where c.tenant_id = %(tenant_id)s and face.face_id is null and not c.to_identify
    and (%(creditor_id)s::bigint is null or c.creditor_id = %(creditor_id)s)
    and (%(creditors)s::bigint[] is null or c.creditor_id = any(%(creditors)s::bigint[]))
    and own(c)
"""
CUSTOMERS: Final = f"""
select c.id, c.creditor_id, c.name, c.siren, c.vat_number, c.iban, c.postcode
{COMPARED}
order by c.id
"""
APART: Final = """
select n.customer_id, n.other_id from parties_notduplicates n where n.tenant_id = %(tenant_id)s
"""
APART_SCHEMA: Final = {"customer_id": pl.Int64, "other_id": pl.Int64}
NAMED: Final = """
select c.id, c.creditor_id, c.code, c.name, c.siren, c.city from parties_customer c
where c.tenant_id = %(tenant_id)s and c.id = any(%(ids)s::bigint[])
"""


@dataclass(frozen=True, slots=True)
class Alike:
    """One of two customers that may be one."""

    id: int
    creditor_id: int
    code: str
    name: str
    siren: str
    city: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two customers that may be one, why, and how sure that makes us (out of 100)."""

    kept: Alike
    other: Alike
    reasons: tuple[str, ...]
    score: int

    @property
    def id(self) -> str:
        """Return what a form names the pair by."""
        return f"{self.kept.id}-{self.other.id}"


def pairs(moment: Moment) -> tuple[list[Pair], int]:
    """Return the pairs that nobody said to be two, the surest `SHOWN`, and how many there are."""
    found = _known_pairs(moment)
    apart = read_frame(APART, moment.params(), schema=APART_SCHEMA)
    left = found.join(apart, on=["customer_id", "other_id"], how="anti", maintain_order="left")
    shown = left.head(SHOWN)
    names = _named(moment.tenant_id, {*shown["customer_id"], *shown["other_id"]})
    rows = [
        Pair(names[one], names[other], tuple(reasons), score)
        for one, other, reasons, score in shown.iter_rows()
    ]
    return rows, left.height


def _known_pairs(moment: Moment) -> pl.DataFrame:
    """Compare the customers, unless no fact of the tenant came since they were."""
    return kept(
        moment.tenant_id,
        ("duplicates", moment.creditor_ids, moment.people),
        lambda: rules.duplicates(
            read_frame(live(CUSTOMERS, moment), moment.params(), schema=rules.CUSTOMERS)
        ),
    )


def _named(tenant_id: int, ids: set[int]) -> dict[int, Alike]:
    with connection.cursor() as cursor:
        cursor.execute(NAMED, {"tenant_id": tenant_id, "ids": sorted(ids)})
        return {row[0]: Alike(*row) for row in cursor.fetchall()}
