"""Customers who owe and cannot be written to: what stands between a ledger and its reminders."""

from __future__ import annotations

from typing import Final

import polars as pl

from encours.receivables.queries import kept
from encours.receivables.queries.moment import Moment, live
from encours.tenancy import kept as answers
from encours.tenancy.frames import read_frame

MEANS: Final = """
select customer.id,
    coalesce(reach.has_email, false), coalesce(reach.has_phone, false),
    customer.address_line1 <> '' and customer.postcode <> '' and customer.city <> ''
from parties_customer customer
left join (
    select coalesce(face.face_id, k.customer_id) as customer_id,
        bool_or(k.email <> '' and k.bounced_at is null) as has_email,
        bool_or(k.phone <> '') as has_phone
    from parties_contact k
    left join faces() face on face.customer_id = k.customer_id
    where k.tenant_id = %(tenant_id)s
    group by 1
) reach on reach.customer_id = customer.id
where customer.tenant_id = %(tenant_id)s
    and (%(creditor_id)s::bigint is null or customer.creditor_id = %(creditor_id)s)
    and (%(creditors)s::bigint[] is null or customer.creditor_id = any(%(creditors)s::bigint[]))
"""
MEANS_SCHEMA: Final = {
    "customer_id": pl.Int64,
    "has_email": pl.Boolean,
    "has_phone": pl.Boolean,
    "has_address": pl.Boolean,
}


def unreachable_customers(moment: Moment) -> pl.DataFrame:
    """Return who owes something and has no usable e-mail address, the largest debts first.

    `has_address` tells those that a letter can reach; amounts are those of the aged balance. Kept
    until any fact comes.
    """
    return answers.kept(moment.tenant_id, ("unreachable", moment), lambda: _unreachable(moment))


def _unreachable(moment: Moment) -> pl.DataFrame:
    owed = kept.balance(moment).rows.filter(pl.col("open") > 0)
    means = read_frame(live(MEANS, moment), moment.params(), schema=MEANS_SCHEMA)
    return (
        owed.join(means, on="customer_id", how="left")
        .filter(~pl.col("has_email"))
        .with_columns((pl.col("open") - pl.col("not_due")).alias("overdue"))
        .select("customer_id", "code", "name", "open", "overdue", "has_phone", "has_address")
        .sort("open", descending=True)
    )
