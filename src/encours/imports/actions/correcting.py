"""After real payments came: what had been inferred of the same customers gives way to them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import polars as pl

from encours.imports.actions.held import held_of
from encours.imports.actions.writing import Place, add_documents
from encours.imports.queries.holdings import held_live, without
from encours.imports.rules.derived import CUSTOMERS
from encours.imports.rules.tables import corrections
from encours.tenancy.frames import read_frame

CUSTOMERS_AT_ONCE: Final = 20_000
INFERRED: Final = """
select distinct c.code, c.id from receivables_credit t
join parties_customer c on c.tenant_id = t.tenant_id and c.id = t.customer_id
where t.tenant_id = %(tenant)s and t.creditor_id = %(creditor)s and t.undone_at is null
  and t.kind = 'inferred' and exists (
      select from parties_batch b where b.tenant_id = %(tenant)s
        and b.creditor_id = %(creditor)s and b.kind = 'table' and b.undone_at is null)
order by 2
"""


def correct(place: Place) -> dict[str, int]:
    """Put real credits in the place of inferred settlements; return counts to add.

    Only tables infer: without any, nothing is read. Nothing else leaves, whatever the period.
    """
    place = replace(place, is_whole=False)
    asked = {"tenant": place.tenant_id, "creditor": place.creditor_id}
    everyone = read_frame(INFERRED, asked, schema={"code": pl.String, "customer_id": pl.Int64})
    counts = {"allocations": 0, "withdrawn": 0}
    for whose in everyone.iter_slices(CUSTOMERS_AT_ONCE):
        known = held_live(**place.owner, customer_ids=whose["customer_id"])
        found = corrections.corrections(held_of(known, whose))
        if not any(len(ids) for ids in found.withdrawn.values()):
            continue
        stays = without(known, found.withdrawn)
        nobody = pl.DataFrame(schema=CUSTOMERS)
        written = add_documents(found.documents, nobody, place, stays, found.withdrawn)
        for name in counts:
            counts[name] += written[name]
    return counts
