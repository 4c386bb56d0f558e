"""The figures of a ledger over the months: open, billed, received, and how fast we are paid.

One statement whatever the number of months or lines: rows are counted by period once, then
added up (design.md, decision 10). Formulas: `rules.indicators` (science.md §5). Companies of the
group are left out: they neither buy nor pay as customers do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final

import polars as pl

from encours.kernel.dates import add_months, end_of_month
from encours.kernel.money import decimal_text
from encours.receivables.queries.moment import Moment, live
from encours.receivables.rules import indicators
from encours.receivables.rules.indicators import Month, PaidLine
from encours.tenancy.frames import read_frame

LOOK_BACK: Final = 12
DSO_MONTHS: Final = 3
# `p` numbers the period in which a day falls, from 0 for all that is before the first;
# `d` counts the closing days on which a line was not yet due.
LINES: Final = """
select width_bucket(l.issued_on, %(starts)s::date[]) as first,
    width_bucket(l.due_on, %(closes)s::date[]) as second, sum(l.amount_cents)::bigint as cents
from receivables_instalment l
where live(l) and l.issued_on <= %(as_of)s
    and of_customer(l) and trade(l)
group by 1, 2
"""
SETTLED: Final = """
select width_bucket(a.effective_on, %(starts)s::date[]) as first,
    width_bucket(a.issued_on, %(starts)s::date[]) as second,
    width_bucket(a.due_on, %(closes)s::date[]) as third, sum(a.amount_cents)::bigint as cents
from receivables_allocation a
where live(a) and a.effective_on <= %(as_of)s and of_lines(a) and trade(a)
group by 1, 2, 3
"""
LATENESS: Final = """
select width_bucket(a.effective_on, %(starts)s::date[]) as first,
    a.effective_on - a.due_on as second, sum(a.amount_cents)::bigint as cents
from receivables_allocation a
join receivables_credit c on c.tenant_id = a.tenant_id and c.id = a.credit_id
where live(a) and a.effective_on between %(first)s and %(as_of)s and of_lines(a)
    and trade(a) and c.kind in ('payment', 'deposit')
group by 1, 2
"""
TURNOVER: Final = """
select width_bucket(i.issued_on, %(starts)s::date[]) as first, i.kind,
    sum(i.amount_cents)::bigint as cents
from receivables_invoice i
where live(i) and i.issued_on between %(first)s and %(as_of)s
    and of_customer(i) and trade(i)
group by 1, 2
union all
select width_bucket(c.received_on, %(starts)s::date[]), c.kind, sum(c.amount_cents)::bigint
from receivables_credit c
where live(c) and c.received_on between %(first)s and %(as_of)s
    and of_customer(c) and trade(c)
group by 1, 2
"""
SALES: Final = """
select width_bucket(s.month, %(starts)s::date[]) as first,
    sum(s.net_cents + s.vat_cents - s.cash_cents)::bigint as cents
from receivables_salesmonth s
where known(s) and s.month between %(first)s and %(as_of)s and %(customer_id)s::bigint is null
group by 1
"""
# what the books sold to companies of the group, which their sales months hold too
INTRA: Final = """
select width_bucket(i.issued_on, %(starts)s::date[]) as first, sum(i.amount_cents)::bigint as cents
from receivables_invoice i
where live(i) and i.issued_on between %(first)s and %(as_of)s and not (trade(i))
    and i.kind in ('invoice', 'debit_note')
group by 1
union all
select width_bucket(c.received_on, %(starts)s::date[]), -sum(c.amount_cents)::bigint
from receivables_credit c
where live(c) and c.received_on between %(first)s and %(as_of)s and not (trade(c))
    and c.kind = 'credit_note'
