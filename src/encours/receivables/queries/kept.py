"""The whole-ledger answers that pages show again and again, computed once until a fact changes.

A page of a ledger of a million lines reads its sums here; who decides something on them asks
`ageing` or `figures` themselves.
"""

from __future__ import annotations

from typing import Final

from encours.receivables.queries import ageing, exchange, figures
from encours.receivables.queries.ageing import AgedBalance, GroupBy
from encours.receivables.queries.exchange import Consolidated
from encours.receivables.queries.figures import MonthFigures
from encours.receivables.queries.moment import Moment
from encours.receivables.rules.ageing import STANDARD, AgeBy, Buckets
from encours.tenancy.kept import kept

BESIDE_THE_LEDGER: Final = (
    "address",
    "answer",
    "bank_account",
    "call",
    "calls",
    "channel",
    "inbox",
    "letter",
    "message",
    "number",
    "person",
    "plan",
    "portfolio_rule",
    "reminder",
    "reminders",
    "reply",
    "scenario",
    "scoring",
    "sender",
    "sending",
    "task",
    "triage",
)
"""First words of the facts that leave every amount as it is."""


def balance(
    moment: Moment,
    *,
    by: AgeBy = AgeBy.DUE,
    buckets: Buckets = STANDARD,
    group_by: GroupBy = GroupBy.CUSTOMER,
) -> AgedBalance:
    """Return `ageing.aged_balance`."""
    return kept(
        moment.tenant_id,
        ("aged_balance", moment, by, buckets, group_by),
        lambda: ageing.aged_balance(moment, by=by, buckets=buckets, group_by=group_by),
        ignored=BESIDE_THE_LEDGER,
    )


def consolidated(moment: Moment, target: str) -> Consolidated:
    """Return `exchange.consolidated_balance`, by customer."""
    return kept(
        moment.tenant_id,
        ("consolidated", moment, target),
        lambda: exchange.consolidated_balance(moment, target),
        ignored=BESIDE_THE_LEDGER,
    )


def months(moment: Moment, *, count: int) -> tuple[MonthFigures, ...]:
    """Return `figures.month_figures`."""
    return kept(
        moment.tenant_id,
        ("month_figures", moment, count),
        lambda: figures.month_figures(moment, months=count),
        ignored=BESIDE_THE_LEDGER,
    )
