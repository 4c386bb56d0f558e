"""Takes the e-invoices that an export speaks of as its own, customers and settlements included."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Final

import polars as pl
from django.db import connection

from encours.imports.queries.live import DEPOSIT, Entered, Live
from encours.imports.rules import adoption
from encours.imports.rules.derived import Documents
from encours.kernel.issue import Issue

DISCOUNT_PREFIX: Final = "ESC-"
"""How the numbers of discounts granted here begin (`discounts.actions.grants`)."""
RENAME: Final = """
update parties_customer c set code = %(code)s
from parties_batch b
where c.tenant_id = %(tenant)s and c.id = %(id)s and b.tenant_id = c.tenant_id
  and b.id = c.batch_id and b.kind = 'einvoice'
  and not exists (select from parties_customer o
                  where o.tenant_id = c.tenant_id and o.creditor_id = c.creditor_id
                    and o.code = %(code)s)
"""


@dataclass(frozen=True, slots=True)
class Adopted:
    """The live rows as the export sees them, and the deposits that its own payments replace."""

    known: Live
    deposits: pl.Series
    issues: tuple[Issue, ...]


def adopt(
    documents: Documents,
    known: Live,
    entered: Entered,
    *,
    tenant_id: int,
    first_on: date,
    currency: str,
) -> Adopted:
    """Return the live rows with the e-invoices that the export names, under its own keys.

    A customer that an e-invoice created takes the code that the accounts give it.
    """
    asked = partial(adoption.adopt, first_on=first_on, currency=currency)
    claims = asked(documents.claims, entered.invoices, day="issued_on")
    is_deposit = pl.col("key").str.ends_with(DEPOSIT)
    notes = entered.credits.filter(~is_deposit)
    credits_ = asked(_numbered(documents.credits), notes, day="received_on")
    _rename(pl.concat([claims.pairs, credits_.pairs]), tenant_id)
    keys = claims.documents.select(invoice_id="id", claim_key="key")
    lines = entered.instalments.drop("claim_key").join(keys, on="invoice_id")
    taken = claims.pairs.join(entered.invoices.select("id", was="key"), on="id").select(
        key=pl.col("was") + DEPOSIT
    )
    return Adopted(
        known=replace(
            known,
            invoices=pl.concat([known.invoices, claims.documents]),
            credits=pl.concat([known.credits, credits_.documents]),
            instalments=pl.concat([known.instalments, lines.select(known.instalments.columns)]),
        ),
        deposits=entered.credits.join(taken, on="key", how="semi")["id"],
        issues=(*claims.issues, *credits_.issues),
    )


def _numbered(exported: pl.DataFrame) -> pl.DataFrame:
    """Call a discount by its piece where that is a number of ours: accounts number none."""
    ours = (pl.col("number") == "") & pl.col("piece").str.starts_with(DISCOUNT_PREFIX)
    return exported.with_columns(number=pl.when(ours).then("piece").otherwise("number"))


def _rename(pairs: pl.DataFrame, tenant_id: int) -> None:
    named = pairs.select("customer_id", "customer_code").unique("customer_id", keep="first")
    with connection.cursor() as cursor:
        for customer_id, code in named.unique("customer_code", keep="first").iter_rows():
            cursor.execute(RENAME, {"tenant": tenant_id, "id": customer_id, "code": code})
