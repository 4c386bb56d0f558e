"""Which ledger rows count: whose, effective by which day, as known at which instant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from encours.parties import faces

# Everything is named in each statement (design.md, 2.3); what is null folds away when planned.
KNOWN: Final = """{t}.tenant_id = %(tenant_id)s
    and (%(creditor_id)s::bigint is null or {t}.creditor_id = %(creditor_id)s)
    and (%(creditors)s::bigint[] is null or {t}.creditor_id = any(%(creditors)s::bigint[]))
    and case when %(known_at)s::timestamptz is null then {t}.undone_at is null
        else {t}.recorded_at <= %(known_at)s
            and ({t}.undone_at is null or {t}.undone_at > %(known_at)s) end"""
LIVE: Final = (
    KNOWN
    + """
    and (%(currency)s::text is null or {t}.currency = %(currency)s)
    and (%(but_currency)s::text is null or {t}.currency <> %(but_currency)s)"""
)

_WORD: Final = re.compile(
    r"\b(live|known|of_lines|of_credits|of_either|of_customer|own|trade|faces|family)\((\w*)\)"
)

OF_LINES: Final = """{t}.instalment_id = any(array(
        select mine.id from receivables_instalment mine
        where mine.tenant_id = %(tenant_id)s and mine.customer_id = any({family})))"""
OF_CREDITS: Final = """{t}.credit_id = any(array(
        select mine.id from receivables_credit mine
        where mine.tenant_id = %(tenant_id)s and mine.customer_id = any({family})))"""
OF_CUSTOMER: Final = "{t}.customer_id = any({family})"
OWN: Final = """({t}.salesperson_id = any(%(people)s::bigint[])
        or {t}.collector_id = any(%(people)s::bigint[]))"""
INTRA_GROUP: Final = """array(
        select k.id from parties_customer k
        join tenancy_creditor o on o.tenant_id = k.tenant_id and o.siren = k.siren
        where k.tenant_id = %(tenant_id)s and k.siren <> '')"""
"""The customers that are companies of the group: their SIREN is that of one of its creditors."""

TRADE: Final = "{t}.customer_id <> all(" + INTRA_GROUP + ")"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A ledger on a day: a tenant, all its creditors or some, one currency or all.

    `known_at` None is what we know now. The last two filters keep one customer, or those whom
    these people sell to or collect from; they may come from the rights of the user. A group's
    balance asks for every currency but one.
    """

    tenant_id: int
    as_of: date
    creditor_ids: tuple[int, ...] | None = None
    currency: str | None = None
    known_at: datetime | None = None
    customer_id: int | None = None
    people: tuple[int, ...] | None = None
    but_currency: str | None = None

    def params(self) -> dict[str, Any]:
        """Return the parameters of `KNOWN`, `LIVE` and the filters."""
        one = self.creditor_ids is not None and len(self.creditor_ids) == 1
        return {
            "tenant_id": self.tenant_id,
            "as_of": self.as_of,
            "creditor_id": self.creditor_ids[0] if self.creditor_ids and one else None,
            "creditors": None if one or self.creditor_ids is None else list(self.creditor_ids),
            "currency": self.currency,
            "but_currency": self.but_currency,
            "known_at": self.known_at,
            "customer_id": self.customer_id,
            "people": None if self.people is None else list(self.people),
        }


def live(query: str, moment: Moment) -> str:
    """Replace the words of this module in a query.

    `live(t)`: the row counts; `known(t)`: the same for tables without a currency. `of_lines(a)`,
    `of_credits(a)` and `of_either(a)` narrow allocations to one customer by the indexes they have,
    `of_customer(t)` any other table; `own(t)` keeps the customers of `people`,
    `trade(t)` leaves the companies of the group out of a whole ledger. `faces()` and
    `family()` are those of `parties.faces`: a customer is itself and those merged into it.
    """
    narrow = moment.customer_id is not None
    words = {
        "live": LIVE,
        "known": KNOWN,
        "of_lines": OF_LINES if narrow else "true",
        "of_credits": OF_CREDITS if narrow else "true",
        "of_either": f"({OF_LINES} or {OF_CREDITS})" if narrow else "true",
        "of_customer": OF_CUSTOMER if narrow else "true",
        "own": "true" if moment.people is None else OWN,
        "trade": "true" if narrow else TRADE,
        "faces": faces.KNOWN,
        "family": faces.FAMILY_KNOWN,
    }

    def written(found: re.Match[str]) -> str:
        condition = words[found[1]].replace("{family}", faces.FAMILY_KNOWN)
        return condition.replace("{t}", found[2])

    return _WORD.sub(written, query)
