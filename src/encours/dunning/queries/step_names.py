"""How people named the steps they added to their scenarios."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.db import connection

NAMES: Final = """
select distinct on (step ->> 'code') step ->> 'code', step ->> 'name'
from dunning_scenario s cross join lateral jsonb_array_elements(s.definition -> 'steps') step
where s.tenant_id = %(tenant)s
  and (%(creditors)s::bigint[] is null or s.creditor_id is null
       or s.creditor_id = any (%(creditors)s::bigint[]))
  and not (step ->> 'code' = any (%(known)s))
order by step ->> 'code', s.id desc
"""


def own_steps(
    *, tenant_id: int, creditor_ids: Collection[int] | None, known: Collection[str]
) -> dict[str, str]:
    """Return the latest name of each step whose code is not `known`."""
    asked = {
        "tenant": tenant_id,
        "creditors": None if creditor_ids is None else list(creditor_ids),
        "known": list(known),
    }
    with connection.cursor() as cursor:
        cursor.execute(NAMES, asked)
        return dict(cursor.fetchall())
