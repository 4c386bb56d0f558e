"""The control of a table: what its rows add up to per customer, beside what the ledger says."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import polars as pl
from django.db import connection

from encours.imports.actions.writing import Place
from encours.imports.queries.live import net_by_customer
from encours.imports.rules.ledger import Totals
from encours.kernel.money import decimal_text
from encours.parties import bulk as parties
from encours.tenancy.frames import read_frame, stage_frame

DIFFERENCES_SHOWN: Final = 200
SUMS: Final = {"customer_code": pl.String, "cents": pl.Int64}
BY_KEY: Final = """
select c.code, sum(d.cents)::bigint
from (
    select customer_id, amount_cents as cents, key from receivables_invoice
    where tenant_id = %(tenant)s and creditor_id = %(creditor)s and undone_at is null
    union all
    select customer_id, -amount_cents, key from receivables_credit
    where tenant_id = %(tenant)s and creditor_id = %(creditor)s and undone_at is null
) d
join stage_keys s on s.key = d.key
join parties_customer c on c.tenant_id = %(tenant)s and c.id = d.customer_id
group by 1
"""


class Control:
    """Sums by customer, of the file and of the ledger, gathered part by part."""

    def __init__(self, totals: Totals) -> None:
        """Start with nothing."""
        self._totals = totals
        self._file: list[pl.DataFrame] = []
        self._place: Place | None = None

    def add(self, rows: pl.DataFrame) -> None:
        """Add what rows of the file say: customer_code, cents (signed, owed positive)."""
        self._file.append(_summed(rows))

    def add_ledger(self, keys: pl.Series, place: Place) -> None:
        """Remember which documents are the file's: the ledger is asked once, when all is written.

        By then its statistics are those of what was written; asked in between, PostgreSQL would
        take it for empty and compare every row with every key.
        """
        if keys.is_empty():
            return
        self._place = place
        stage_frame("stage_more", pl.DataFrame({"key": keys}), is_joined=False)
        with connection.cursor() as cursor:
            cursor.execute(
                "create temporary table if not exists stage_keys (key text) on commit drop"
            )
            cursor.execute("insert into stage_keys select key from stage_more")
            cursor.execute("drop table stage_more")

    def as_json(self, on: date) -> dict[str, Any]:
        """Return the control of movements: the file's own documents, to the cent."""
        return self._compared(self._of_ledger(), on)

    def of_list(self, place: Place) -> dict[str, Any]:
        """Return the control of a list: all that the ledger says is open on its day."""
        ids = parties.customer_ids(**place.owner)
        ours = net_by_customer(on=place.last_on, **place.owner).join(ids, on="customer_id")
        ledger = ours.select(customer_code="code", cents="ledger_cents")
        return self._compared(ledger, place.last_on)

    def _of_ledger(self) -> pl.DataFrame:
        if self._place is None:
            return pl.DataFrame(schema=SUMS)
        asked = {"tenant": self._place.tenant_id, "creditor": self._place.creditor_id}
        with connection.cursor() as cursor:
            cursor.execute("analyze stage_keys")
            found = read_frame(BY_KEY, asked, schema=SUMS)
            cursor.execute("drop table stage_keys")
        return found

    def _compared(self, ledger: pl.DataFrame, on: date) -> dict[str, Any]:
        both = (
            _whole(self._file)
            .join(ledger, on="customer_code", how="full", coalesce=True, suffix="_ledger")
            .with_columns(pl.col("cents", "cents_ledger").fill_null(0))
        )
        wrong = both.filter(pl.col("cents") != pl.col("cents_ledger")).sort("customer_code")
        return {
            "ok": wrong.is_empty(),
            "on": on.isoformat(),
            "ledger_net": decimal_text(int(both["cents_ledger"].sum())),
            "file_net": decimal_text(int(both["cents"].sum())),
            "lines": self._totals.lines,
            "differences": [
                {"customer": code, "file": decimal_text(theirs), "ledger": decimal_text(ours)}
                for code, theirs, ours in wrong.select("customer_code", "cents", "cents_ledger")
                .head(DIFFERENCES_SHOWN)
                .iter_rows()
            ],
        }


def _summed(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.group_by("customer_code").agg(pl.col("cents").sum())


def _whole(sums: list[pl.DataFrame]) -> pl.DataFrame:
    return _summed(pl.concat(sums)) if sums else pl.DataFrame(schema=SUMS)
