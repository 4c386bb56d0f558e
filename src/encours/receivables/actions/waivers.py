"""Penalties and indemnities given up, with a reason: a bargaining chip, dated, which may be undone.

What is given up counts as billed from that day: nothing asks for it again, no note bills it. Lawful
as long as `law_values` says so: a pending bill would forbid it (law-fr 1.14).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from django.db import transaction

from encours.kernel.refusal import Refusal
from encours.parties.models import Customer
from encours.receivables.actions.acts import NotFound
from encours.receivables.actions.penalties import Billing, lines_of, lock_account
from encours.receivables.models import Instalment, PenaltyWaiver
from encours.receivables.rules.values import LawValues
from encours.tenancy import journal

REASON_MIN: Final = 3
LAW: Final = "penalty_waiver"


class WaiverForbidden(Refusal):
    """The law in force at that day forbids it."""

    message = "La loi en vigueur à cette date n'autorise plus à renoncer aux pénalités."


class NoReason(Refusal):
    """A gesture is explained."""

    message = "Dites pourquoi vous y renoncez : la raison reste au dossier."


class NothingToWaive(Refusal):
    """There is nothing left to give up."""

    message = "Rien à abandonner : ces échéances ne portent ni pénalité ni indemnité nouvelle."


class AlreadyTakenBack(Refusal):
    """A waiver is undone once."""

    message = "Cet abandon est déjà repris."


def is_lawful(law: LawValues, today: date) -> bool:
    """Say whether penalties may be given up at this day."""
    return bool(law.on(LAW, today).value)


@transaction.atomic
def waive(
    *,
    tenant_id: int,
    customer_id: int,
    billings: Sequence[Billing],
    until_on: date,
    reason: str,
    law: LawValues,
    actor_id: int | None = None,
    today: date,
) -> int:
    """Give up these amounts, computed to `until_on`; return how much."""
    assert until_on <= today, "days to come bear nothing yet"
    if not is_lawful(law, today):
        raise WaiverForbidden
    if len(reason.strip()) < REASON_MIN:
        raise NoReason
    customer = lock_account(tenant_id=tenant_id, customer_id=customer_id)
    asked = [one for one in billings if one.interest_cents > 0 or one.indemnity_cents > 0]
    if not asked:
        raise NothingToWaive
    lines = lines_of(customer, asked, until_on)
    told = {
        "tenant_id": tenant_id,
        "creditor_id": customer.creditor_id,
        "customer": customer,
        "until_on": until_on,
        "waived_on": today,
        "reason": reason.strip(),
        "author_id": actor_id,
    }
    rows = [row for one in asked for row in _rows(told, one, lines[one.line_id])]
    PenaltyWaiver.objects.bulk_create(rows)
    cents = sum(row.cents for row in rows)
    _record("penalties.waived", customer, actor_id, today, cents)
    return cents


@transaction.atomic
def take_back(*, tenant_id: int, waiver_id: int, actor_id: int | None = None, today: date) -> None:
    """Undo a waiver: from today on the amount may be asked and billed again."""
    found = PenaltyWaiver.objects.of(tenant_id).select_for_update(of=("self",), no_key=True)
    row = found.filter(pk=waiver_id).first()
    if row is None:
        raise NotFound("Cet abandon n'existe pas.")
    if row.released_on is not None:
        raise AlreadyTakenBack
    customer = lock_account(tenant_id=tenant_id, customer_id=row.customer_id)
    PenaltyWaiver.objects.of(tenant_id).filter(pk=row.pk).update(released_on=today)
    _record("penalties.waiver_undone", customer, actor_id, today, row.cents)


def _rows(told: dict[str, Any], one: Billing, line: Instalment) -> list[PenaltyWaiver]:
    amounts = {"interest": one.interest_cents, "indemnity": one.indemnity_cents}
    return [
        PenaltyWaiver(
            **told,
            invoice_id=line.invoice_id,
            kind=kind,
            claim_key=line.invoice.key,
            lineage_id=line.lineage_id or line.pk,
            position=line.position,
            from_on=one.from_on if kind == "interest" else line.due_on + timedelta(days=1),
            cents=cents,
        )
        for kind, cents in amounts.items()
        if cents > 0
    ]


def _record(verb: str, customer: Customer, actor_id: int | None, today: date, cents: int) -> None:
    journal.record(
        verb,
        tenant_id=customer.tenant_id,
        subject=("customer", customer.pk),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=customer.creditor_id,
        customer_id=customer.pk,
        data={"cents": cents},
    )
