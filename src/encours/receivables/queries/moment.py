"""Which ledger rows count: whose, effective by which day, as known at which instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

# Everything is named in each statement (design.md, 2.3); what is null folds away when planned.
LIVE: Final = """{t}.tenant_id = %(tenant_id)s
    and (%(creditor_id)s::bigint is null or {t}.creditor_id = %(creditor_id)s)
    and (%(creditors)s::bigint[] is null or {t}.creditor_id = any(%(creditors)s::bigint[]))
    and (%(currency)s::text is null or {t}.currency = %(currency)s)
    and case when %(known_at)s::timestamptz is null then {t}.undone_at is null
        else {t}.recorded_at <= %(known_at)s
            and ({t}.undone_at is null or {t}.undone_at > %(known_at)s) end"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A ledger on a day: a tenant, all its creditors or some, one currency or all.

    `known_at` None is what we know now. The other two filters keep a salesperson's or one
    person's customers; they name ids, so they may come from the rights of the user.
    """

    tenant_id: int
    as_of: date
    creditor_ids: tuple[int, ...] | None = None
    currency: str | None = None
    known_at: datetime | None = None
    customer_id: int | None = None
    salesperson_id: int | None = None

    def params(self) -> dict[str, Any]:
        """Return the parameters of `LIVE` and of the filters."""
        one = self.creditor_ids is not None and len(self.creditor_ids) == 1
        return {
            "tenant_id": self.tenant_id,
            "as_of": self.as_of,
            "creditor_id": self.creditor_ids[0] if self.creditor_ids and one else None,
            "creditors": None if one or self.creditor_ids is None else list(self.creditor_ids),
            "currency": self.currency,
            "known_at": self.known_at,
            "customer_id": self.customer_id,
            "salesperson_id": self.salesperson_id,
        }


def live(query: str) -> str:
    """Replace each `live(table)` of a query by the condition that its row counts."""
    head, *rest = query.split("live(")
    pieces = [head]
    for piece in rest:
        table, after = piece.split(")", 1)
        pieces += [LIVE.replace("{t}", table), after]
    return "".join(pieces)
