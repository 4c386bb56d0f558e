"""Mandates that a list of customers brings (`parties.ports.MasterData`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import polars as pl
from django.db import transaction

from encours.kernel.issue import Issue
from encours.kernel.refusal import Refusal
from encours.parties.models import Batch, Customer
from encours.parties.ports import Change, Taken
from encours.payments import rules
from encours.payments.actions import mandates
from encours.payments.actions.mandates import Terms
from encours.payments.models import Mandate

SHOWN: Final = 20
LABEL: Final = "RUM du mandat"
KEPT: Final = "Ce mandat a un autre IBAN : il ne change pas, un changement de compte se vérifie."


class ListedMandates:
    """One mandate for each reference; its account is the row's, else that of its customer."""

    code = "mandates"
    table = "payments_mandate"

    def take(
        self, rows: pl.DataFrame, *, tenant_id: int, creditor_id: int, batch_id: int, today: date
    ) -> Taken:
        """Take each row that names a reference; one that is refused is left with the reason."""
        said = rows.filter(pl.col("mandate_reference").is_not_null())
        if said.is_empty():
            return Taken(0)
        owned = Customer.objects.of(tenant_id).select_related("creditor")
        known = owned.in_bulk(said["customer_id"].unique().to_list())
        live = Mandate.objects.of(tenant_id).filter(creditor_id=creditor_id, undone_at=None)
        ibans = dict(live.values_list("reference", "iban"))
        batch = Batch.objects.of(tenant_id).get(pk=batch_id)
        count = 0
        changes: list[Change] = []
        issues: list[Issue] = []
        for row in said.iter_rows(named=True):
            terms = _terms(row, known[row["customer_id"]])
            held = ibans.get(terms.reference, "")
            if held and terms.iban and terms.iban != held:
                issues.append(_issue("iban_kept", KEPT, row))
                terms = _terms({**row, "iban": held}, known[row["customer_id"]])
            try:
                written = _written(terms, known[row["customer_id"]], batch, today)
            except Refusal as refusal:
                issues.append(_issue("mandate_refused", str(refusal), row))
                continue
            if written is not None:
                count += 1
                ibans[written.reference] = written.iban
                before = written.reference if held else ""
                changes.append(Change(row["code"], "mandate_reference", before, written.reference))
        return Taken(count, tuple(changes[:SHOWN]), tuple(issues))

    def rests_on(self, *, tenant_id: int, batch_id: int) -> set[int]:
        """Return the batches that changed the mandates of this one."""
        rows = Mandate.objects.of(tenant_id).filter(batch_id=batch_id)
        later = rows.values_list("undone_by_id", flat=True).distinct()
        return {one for one in later if one is not None}

    def take_back(self, *, tenant_id: int, batch_id: int, leaving: list[int]) -> None:
        """Give the mandates of before back."""
        mandates.undo_batch(tenant_id=tenant_id, batch_id=batch_id, leaving=leaving)


def _terms(row: Mapping[str, Any], customer: Customer) -> Terms:
    signed = row["mandate_signed_on"]
    return Terms(
        reference=row["mandate_reference"],
        scheme=rules.scheme_of(row["mandate_scheme"] or "") or row["mandate_scheme"] or "",
        iban=row["iban"] or customer.iban,
        bic=row["bic"] or "",
        signed_on=date.fromisoformat(signed) if signed else None,
        origin="table",
    )


@transaction.atomic
def _written(terms: Terms, customer: Customer, batch: Batch, today: date) -> Mandate | None:
    good = mandates.checked(terms, debtor_class=customer.debtor_class, today=today)
    return mandates.write(good, customer, batch)


def _issue(code: str, message: str, row: Mapping[str, Any]) -> Issue:
    return Issue(
        code,
        f"{message} (client {row['code']})",
        row["line"],
        LABEL,
        row["mandate_reference"],
        severity="warning",
    )