group by 1
"""
QUESTIONS: Final = (
    ("lines", "first, second, null::integer, null, cents", LINES),
    ("settled", "first, second, third, null, cents", SETTLED),
    ("lateness", "first, second, null, null, cents", LATENESS),
    ("turnover", "first, null, null, kind, cents", TURNOVER),
    ("sales", "first, null, null, null, cents", SALES),
    ("intra", "first, null, null, null, cents", INTRA),
)
BILLED: Final = frozenset({"invoice", "debit_note"})
RECEIVED: Final = frozenset({"payment", "deposit"})
PARTS: Final = {
    "part": pl.String,
    "first": pl.Int32,
    "second": pl.Int32,
    "third": pl.Int32,
    "kind": pl.String,
    "cents": pl.Int64,
}
_Sums = Mapping[int, int]


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """One month: what moved, what was open on its last day (or today), and in how many days.

    Delays are in days, None where they mean nothing (no sales, nothing paid).
    """

    month_on: date
    closed_on: date
    billed_cents: int
    received_cents: int
    sales_cents: int
    open_cents: int
    not_due_cents: int
    dso: float | None
    dso_count_back: float | None
    dso_sales_weighted: float | None
    dso_best_possible: float | None
    days_late: float | None

    @property
    def overdue_cents(self) -> int:
        """Return what was past due on the last day."""
        return self.open_cents - self.not_due_cents

    def as_json(self) -> dict[str, Any]:
        """Return the figures with amounts as text."""
        return {
            "month": self.month_on.isoformat(),
            "closed_on": self.closed_on.isoformat(),
            "billed": decimal_text(self.billed_cents),
            "received": decimal_text(self.received_cents),
            "sales": decimal_text(self.sales_cents),
            "open": decimal_text(self.open_cents),
            "overdue": decimal_text(self.overdue_cents),
            "dso": self.dso,
            "dso_count_back": self.dso_count_back,
            "dso_sales_weighted": self.dso_sales_weighted,
            "dso_best_possible": self.dso_best_possible,
            "days_late": self.days_late,
        }


@dataclass(frozen=True, slots=True)
class _Periods:
    """The months looked at, the older ones for their sales only."""

    firsts: tuple[date, ...]
    closes: tuple[date, ...]

    @classmethod
    def until(cls, as_of: date, months: int) -> _Periods:
        last = as_of.replace(day=1)
        firsts = tuple(add_months(last, -back) for back in range(months - 1, -1, -1))
        return cls(firsts, tuple(min(end_of_month(first), as_of) for first in firsts))

    def params(self) -> dict[str, Any]:
        return {
            "starts": [first.isoformat() for first in self.firsts],
            "closes": [close.isoformat() for close in self.closes],
            "first": self.firsts[0],
        }

    def days(self, period: int) -> int:
        return (self.closes[period - 1] - self.firsts[period - 1]).days + 1


@dataclass(frozen=True, slots=True)
class _Book:
    """What the queries gave, by period: 1 is the first month looked at, 0 all that is before."""

    periods: _Periods
    lines: tuple[tuple[int, int, int], ...]
    settled: tuple[tuple[int, int, int, int], ...]
    paid: Mapping[int, list[PaidLine]]
    turnover: Mapping[tuple[int, str], int]
    sales: _Sums
    intra: _Sums

    def open_by_issue(self, period: int) -> dict[int, int]:
        """Return what was open at the close of a period, by the period of issue."""
        found: dict[int, int] = defaultdict(int)
        for issued, _, cents in self.lines:
            if issued <= period:
                found[issued] += cents
        for settled, issued, _, cents in self.settled:
            if settled <= period:
                found[issued] -= cents
        return found

    def not_due(self, period: int) -> int:
        """Return what was open and not past due at the close of a period."""
        owed = sum(cents for issued, due, cents in self.lines if issued <= period <= due)
        taken = sum(cents for on, _, due, cents in self.settled if on <= period <= due)
        return owed - taken

    def moved(self, period: int, kinds: Iterable[str]) -> int:
        """Return what documents of these kinds came to in a period."""
        return sum(self.turnover.get((period, kind), 0) for kind in kinds)

    def sold(self, period: int) -> int:
        """Return the credit sales of a period: the books', else what was billed."""
        if period in self.sales:
            return self.sales[period] - self.intra.get(period, 0)
        return self.moved(period, BILLED) - self.moved(period, ("credit_note",))

    def figures(self, period: int) -> MonthFigures:
        """Return the figures of a month."""
        by_issue = self.open_by_issue(period)
        opened, not_due = sum(by_issue.values()), self.not_due(period)
        window = range(max(period - DSO_MONTHS + 1, 1), period + 1)
        sales, days = (
            sum(self.sold(one) for one in window),
            sum(self.periods.days(one) for one in window),
        )
        past = [Month(self.sold(one), self.periods.days(one)) for one in range(period, 0, -1)]
        stripped = indicators.count_back(opened, past)
        return MonthFigures(
            month_on=self.periods.firsts[period - 1],
            closed_on=self.periods.closes[period - 1],
            billed_cents=self.moved(period, BILLED),
            received_cents=self.moved(period, RECEIVED) - self.moved(period, ("returned_payment",)),
            sales_cents=self.sold(period),
            open_cents=opened,
            not_due_cents=not_due,
            dso=_days(indicators.days_sales_outstanding(opened, sales, days)),
            dso_count_back=None if stripped.beyond_cents else _days(stripped.days),
            dso_sales_weighted=_days(self._weighted(by_issue, period)),
            dso_best_possible=_days(indicators.best_possible_dso(not_due, sales, days)),
            days_late=_days(indicators.average_days_late(self.paid.get(period, []))),
        )

    def _weighted(self, by_issue: Mapping[int, int], period: int) -> Fraction | None:
        oldest = max(period - LOOK_BACK + 1, 1)
        parts: dict[int, int] = defaultdict(int)
        for issued, cents in by_issue.items():
            parts[max(issued, oldest)] += cents
        return indicators.sales_weighted_dso(
            [(cents, self.sold(issued)) for issued, cents in sorted(parts.items()) if cents]
        )


