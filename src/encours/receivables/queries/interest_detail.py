"""What the delays of one customer cost, with the runs of days and rates that add up to it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final

import polars as pl

from encours.receivables.queries.interest import cuts_of, late_lines
from encours.receivables.queries.moment import Moment
from encours.receivables.rules.classes import DebtorClass
from encours.receivables.rules.interest import (
    Billed,
    Claim,
    ContractRate,
    ContractRateKind,
    DayCount,
    InterestStatement,
    Reduction,
    late_interest,
    points_text,
)
from encours.receivables.rules.rates import Rates
from encours.receivables.rules.values import LawValues


@dataclass(frozen=True, slots=True)
class Run:
    """A run of days with one base and one rate, as it is shown."""

    from_on: date
    to_on: date
    days: int
    base_cents: int
    rate: str
    cents: int
    points: Fraction


@dataclass(frozen=True, slots=True)
class Line:
    """One late due line: its interest run by run, and the indemnity that it carries.

    Both leave out what notes billed; `correction_cents` is part of the interest, outside the runs.
    """

    line_id: int
    invoice_id: int
    document: str
    due_on: date
    open_cents: int
    runs: tuple[Run, ...]
    interest_cents: int
    indemnity_cents: int
    source: str
    warnings: tuple[str, ...]
    billed_until: date | None = None
    billed_cents: int = 0
    correction_cents: int = 0

    @property
    def total_cents(self) -> int:
        """Return what the line adds to a note."""
        return self.interest_cents + self.indemnity_cents


@dataclass(frozen=True, slots=True)
class Detail:
    """The late lines of a customer and what they come to, in cents."""

    lines: tuple[Line, ...]
    interest_cents: int
    indemnity_cents: int

    @property
    def total_cents(self) -> int:
        """Return interest and indemnities together."""
        return self.interest_cents + self.indemnity_cents


NOTHING: Final = Detail((), 0, 0)


def interest_detail(
    moment: Moment,
    rates: Rates,
    law: LawValues,
    *,
    insolvencies: pl.DataFrame,
    rate: str,
    day_count: DayCount,
    with_settled: bool = False,
) -> Detail:
    """Return the detail for `moment.customer_id`; raises MissingRate where a semester has none."""
    assert moment.customer_id is not None, "the detail of one customer"
    late = late_lines(moment, law, insolvencies=insolvencies, with_settled=with_settled)
    cuts: dict[int, list[Reduction]] = defaultdict(list)
    for line_id, day, cents in cuts_of(moment).iter_rows():
        cuts[line_id].append(Reduction(day, cents))
    contract = _contract(rate)
    lines = []
    for row in late.iter_rows(named=True):
        claim = _claim(row, tuple(cuts[row["line_id"]]), contract, day_count)
        lines.append(_line(row, late_interest(claim, moment.as_of, rates, law)))
    return Detail(
        tuple(lines),
        sum(line.interest_cents for line in lines),
        sum(line.indemnity_cents for line in lines),
    )


def _claim(
    row: dict[str, Any],
    cuts: tuple[Reduction, ...],
    contract: ContractRate | None,
    day_count: DayCount,
) -> Claim:
    return Claim(
        amount_cents=row["amount_cents"],
        due_on=row["due_on"],
        debtor_class=DebtorClass(row["debtor_class"]),
        reductions=cuts,
        contract_rate=contract,
        mise_en_demeure_on=row["mise_en_demeure_on"],
        insolvency_on=row["insolvency_on"],
        day_count=day_count,
        billed=Billed(row["billed_until"], row["billed_cents"], row["billed_indemnity"]),
    )


def _line(row: dict[str, Any], cost: InterestStatement) -> Line:
    runs = (
        Run(
            one.from_on,
            one.to_on,
            one.days,
            one.base_cents,
            points_text(one.points),
            one.cents,
            one.points,
        )
        for one in cost.segments
    )
    return Line(
        line_id=row["line_id"],
        invoice_id=row["invoice_id"],
        document=row["number"],
        due_on=row["due_on"],
        open_cents=row["open_cents"],
        runs=tuple(runs),
        interest_cents=cost.cents,
        indemnity_cents=row["indemnity_cents"],
        source=cost.source,
        warnings=tuple(issue.message for issue in cost.issues),
        billed_until=row["billed_until"],
        billed_cents=row["billed_cents"],
        correction_cents=0 if cost.overbilled_cents else cost.correction_cents,
    )


def _contract(text: str) -> ContractRate | None:
    plain = text.replace(",", ".").strip(" %")
    return ContractRate(ContractRateKind.FIXED, Fraction(plain)) if plain else None
