"""What customers did, for the branches of scenarios: promises, disputes, parts paid, refusals.

Each behaviour is read where it is written; only those that a scenario of the shelf asks are looked
for (docs/decisions/0070).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from encours.dunning.rules import conduct
from encours.dunning.rules.frames import BEHAVIOURS
from encours.dunning.rules.scenario import Behaviour
from encours.tenancy.frames import read_frame

BOUNCED: Final = """
select distinct m.customer_id, null::text, null::bigint, 'bounced', m.sent_at::date
from messaging_message m
where m.tenant_id = %(tenant)s and m.creditor_id = %(creditor)s and m.state = 'bounced'
  and m.customer_id is not null and m.sent_at is not null
  and (%(customers)s::bigint[] is null or m.customer_id = any (%(customers)s::bigint[]))
"""
ANSWERED: Final = """
select distinct r.customer_id, null::text, null::bigint, 'answered', r.received_at::date
from replies_reply r
where r.tenant_id = %(tenant)s and r.creditor_id = %(creditor)s and r.state <> 'discarded'
  and r.kind not in ('out_of_office', 'bounce') and r.customer_id is not null
  and (%(customers)s::bigint[] is null or r.customer_id = any (%(customers)s::bigint[]))
"""
READ: Final[Mapping[Behaviour, str]] = {"answered": ANSWERED, "bounced": BOUNCED}
"""Behaviours that rows of other packages tell, each with its question."""


def behaviours(
    asked: frozenset[Behaviour],
    params: Mapping[str, Any],
    *,
    known: pl.DataFrame,
    facts: pl.DataFrame,
) -> pl.DataFrame:
    """Return `frames.BEHAVIOURS` of these behaviours; `known` = due lines with what was paid."""
    parts = told(asked, params)
    parts.append(conduct.derived(asked, known=known, facts=facts, today=params["today"]))
    return pl.concat([pl.DataFrame(schema=BEHAVIOURS), *parts])


def told(asked: frozenset[Behaviour], params: Mapping[str, Any]) -> list[pl.DataFrame]:
    """Return those that rows of other packages tell, whenever they happened."""
    return [read_frame(READ[one], params, schema=BEHAVIOURS) for one in READ if one in asked]
