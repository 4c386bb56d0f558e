"""Late-payment interest of one due line, exact until one half-up rounding.

Business: C. com. L441-10 II (ECB rate + 10 points, semester by semester). Public: CCP R2192-31
(ECB rate + 8 points, fixed). Consumer: C. civ. 1231-6, 1344-1 (legal rate from the formal notice).
Days late = day paid − due date: the first day of interest is the one after the due date, the day
of payment is the last. Insolvency stops interest at the judgment (C. com. L622-28).
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import Final

from encours.kernel.dates import Semester
from encours.kernel.issue import Issue
from encours.kernel.money import french_text, half_up
from encours.receivables.rules.classes import DebtorClass
from encours.receivables.rules.rates import Rates, SemesterRate
from encours.receivables.rules.values import LawValues

_ONE_DAY: Final = timedelta(days=1)


class Regime(StrEnum):
    """Which text makes a delay cost money; NONE when no text we may rely on does."""

    BUSINESS = "business"
    PUBLIC = "public"
    CONSUMER = "consumer"
    CONTRACT = "contract"
    NONE = "none"


class DayCount(StrEnum):
    """How many days a year has: the law fixes none, so the statement prints it."""

    ACT_365 = "act_365"
    ACT_ACT = "act_act"

    def days_in_year(self, year: int) -> int:
        """Return 365, or 366 for a leap year under ACT/ACT."""
        return 366 if self is DayCount.ACT_ACT and isleap(year) else 365


class ContractRateKind(StrEnum):
    """How a contract writes its rate."""

    FIXED = "fixed"
    ECB_PLUS = "ecb_plus"
    LEGAL_TIMES = "legal_times"


@dataclass(frozen=True, slots=True)
class ContractRate:
    """A rate agreed in writing: so many points, ECB plus points, or times the legal rate."""

    kind: ContractRateKind
    value: Fraction

    def points(self, rate: SemesterRate) -> Fraction:
        """Return the rate of a semester, in points."""
        if self.kind is ContractRateKind.ECB_PLUS:
            return rate.ecb_refi + self.value
        if self.kind is ContractRateKind.LEGAL_TIMES:
            return rate.legal_other * self.value
        return self.value


@dataclass(frozen=True, slots=True)
class Reduction:
    """What lowers the base: a payment or credit allocated to the line, on its effective date."""

    on: date
    cents: int


@dataclass(frozen=True, slots=True)
class Billed:
    """What debit notes asked already: a due line's interest to a day, its invoice's indemnity."""

    until_on: date | None = None
    interest_cents: int = 0
    indemnity_cents: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """One due line and all that decides what its delay costs.

    `french_law` is for foreign debtors: True confirmed, False another law, None not known.
    """

    amount_cents: int
    due_on: date
    debtor_class: DebtorClass
    reductions: tuple[Reduction, ...] = ()
    contract_rate: ContractRate | None = None
    mise_en_demeure_on: date | None = None
    insolvency_on: date | None = None
    day_count: DayCount = DayCount.ACT_365
    french_law: bool | None = None
    billed: Billed = Billed()

    def open_cents(self, day: date) -> int:
        """Return what is still owed at the end of `day`."""
        paid = sum(cut.cents for cut in self.reductions if cut.on <= day)
        return max(self.amount_cents - paid, 0)


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of days with one base and one rate; `exact` is in cents, `cents` what is shown."""

    from_on: date
    to_on: date
    days: int
    base_cents: int
    points: Fraction
    exact: Fraction
    cents: int


@dataclass(frozen=True, slots=True)
class InterestStatement:
    """What the delay of one due line costs, and how that was found.

    Where notes billed a part, `segments` start the day after. `correction_cents` is what the days
    they covered cost more, or less, than was billed (a payment dated back, a rate corrected);
    `overbilled_cents`, what nothing due since makes up for.
    """

    regime: Regime
    segments: tuple[Segment, ...]
    exact: Fraction
    cents: int
    day_count: DayCount
    source: str
    issues: tuple[Issue, ...]
    correction_cents: int = 0
    overbilled_cents: int = 0

    @property
    def days(self) -> int:
        """Return the days that bear interest."""
        return sum(segment.days for segment in self.segments)


SOURCES: Final = {
    Regime.BUSINESS: "C. com. art. L441-10 II",
    Regime.PUBLIC: "CCP art. L2192-13 et R2192-31",
    Regime.CONSUMER: "C. civ. art. 1231-6 et 1344-1",
    Regime.CONTRACT: "taux du contrat",
    Regime.NONE: "",
}


