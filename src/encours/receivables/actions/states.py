"""Where a due line stands in the accounts: bill (413), doubtful (416), ordinary again (411)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from django.db import transaction

from encours.receivables.actions import acts
from encours.receivables.models import Instalment, Reclassification

STATES: Final = ("ordinary", "bill", "doubtful")


@transaction.atomic
def reclassify(
    *,
    tenant_id: int,
    line_ids: Sequence[int],
    state: str,
    from_on: date,
    actor_id: int | None = None,
    today: date,
) -> int:
    """Put due lines in a state from a day on; it is not a payment. Returns how many changed."""
    assert state in STATES, state
    rows = Instalment.objects.of(tenant_id).filter(pk__in=line_ids, undone_at=None)
    lines = list(rows.select_for_update(no_key=True).order_by("pk"))
    if not lines or len(lines) != len(set(line_ids)):
        raise acts.NotFound("Cette échéance n'existe pas, ou vient d'être annulée.")
    for creditor_id, customer_id in sorted({(one.creditor_id, one.customer_id) for one in lines}):
        act = acts.start(
            tenant_id=tenant_id,
            kind="reclassification",
            creditor_id=creditor_id,
            customer_id=customer_id,
            actor_id=actor_id,
            today=today,
        )
        mine = [one for one in lines if one.customer_id == customer_id]
        Reclassification.objects.bulk_create(
            Reclassification(**act.mine, instalment=line, state=state, from_on=from_on)
            for line in mine
        )
        for line in mine:
            act.tell("instalment.reclassified", ("instalment", line.pk), from_on, state=state)
    return len(lines)
