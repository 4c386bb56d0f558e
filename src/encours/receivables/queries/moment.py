"""Which ledger rows count: whose, effective by which day, as known at which instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

# Everything is named in each statement (design.md, 2.3); what is null folds away when planned.
KNOWN: Final = """{t}.tenant_id = %(tenant_id)s
    and (%(creditor_id)s::bigint is null or {t}.creditor_id = %(creditor_id)s)
    and (%(creditors)s::bigint[] is null or {t}.creditor_id = any(%(creditors)s::bigint[]))
    and case when %(known_at)s::timestamptz is null then {t}.undone_at is null
        else {t}.recorded_at <= %(known_at)s
            and ({t}.undone_at is null or {t}.undone_at > %(known_at)s) end"""
LIVE: Final = KNOWN + "\n    and (%(currency)s::text is null or {t}.currency = %(currency)s)"

OF_LINES: Final = """{t}.instalment_id = any(array(
        select mine.id from receivables_instalment mine
        where mine.tenant_id = %(tenant_id)s and mine.customer_id = %(customer_id)s))"""
OF_CREDITS: Final = """{t}.credit_id = any(array(
        select mine.id from receivables_credit mine
        where mine.tenant_id = %(tenant_id)s and mine.customer_id = %(customer_id)s))"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A ledger on a day: a tenant, all its creditors or some, one currency or all.

    `known_at` None is what we know now. The last two filters keep one customer, or those of a
    salesperson; they name ids, so that they may come from the rights of the user.
    """

    tenant_id: int
    as_of: date
    creditor_ids: tuple[int, ...] | None = None
    currency: str | None = None
    known_at: datetime | None = None
    customer_id: int | None = None
    salesperson_id: int | None = None

    def params(self) -> dict[str, Any]:
        """Return the parameters of `KNOWN`, `LIVE` and the filters."""
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


def live(query: str, moment: Moment) -> str:
    """Replace the words of this module in a query.

    `live(t)`: the row counts; `known(t)`: the same for tables without a currency. `of_lines(a)`,
    `of_credits(a)` and `of_either(a)` narrow allocations to one customer by the indexes they have.
    """
    narrow = moment.customer_id is not None
    words = {
        "live": LIVE,
        "known": KNOWN,
        "of_lines": OF_LINES if narrow else "true",
        "of_credits": OF_CREDITS if narrow else "true",
        "of_either": f"({OF_LINES} or {OF_CREDITS})" if narrow else "true",
    }
    for name, condition in words.items():
        head, *rest = query.split(f" {name}(")
        pieces = [head]
        for piece in rest:
            table, after = piece.split(")", 1)
            pieces += [" ", condition.replace("{t}", table), after]
        query = "".join(pieces)
    return query
