"""Whole-ledger answers kept in this process for as long as no fact of the tenant came after them.

Everything that changes a ledger is a fact of the journal, written in the same transaction. An
answer is kept with the database's snapshot taken before it was computed: it holds while every fact
committed by now was already visible in that snapshot, so a transaction that took its number early
and ended late counts too.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final, TypeVar

from django.db import connection

Value = TypeVar("Value")

MOST: Final = 64
_Key = tuple[int, Hashable]
_ANSWERS: Final[OrderedDict[_Key, tuple[str, object]]] = OrderedDict()
_LOCK: Final = threading.Lock()

# A tenant's facts by their transaction: the index of the sealing (tenant, era, xid, id).
ASKED: Final = """
select pg_current_snapshot()::text, %(then)s::text is not null and not exists (
    select from tenancy_fact f
    where f.tenant_id = %(tenant_id)s and f.era = encours_current_era()
        and f.xid >= pg_snapshot_xmin(%(then)s::pg_snapshot)
        and not pg_visible_in_snapshot(f.xid, %(then)s::pg_snapshot)
        and not split_part(f.verb, '.', 1) = any(%(ignored)s::text[]))
"""


def kept(
    tenant_id: int,
    key: Hashable,
    compute: Callable[[], Value],
    *,
    ignored: tuple[str, ...] = (),
) -> Value:
    """Return the answer kept under `key`, or compute it; what is returned is never changed.

    `ignored` names facts that cannot change the answer, by the first word of their verb. Only for
    what is read: an answer on which something is decided is computed anew under its locks.
    """
    with _LOCK:
        then, answer = _ANSWERS.get((tenant_id, key), (None, None))
    asked = {"tenant_id": tenant_id, "then": then, "ignored": list(ignored)}
    with connection.cursor() as cursor:
        cursor.execute(ASKED, asked)
        now, holds = cursor.fetchone()
    if not holds:
        answer = compute()
        _keep((tenant_id, key), now, answer)
    return answer  # type: ignore[return-value]  # what `compute` returned for this key


def _keep(key: _Key, snapshot: str, answer: object) -> None:
    with _LOCK:
        _ANSWERS[key] = (snapshot, answer)
        _ANSWERS.move_to_end(key)
        while len(_ANSWERS) > MOST:
            _ANSWERS.popitem(last=False)
