"""Who shares an e-mail address with whom, and what the others were sent in the last week."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from encours.dunning.rules.frames import ADDRESSES, CONTACTED
from encours.parties import faces
from encours.tenancy.frames import read_frame

# Addresses are compared as they are written: a function would keep the index from being used
SHARED: Final = """
with asked as (
    select k.email from parties_contact k
    where k.tenant_id = %(tenant)s and k.email <> '' and k.bounced_at is null
      and (%(customers)s::bigint[] is null or k.customer_id = any (%(customers)s::bigint[]))
    group by k.email
), usual as (
    select coalesce(c.contacts_across, w.contacts_across) as is_across
    from tenancy_creditor c join tenancy_tenant w on w.id = c.tenant_id
    where c.tenant_id = %(tenant)s and c.id = %(creditor)s
), told as (
    select distinct k.customer_id, k.email from parties_contact k
    join asked on asked.email = k.email
    join parties_customer p on p.tenant_id = k.tenant_id and p.id = k.customer_id
    where k.tenant_id = %(tenant)s and k.email <> '' and k.bounced_at is null
      and (p.creditor_id = %(creditor)s or (select is_across from usual))
)
select told.customer_id, min(told.customer_id) over (partition by told.email), p.creditor_id
from told join parties_customer p on p.tenant_id = %(tenant)s and p.id = told.customer_id
where told.email in (select email from told group by email having count(*) > 1)
"""
SHARED_SCHEMA: Final = {**ADDRESSES, "creditor_id": pl.Int64}
OTHERS: Final = """
select r.id, r.customer_id, coalesce(r.sent_on, r.planned_on), r.sent_on is not null
from dunning_reminder r
where r.tenant_id = %(tenant)s and r.customer_id = any (%(others)s::bigint[])
  and r.state <> 'cancelled' and r.rehearsal = %(rehearsal)s
  and coalesce(r.sent_on, r.planned_on) > %(today)s::date - 7
"""


def persons(params: Mapping[str, Any], merged: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return `frames.ADDRESSES` and `frames.CONTACTED`, of the customers that `params` name."""
    found = read_frame(SHARED, params, schema=SHARED_SCHEMA)
    shown = faces.shown_under(found, merged).unique(["customer_id", "address"])
    twice = pl.col("customer_id").n_unique().over("address") > 1
    shared = shown.filter(twice)
    if shared.is_empty():
        return {}
    loaded = pl.col("creditor_id") == params["creditor"]
    if params["customers"] is not None:
        loaded &= pl.col("customer_id").is_in(params["customers"])
    others = found.filter(~loaded)["customer_id"].unique().to_list()
    addresses = shared.select(ADDRESSES.names())
    if not others:
        return {"addresses": addresses}
    told = read_frame(OTHERS, {**params, "others": others}, schema=CONTACTED)
    return {"addresses": addresses, "contacted": faces.shown_under(told, merged)}