def regime_of(claim: Claim) -> Regime:
    """Return the regime of a claim; a foreign debtor is a business unless another law rules.

    With no choice of law, the seller's governs (Règlement (CE) 593/2008 « Rome I », art. 4 § 1).
    """
    if claim.debtor_class is DebtorClass.FOREIGN:
        if claim.french_law is not False:
            return Regime.BUSINESS
        return Regime.CONTRACT if claim.contract_rate else Regime.NONE
    return _REGIMES.get(claim.debtor_class, Regime.NONE)


_REGIMES: Final = {
    DebtorClass.BUSINESS: Regime.BUSINESS,
    DebtorClass.PUBLIC: Regime.PUBLIC,
    DebtorClass.CONSUMER: Regime.CONSUMER,
}


def late_interest(
    claim: Claim, until: date, rates: Rates, law: LawValues, *, since: date | None = None
) -> InterestStatement:
    """Return the interest of a due line up to `until` that is not billed yet, that day included.

    `since` leaves out what ran up to that day. What is billed and what is returned add up to the
    interest of the same claim without notes, to the cent. Raises MissingRate.
    """
    regime = regime_of(claim)
    tariff = _Tariff(claim, regime, rates, law)
    billed = claim.billed
    begun, after = Fraction(), since
    if billed.until_on is not None and billed.until_on <= until:
        begun = sum((part[-1] for part in _exact_segments(tariff, billed.until_on, since)), begun)
        after = max(billed.until_on, since or billed.until_on)
    elif billed.until_on is not None:
        begun, after = Fraction(billed.interest_cents), until
    segments = _rounded(_exact_segments(tariff, until, after), begun)
    exact = sum((segment.exact for segment in segments), begun) - billed.interest_cents
    left = half_up(exact)
    correction = half_up(begun) - billed.interest_cents
    return InterestStatement(
        regime=regime,
        segments=segments,
        exact=exact,
        cents=max(left, 0),
        day_count=claim.day_count,
        source=SOURCES[regime],
        issues=(
            *_issues(claim, regime, segments, rates, law),
            *_corrections(correction, max(-left, 0)),
        ),
        correction_cents=correction,
        overbilled_cents=max(-left, 0),
    )


def runs_from(claim: Claim, regime: Regime) -> date | None:
    """Return the day after which interest runs, or None when it does not."""
    if regime is Regime.NONE:
        return None
    if regime is Regime.CONSUMER:
        notice = claim.mise_en_demeure_on
        return max(claim.due_on, notice) if notice else None
    return claim.due_on


@dataclass(frozen=True, slots=True)
class _Tariff:
    """What a day costs to a claim: its rate, and where the rate or the year may change."""

    claim: Claim
    regime: Regime
    rates: Rates
    law: LawValues

    @property
    def contract(self) -> ContractRate | None:
        return self.claim.contract_rate if self.regime in _CONTRACTUAL else None

    @property
    def follows_semesters(self) -> bool:
        if self.contract:
            return self.contract.kind is not ContractRateKind.FIXED
        return self.regime is not Regime.PUBLIC

    def points(self, day: date) -> Fraction:
        if self.contract:
            is_fixed = self.contract.kind is ContractRateKind.FIXED
            return self.contract.value if is_fixed else self.contract.points(self.rates.on(day))
        if self.regime is Regime.PUBLIC:
            started = self.claim.due_on + _ONE_DAY
            return self.rates.on(started).ecb_refi + self.law.on("b2g_margin", started).value
        if self.regime is Regime.CONSUMER:
            return self.rates.on(day).legal_other
        margin = self.law.on("b2b_margin", Semester.of(day).first_day)
        return self.rates.on(day).ecb_refi + margin.value

    def cuts(self, start: date, stop: date) -> Iterator[date]:
        """Yield the last days of semesters, or of years only, between two dates."""
        counts_years = self.claim.day_count is DayCount.ACT_ACT
        semester = Semester.of(start)
        while semester.last_day < stop:
            ends_year = semester.following().year != semester.year
            if self.follows_semesters or (counts_years and ends_year):
                yield semester.last_day
            semester = semester.following()


_CONTRACTUAL: Final = frozenset({Regime.BUSINESS, Regime.CONTRACT})


def _exact_segments(
    tariff: _Tariff, until: date, since: date | None
) -> Iterator[tuple[date, date, int, Fraction, Fraction]]:
    claim = tariff.claim
    start = runs_from(claim, tariff.regime)
    if start is None:
        return
    start = max(start, since or start)
    stop = min(until, claim.insolvency_on or until)
    marks = {start, stop, *tariff.cuts(start, stop), *(cut.on for cut in claim.reductions)}
    for after, to_on in pairwise(sorted(mark for mark in marks if start <= mark <= stop)):
        base = claim.open_cents(after)
        if base:
            from_on = after + _ONE_DAY
            points = tariff.points(from_on)
            year = claim.day_count.days_in_year(from_on.year)
            yield from_on, to_on, base, points, points * base * (to_on - after).days / (100 * year)


