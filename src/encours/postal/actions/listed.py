"""Consents to electronic registered letters that a list of customers brings (parties.ports)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import polars as pl
from django.contrib.postgres.functions import TransactionNow

from encours.kernel.issue import Issue
from encours.kernel.refusal import Refusal
from encours.parties.models import Contact
from encours.parties.ports import Change, Taken
from encours.postal.actions.consents import refuse
from encours.postal.models import Consent
from encours.postal.rules.consent import digest

SHOWN: Final = 20
LABEL: Final = "Accord au recommandé électronique"
SOURCE: Final = "Liste de clients importée"


class ListedConsents:
    """One consent for a customer's address: the row's e-mail, else its only contact's."""

    code = "consents"
    table = "postal_consent"

    def take(
        self, rows: pl.DataFrame, *, tenant_id: int, creditor_id: int, batch_id: int, today: date
    ) -> Taken:
        """Take each row that dates a consent; one that is refused is left with the reason."""
        said = rows.filter(pl.col("lre_consent_on").is_not_null())
        if said.is_empty():
            return Taken(0)
        known = _addresses(tenant_id, said["customer_id"].unique().to_list())
        changes: list[Change] = []
        issues: list[Issue] = []
        count = 0
        for row in said.iter_rows(named=True):
            email = row["contact_email"] or _only(known.get(row["customer_id"], []))
            given_on = date.fromisoformat(row["lre_consent_on"])
            source = row["lre_consent_source"] or SOURCE
            try:
                refuse(email=email, given_on=given_on, source=source, today=today)
            except Refusal as refusal:
                issues.append(_issue(str(refusal), row))
                continue
            owner = {"tenant_id": tenant_id, "creditor_id": creditor_id, "batch_id": batch_id}
            before = _written(owner, row["customer_id"], email, given_on, source)
            if before is not None:
                count += 1
                after = f"{given_on:%d/%m/%Y}"
                changes.append(Change(row["code"], "lre_consent_on", before, after))
        return Taken(count, tuple(changes[:SHOWN]), tuple(issues))

    def rests_on(self, *, tenant_id: int, batch_id: int) -> set[int]:
        """Return the batches that replaced consents of this one."""
        rows = Consent.objects.of(tenant_id).filter(batch_id=batch_id)
        later = rows.values_list("undone_by_id", flat=True).distinct()
        return {one for one in later if one is not None}

    def take_back(self, *, tenant_id: int, batch_id: int, leaving: list[int]) -> None:
        """Withdraw what a batch wrote, give back what it had replaced."""
        rows = Consent.objects.of(tenant_id)
        rows.filter(batch_id=batch_id, undone_at=None).update(undone_at=TransactionNow())
        rows.filter(customer_id__in=leaving).delete()
        for former in rows.filter(undone_by_id=batch_id).order_by("id"):
            live = rows.filter(customer_id=former.customer_id, digest=former.digest, undone_at=None)
            if not live.exists():
                former.pk, former.undone_at, former.undone_by_id = None, None, None
                former._state.adding = True  # noqa: SLF001 - a copy, as Django documents it
                former.save()


def _written(
    owner: dict[str, int], customer_id: int, email: str, given_on: date, source: str
) -> str | None:
    """Write a consent; return the day of the former, nothing when it is the same."""
    mine = Consent.objects.of(owner["tenant_id"])
    live = mine.filter(customer_id=customer_id, digest=digest(email), undone_at=None)
    former = live.first()
    if former is not None and former.given_on == given_on:
        return None
    live.update(undone_at=TransactionNow(), undone_by_id=owner["batch_id"])
    Consent.objects.create(
        **owner, customer_id=customer_id, digest=digest(email), given_on=given_on, source=source
    )
    return f"{former.given_on:%d/%m/%Y}" if former else ""


def _addresses(tenant_id: int, customer_ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = Contact.objects.of(tenant_id).filter(customer_id__in=customer_ids).exclude(email="")
    for customer_id, email in rows.values_list("customer_id", "email"):
        found.setdefault(customer_id, []).append(email)
    return found


def _only(addresses: list[str]) -> str:
    return addresses[0] if len(addresses) == 1 else ""


def _issue(message: str, row: Mapping[str, Any]) -> Issue:
    return Issue(
        "consent_refused",
        f"{message} (client {row['code']})",
        row["line"],
        LABEL,
        row["lre_consent_on"],
        severity="warning",
    )
