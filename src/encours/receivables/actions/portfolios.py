"""Applies the rules of portfolios, over the amounts of the day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final

import polars as pl
from django.db import connection, transaction

from encours.parties.models import PortfolioRule
from encours.receivables.queries import portfolios as queries
from encours.tenancy import journal
from encours.tenancy.frames import stage_frame

GIVE: Final = """
update parties_customer c set {part}_id = m.to_id, {part}_rule_id = m.rule_id
from stage_portfolio_{part} m
where c.tenant_id = %(tenant_id)s and c.id = m.customer_id
    and (c.{part}_id is null or c.{part}_rule_id is not null)
"""


@transaction.atomic
def apply_rules(
    *,
    tenant_id: int,
    creditor_ids: Collection[int] | None,
    only_new: bool = False,
    actor_id: int | None = None,
    today: date,
) -> int:
    """Give customers to whom the rules say; returns how many moves were made.

    With `only_new`, only to those who have nobody: what an import asks for its new customers.
    What a person gave meanwhile stays.
    """
    if not PortfolioRule.objects.of(tenant_id).filter(ended_at=None).exists():
        return 0
    found = queries.moves(
        tenant_id=tenant_id, creditor_ids=creditor_ids, on=today, only_new=only_new
    )
    counts = {}
    for (part,), frame in found.group_by("part"):
        stage_frame(f"stage_portfolio_{part}", frame.select("customer_id", "to_id", "rule_id"))
        with connection.cursor() as cursor:
            cursor.execute(GIVE.format(part=part), {"tenant_id": tenant_id})
            cursor.execute(f"drop table stage_portfolio_{part}")
        moved = frame.filter(pl.col("to_id").ne_missing(pl.col("from_id")))
        counts[str(part)] = moved.height
    if counts:
        journal.record(
            "portfolios.applied",
            tenant_id=tenant_id,
            subject=("tenant", tenant_id),
            effective_on=today,
            actor_id=actor_id,
            data={"count": sum(counts.values()), **counts},
        )
    return sum(counts.values())