def _rounded(
    exact_segments: Iterable[tuple[date, date, int, Fraction, Fraction]], begun: Fraction
) -> tuple[Segment, ...]:
    """Show each segment in cents so that they add up to the one rounding of their sum.

    `begun` is what ran before them: the rounding goes on from there.
    """
    segments, total, shown = [], begun, half_up(begun)
    for from_on, to_on, base, points, exact in exact_segments:
        total += exact
        cents = half_up(total) - shown
        shown += cents
        days = (to_on - from_on).days + 1
        segments.append(Segment(from_on, to_on, days, base, points, exact, cents))
    return tuple(segments)


def _issues(
    claim: Claim, regime: Regime, segments: tuple[Segment, ...], rates: Rates, law: LawValues
) -> Iterator[Issue]:
    if regime is Regime.NONE and claim.debtor_class is DebtorClass.UNKNOWN:
        yield _note("class_unknown", "Classe du débiteur inconnue : ni intérêt ni indemnité.")
    if claim.debtor_class is DebtorClass.FOREIGN and claim.french_law is None:
        yield _warning(
            "foreign_law", "Débiteur étranger : confirmez que la loi française régit le contrat."
        )
    if regime is Regime.CONSUMER and claim.mise_en_demeure_on is None:
        yield _note("no_notice", "Consommateur : aucun intérêt avant une mise en demeure.")
    if claim.contract_rate and regime in {Regime.CONSUMER, Regime.PUBLIC}:
        yield _warning(
            "contract_rate_ignored", f"Taux du contrat non appliqué : {SOURCES[regime]} s'impose."
        )
    semesters = _semesters(claim, regime, segments)
    if claim.contract_rate and regime is Regime.BUSINESS:
        low = under_floor(claim.contract_rate, semesters, rates, law)
        if low:
            yield low
    unsure = [str(one) for one in semesters if rates.has(one) and not rates.of(one).is_confirmed]
    if unsure:
        yield _note("rate_to_confirm", "Taux à confirmer au texte officiel : " + ", ".join(unsure))


def _corrections(correction: int, overbilled: int) -> Iterator[Issue]:
    if overbilled:
        yield _warning(
            "overbilled",
            f"Déjà facturé {french_text(overbilled)} de trop : un règlement a été daté avant la "
            "note. Annulez-la par un avoir, puis facturez de nouveau.",
        )
    elif correction:
        yield _note(
            "correction",
            f"Dont {french_text(correction)} de régularisation sur les jours déjà facturés.",
        )


def _semesters(claim: Claim, regime: Regime, segments: tuple[Segment, ...]) -> list[Semester]:
    if regime is Regime.PUBLIC:
        return [Semester.of(claim.due_on + _ONE_DAY)] if segments else []
    found: dict[Semester, None] = {}
    for segment in segments:
        semester = Semester.of(segment.from_on)
        while semester.first_day <= segment.to_on:
            found[semester] = None
            semester = semester.following()
    return list(found)


def fixed_rate(text: str) -> ContractRate | None:
    """Return the rate agreed in points as it is stored, `12.5`; empty is none."""
    plain = text.strip().replace(",", ".")
    return ContractRate(ContractRateKind.FIXED, Fraction(plain)) if plain else None


def under_floor(
    contract: ContractRate, semesters: list[Semester], rates: Rates, law: LawValues
) -> Issue | None:
    """Return a warning when a contract's rate is under three times the legal one, or None."""
    known = [rates.of(semester) for semester in semesters if rates.has(semester)]
    low = [rate for rate in known if contract.points(rate) < floor_points(rate, law)]
    if not low:
        return None
    floors = ", ".join(f"{rate.semester} : {points_text(floor_points(rate, law))}" for rate in low)
    return _warning(
        "rate_under_floor",
        "Taux du contrat inférieur à trois fois le taux légal "
        f"(C. com. L441-10 II) ; plancher {floors}.",
    )


def floor_points(rate: SemesterRate, law: LawValues) -> Fraction:
    """Return the least rate a contract may set for a semester; it never raises the default rate."""
    return rate.legal_other * law.on("b2b_floor_multiple", rate.valid_from).value


def points_text(points: Fraction) -> str:
    """Return a rate as French readers write it: `12,15 %`."""
    text = f"{float(points):.4f}".rstrip("0")
    whole, _, decimals = text.partition(".")
    return f"{whole},{decimals:0<2} %"


def _warning(code: str, message: str) -> Issue:
    return Issue(code, message, severity="warning")


def _note(code: str, message: str) -> Issue:
    return Issue(code, message, severity="info")
