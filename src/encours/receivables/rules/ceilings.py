"""Legal ceilings of payment terms: going past one gives a warning, never a refusal.

C. com. L441-10 I and L441-11 II; CCP R2192-10 and following. Figures are dated data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from encours.kernel.dates import end_of_month
from encours.kernel.issue import Issue
from encours.receivables.rules.terms import Terms, due_on
from encours.receivables.rules.values import LawValue, LawValues

_DECADES: Final = (10, 20)


class TermRegime(StrEnum):
    """Which ceiling applies: by what was sold, to whom, and what was agreed."""

    NONE = "none"
    AGREED = "agreed"
    SUMMARY = "summary"
    TRANSPORT = "transport"
    PERISHABLE = "perishable"
    LIVESTOCK = "livestock"
    ALCOHOL = "alcohol"
    WINE = "wine"
    PUBLIC = "public"
    PUBLIC_HEALTH = "public_health"
    PUBLIC_UNDERTAKING = "public_undertaking"


REGIME_LABELS: Final = {
    TermRegime.NONE: "sans délai convenu",
    TermRegime.AGREED: "délai convenu",
    TermRegime.SUMMARY: "facture récapitulative",
    TermRegime.TRANSPORT: "transport",
    TermRegime.PERISHABLE: "denrées périssables",
    TermRegime.LIVESTOCK: "bétail et viandes fraîches",
    TermRegime.ALCOHOL: "boissons alcooliques",
    TermRegime.WINE: "raisins, moûts et vins",
    TermRegime.PUBLIC: "État et collectivités",
    TermRegime.PUBLIC_HEALTH: "établissement public de santé",
    TermRegime.PUBLIC_UNDERTAKING: "entreprise publique",
}


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The latest lawful due date of one invoice, and the texts that say so."""

    latest_on: date
    regime: TermRegime
    values: tuple[LawValue, ...]


def latest_due_on(
    regime: TermRegime, issued_on: date, law: LawValues, *, delivered_on: date | None = None
) -> Ceiling:
    """Return the latest due date the law allows; the delivery date is the invoice's if unknown."""
    delivered = delivered_on or issued_on
    if regime in {TermRegime.AGREED, TermRegime.WINE}:
        net = law.on("term_agreed", issued_on)
        month = law.on("term_end_of_month", issued_on)
        latest = max(
            issued_on + _days(net),
            end_of_month(issued_on + _days(month)),
            end_of_month(issued_on) + _days(month),
        )
        return Ceiling(latest, regime, (net, month))
    value = law.on(f"term_{regime}", issued_on)
    start = _STARTS.get(regime, _same)(issued_on if regime in _FROM_INVOICE else delivered)
    return Ceiling(start + _days(value), regime, (value,))


def ceiling_issues(
    regime: TermRegime,
    issued_on: date,
    due: date,
    law: LawValues,
    *,
    delivered_on: date | None = None,
) -> tuple[Issue, ...]:
    """Warn when a due date is later than the law allows."""
    ceiling = latest_due_on(regime, issued_on, law, delivered_on=delivered_on)
    if due <= ceiling.latest_on:
        return ()
    sources = " ; ".join(dict.fromkeys(value.source for value in ceiling.values))
    message = (
        f"Échéance au {due:%d/%m/%Y} pour une facture du {issued_on:%d/%m/%Y} : au-delà du plafond "
        f"légal ({REGIME_LABELS[regime]}, au plus tard le {ceiling.latest_on:%d/%m/%Y}, {sources})."
    )
    return (
        Issue(
            "terms_over_ceiling", message, column="due_on", found=due.isoformat(),
            expected=f"<= {ceiling.latest_on.isoformat()}", severity="warning",
        ),
    )  # fmt: skip


def terms_issues(terms: Terms, regime: TermRegime, law: LawValues, year: int) -> tuple[Issue, ...]:
    """Warn when terms can go past the ceiling on some day of a year, showing the worst one."""
    worst: tuple[int, tuple[Issue, ...]] = (0, ())
    day = date(year, 1, 1)
    while day.year == year:
        due = max(due_on(terms, part.rule, day) for part in terms.parts)
        excess = (due - latest_due_on(regime, day, law).latest_on).days
        if excess > worst[0]:
            worst = (excess, ceiling_issues(regime, day, due, law))
        day += timedelta(days=1)
    return worst[1]


def _days(value: LawValue) -> timedelta:
    assert value.unit == "days"
    return timedelta(days=int(value.value))


def _same(day: date) -> date:
    return day


def _end_of_decade(day: date) -> date:
    for last in _DECADES:
        if day.day <= last:
            return day.replace(day=last)
    return end_of_month(day)


_FROM_INVOICE: Final = frozenset({TermRegime.SUMMARY, TermRegime.TRANSPORT})
_STARTS: Final[dict[TermRegime, Callable[[date], date]]] = {
    TermRegime.PERISHABLE: _end_of_decade,
    TermRegime.ALCOHOL: end_of_month,
}
