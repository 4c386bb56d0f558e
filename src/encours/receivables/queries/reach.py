"""How many customers who owe have no usable e-mail address, from a balance already computed."""

from __future__ import annotations

from typing import Final

import polars as pl

from encours.receivables.queries.ageing import AgedBalance
from encours.receivables.queries.moment import Moment, live
from encours.tenancy.frames import read_frame

REACHED: Final = """
select distinct coalesce(face.face_id, k.customer_id) from parties_contact k
left join faces() face on face.customer_id = k.customer_id
where k.tenant_id = %(tenant_id)s and k.email <> '' and k.bounced_at is null
"""


def unreachable(moment: Moment, balance: AgedBalance) -> int:
    """Return the number of customers of the balance who owe and cannot be written to."""
    reached = read_frame(live(REACHED, moment), moment.params(), schema={"customer_id": pl.Int64})
    owing = balance.rows.filter(pl.col("open") > 0)
    return owing.join(reached, on="customer_id", how="anti").height
