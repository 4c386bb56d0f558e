"""What a customer could be billed for its delays, and the documents that say it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from encours.kernel.money import EUR
from encours.receivables.queries import interest_detail
from encours.receivables.queries.billed import billed_of
from encours.receivables.queries.customers import OwnCustomer
from encours.receivables.queries.interest_detail import Detail, Line
from encours.receivables.queries.moment import Moment
from encours.receivables.queries.rates import rates_of
from encours.receivables.rules.interest import DayCount
from encours.receivables.rules.rates import MissingRate
from encours.receivables.rules.values import shipped_law_values
from encours.standing import queries as standing

UNCONFIRMED: Final = (
    "La nature de ce client n'est pas confirmée : rien ne peut lui être facturé pour l'instant."
)
LATER_NOTE: Final = (
    "Une note a été émise ou annulée après cette date : facturez à une date plus récente."
)
FOREIGN_MONEY: Final = "L'indemnité est de 40 euros : elle ne se facture pas dans une autre devise."


@dataclass(frozen=True, slots=True)
class Billable:
    """What delays cost and no note billed, line by line; `refusal` says why nothing may be."""

    detail: Detail
    refusal: str = ""
    problem: str = ""

    @property
    def lines(self) -> tuple[Line, ...]:
        """Return the lines that a note could hold: something to ask, and new days of it."""
        return () if self.refusal or self.problem else self.detail.lines


def billable(
    moment: Moment, owner: OwnCustomer, *, today: date, with_settled: bool = False
) -> Billable:
    """Return what could be billed to `moment.as_of`; a missing rate is a sentence, no amount."""
    try:
        found = interest_detail.interest_detail(
            moment,
            rates_of(moment.tenant_id),
            shipped_law_values(),
            insolvencies=standing.insolvencies(moment),
            rate=owner.rate,
            day_count=DayCount(owner.day_count.lower()),
            with_settled=with_settled,
        )
    except MissingRate as missing:
        return Billable(interest_detail.NOTHING, problem=str(missing))
    return Billable(found, refusal=_refusal(moment, owner, found, today))


def is_billable(line: Line, *, until_on: date, currency: str) -> bool:
    """Say whether a note may hold the line: something is left to ask of it."""
    return as_billed(line, until_on=until_on, currency=currency).total_cents > 0


def as_billed(line: Line, *, until_on: date, currency: str) -> Line:
    """Return the line as a note asks it: no day twice, no indemnity in another currency."""
    is_new = line.billed_until is None or line.billed_until < until_on
    return replace(
        line,
        interest_cents=line.interest_cents if is_new else 0,
        indemnity_cents=line.indemnity_cents if currency == EUR else 0,
    )


def _refusal(moment: Moment, owner: OwnCustomer, found: Detail, today: date) -> str:
    if not owner.is_confirmed:
        return UNCONFIRMED
    if moment.as_of > today:
        return "On ne facture pas des jours à venir."
    if not found.lines or moment.as_of == today:
        return ""
    now = billed_of(
        replace(moment, as_of=today), [(line.line_id, line.invoice_id) for line in found.lines]
    )
    same = all(
        (now[line.line_id].until_on, now[line.line_id].interest_cents)
        == (line.billed_until, line.billed_cents)
        for line in found.lines
    )
    return "" if same else LATER_NOTE
