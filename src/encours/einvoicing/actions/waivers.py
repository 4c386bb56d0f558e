"""Gives up penalties and indemnities that were previewed: what changed meanwhile is shown again."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from encours.einvoicing.actions.notes import (
    Changed,
    Chosen,
    NotBillable,
    billing,
    chosen_lines,
)
from encours.einvoicing.queries import notes as queries
from encours.receivables.actions import penalties, waivers
from encours.receivables.queries import customers
from encours.receivables.queries.moment import Moment
from encours.receivables.rules.values import LawValues


@transaction.atomic
def waive(
    *,
    tenant_id: int,
    chosen: Chosen,
    reason: str,
    law: LawValues,
    actor_id: int | None = None,
    today: date,
) -> int:
    """Give up what was chosen, to its day and for its total; return how much."""
    penalties.lock_account(tenant_id=tenant_id, customer_id=chosen.customer_id)
    owner = customers.owner_of(tenant_id=tenant_id, customer_id=chosen.customer_id)
    assert owner is not None, "locked just before"
    moment = Moment(
        tenant_id=tenant_id,
        as_of=chosen.until_on,
        creditor_ids=(owner.creditor_id,),
        currency=chosen.currency,
        customer_id=chosen.customer_id,
    )
    found = queries.billable(moment, owner, today=today, with_settled=chosen.with_settled)
    if found.refusal or found.problem:
        raise NotBillable(found.refusal or found.problem)
    lines = chosen_lines(found.lines, chosen)
    if sum(line.total_cents for line in lines) != chosen.expected_cents:
        raise Changed
    return waivers.waive(
        tenant_id=tenant_id,
        customer_id=chosen.customer_id,
        billings=[billing(line) for line in lines],
        until_on=chosen.until_on,
        reason=reason,
        law=law,
        actor_id=actor_id,
        today=today,
    )
