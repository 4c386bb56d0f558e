"""What a person decides of lines that were overdue before the creditor went live."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.db import connection, transaction

from encours.dunning.queries import triage
from encours.kernel.refusal import Refusal
from encours.tenancy import journal

DECISIONS: Final = ("remind", "letter", "leave")
DECIDE: Final = """
insert into dunning_triage (tenant_id, instalment_id, creditor_id, decision, decided_by_id,
                            decided_at)
select i.tenant_id, i.id, i.creditor_id, %(decision)s, %(user)s, %(now)s
from receivables_instalment i
where i.tenant_id = %(tenant)s and i.creditor_id = %(creditor)s and i.id = any (%(ids)s)
on conflict (tenant_id, instalment_id) do update
    set decision = excluded.decision, decided_by_id = excluded.decided_by_id,
        decided_at = excluded.decided_at
"""


class NothingToDecide(Refusal):
    """No line was chosen."""

    message = "Choisissez au moins une échéance."


@transaction.atomic
def decide(
    *,
    tenant_id: int,
    creditor_id: int,
    line_ids: Sequence[int] | None,
    decision: str,
    before: date,
    user_id: int,
    now: datetime,
    today: date,
) -> int:
    """Remind, write or leave some old lines, or (`line_ids` None) all those still undecided."""
    assert decision in DECISIONS, decision
    old = triage.old_lines(tenant_id=tenant_id, limits={creditor_id: (before, today)})
    wanted = None if line_ids is None else set(line_ids)
    chosen = [line for line in old if (not line.decision if wanted is None else line.id in wanted)]
    if not chosen:
        raise NothingToDecide
    with connection.cursor() as cursor:
        cursor.execute(
            DECIDE,
            {
                "tenant": tenant_id,
                "creditor": creditor_id,
                "ids": [line.id for line in chosen],
                "decision": decision,
                "user": user_id,
                "now": now,
            },
        )
    totals: Counter[str] = Counter()
    for line in chosen:
        totals[line.currency] += line.open_cents
    journal.record(
        "triage.decided",
        tenant_id=tenant_id,
        subject=("creditor", creditor_id),
        effective_on=today,
        actor_id=user_id,
        creditor_id=creditor_id,
        data={"decision": decision, "lines": len(chosen), "open_cents": dict(totals)},
    )
    return len(chosen)
