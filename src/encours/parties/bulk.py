"""Customers of a whole export in one statement."""

from __future__ import annotations

from typing import Final

import polars as pl
from django.db import connection

from encours.tenancy.frames import read_frame, stage_frame

IDS: Final = """
select code, id from parties_customer where tenant_id = %(tenant)s and creditor_id = %(creditor)s
"""
NAMES: Final = """
select code, name from parties_customer
where tenant_id = %(tenant)s and creditor_id = %(creditor)s
"""
INSERT: Final = """
insert into parties_customer
    (tenant_id, creditor_id, code, name, account, to_identify, batch_id, siren, vat_number,
     debtor_class, address_line1, address_line2, postcode, city, country, language,
     salesperson_name, payment_method, contract_rate, note)
select %s, %s, code, name, account, to_identify, %s, '', '', 'unknown', '', '', '', '', 'FR',
       'fr', '', '', '', '' from stage_customers
"""
CUSTOMERS: Final = {
    "code": pl.String,
    "name": pl.String,
    "account": pl.String,
    "to_identify": pl.Boolean,
}


def customer_ids(*, tenant_id: int, creditor_id: int) -> pl.DataFrame:
    """Return `code` and `customer_id` of every customer of a creditor."""
    return read_frame(
        IDS,
        {"tenant": tenant_id, "creditor": creditor_id},
        schema={"code": pl.String, "customer_id": pl.Int64},
    )


def customer_names(*, tenant_id: int, creditor_id: int) -> pl.DataFrame:
    """Return `code` and `name` of every customer of a creditor."""
    return read_frame(
        NAMES,
        {"tenant": tenant_id, "creditor": creditor_id},
        schema={"code": pl.String, "name": pl.String},
    )


def add_customers(
    frame: pl.DataFrame, *, tenant_id: int, creditor_id: int, batch_id: int
) -> pl.DataFrame:
    """Create the customers of `frame` (columns CUSTOMERS) that are new; return all ids by code.

    A customer that is known keeps its name and everything people said of it.
    """
    known = customer_ids(tenant_id=tenant_id, creditor_id=creditor_id)
    fresh = frame.join(known, on="code", how="anti").unique("code", keep="first")
    if fresh.is_empty():
        return known
    stage_frame("stage_customers", fresh.select(pl.col(n).cast(k) for n, k in CUSTOMERS.items()))
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [tenant_id, creditor_id, batch_id])
        cursor.execute("drop table stage_customers")
    return customer_ids(tenant_id=tenant_id, creditor_id=creditor_id)
