"""Gives up penalties and indemnities that were previewed: what changed meanwhile is shown again."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from encours.einvoicing.actions.notes import Chosen, agreed_lines, billing
from encours.receivables.actions import penalties, waivers
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
    lines = agreed_lines(tenant_id=tenant_id, chosen=chosen, today=today)
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
