"""Limits that a list of customers brings (`parties.ports.MasterData`)."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import polars as pl

from encours.kernel.money import decimal_text
from encours.parties.models import Batch
from encours.parties.ports import Change, Taken
from encours.risk.actions import limits
from encours.risk.actions.limits import Grant
from encours.risk.models import CreditLimit
from encours.tenancy.models import Creditor

SHOWN: Final = 20
REASON: Final = "Fiche de clients importée"


class ListedLimits:
    """A limit said by a list holds from the day of the import, until said otherwise."""

    code = "limits"
    table = "risk_creditlimit"

    def take(
        self, rows: pl.DataFrame, *, tenant_id: int, creditor_id: int, batch_id: int, today: date
    ) -> Taken:
        """Take the last word of each customer and currency."""
        said = rows.filter(pl.col("credit_limit").is_not_null())
        if said.is_empty():
            return Taken(0)
        own = Creditor.objects.of(tenant_id).values_list("currency", flat=True).get(pk=creditor_id)
        author_id = Batch.objects.of(tenant_id).get(pk=batch_id).author_id
        told = said.select(
            "code",
            "customer_id",
            pl.col("currency").fill_null(own),
            pl.col("credit_limit").cast(int),
        ).unique(["customer_id", "currency"], keep="last", maintain_order=True)
        before = _held(tenant_id, told["customer_id"].to_list(), today)
        by: dict[str, Any] = {"tenant_id": tenant_id, "batch_id": batch_id, "author_id": author_id}
        changes: list[Change] = []
        fresh: list[Grant] = []
        for code, customer_id, currency, cents in told.iter_rows():
            grant = Grant(
                customer_id=customer_id, currency=currency, cents=cents, since=today,
                origin="table", reason=REASON,
            )  # fmt: skip
            was = before.get((customer_id, currency))
            if was is None:
                fresh.append(grant)
            elif not limits.write(grant, **by):
                continue
            text = decimal_text(was) if was else ""
            changes.append(Change(code, "credit_limit", text, decimal_text(cents)))
        limits.write_first(fresh, **by, creditor_id=creditor_id)
        return Taken(len(changes), tuple(changes[:SHOWN]))

    def rests_on(self, *, tenant_id: int, batch_id: int) -> set[int]:
        """Return the batches that cut or replaced the limits of this one."""
        rows = CreditLimit.objects.of(tenant_id).filter(batch_id=batch_id)
        later = rows.values_list("undone_by_id", flat=True).distinct()
        return {one for one in later if one is not None}

    def take_back(self, *, tenant_id: int, batch_id: int, leaving: list[int]) -> None:
        """Give the limits of before back."""
        limits.undo_batch(tenant_id=tenant_id, batch_id=batch_id, leaving=leaving)


def _held(tenant_id: int, customer_ids: list[int], day: date) -> dict[tuple[int, str], int]:
    """Return what holds on a day, in cents, 0 for whoever has limits on other days only."""
    rows = CreditLimit.objects.of(tenant_id).filter(customer_id__in=customer_ids, undone_at=None)
    found: dict[tuple[int, str], int] = {}
    for row in rows:
        key = (row.customer_id, row.currency)
        found[key] = row.amount_cents if row.as_limit().covers(day) else found.get(key, 0)
    return found