def month_figures(moment: Moment, *, months: int = 12) -> tuple[MonthFigures, ...]:
    """Return the last months, oldest first; the last one stops on `moment.as_of`."""
    assert moment.currency, "amounts of one currency only"
    book = _book(moment, _Periods.until(moment.as_of, months + LOOK_BACK))
    return tuple(book.figures(period) for period in range(LOOK_BACK + 1, LOOK_BACK + months + 1))


def _book(moment: Moment, periods: _Periods) -> _Book:
    parts = _parts(moment, periods)
    paid: dict[int, list[PaidLine]] = defaultdict(list)
    for period, late, _unused, _kind, cents in parts["lateness"]:
        paid[period].append(PaidLine(cents, late))
    turnover: dict[tuple[int, str], int] = defaultdict(int)
    intra: dict[int, int] = defaultdict(int)
    for period, _late, _unused, _kind, cents in parts["intra"]:
        intra[period] += cents
    for period, _late, _unused, kind, cents in parts["turnover"]:
        turnover[period, kind] += cents
    return _Book(
        periods,
        lines=tuple((issued, due, cents) for issued, due, _un, _kind, cents in parts["lines"]),
        settled=tuple((on, issued, due, cents) for on, issued, due, _k, cents in parts["settled"]),
        paid=paid,
        turnover=turnover,
        sales={period: cents for period, _a, _b, _k, cents in parts["sales"]},
        intra=intra,
    )


def _parts(moment: Moment, periods: _Periods) -> dict[str, list[tuple[Any, ...]]]:
    """Ask the five questions in one statement; each row is named by its question."""
    whole = "\nunion all\n".join(
        f"select '{name}', {columns} from ({query}) {name}" for name, columns, query in QUESTIONS
    )
    params = moment.params() | periods.params()
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for name, *row in read_frame(live(whole, moment), params, schema=PARTS).iter_rows():
        found[name].append(tuple(row))
    return found


def _days(exact: Fraction | None) -> float | None:
    return None if exact is None else round(float(exact), 2)
