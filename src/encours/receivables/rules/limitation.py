"""Until when a claim may be sued for: the earliest reading, with its reason in French.

C. com. L110-4, C. civ. 2224 and 2228-2244, C. conso. L218-2, loi 68-1250. A mise en demeure, even
registered, interrupts nothing (Cass. com. 18 May 2022, 20-23.204). Where the law or the class is
unsure, the shortest period is taken: this is an alert date, not a promise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from encours.kernel.dates import add_months
from encours.receivables.rules.classes import DebtorClass
from encours.receivables.rules.values import LawValue, LawValues

_ONE_DAY: Final = timedelta(days=1)


class ClaimKind(StrEnum):
    """What the claim is, when its nature and not the debtor sets the period."""

    ORDINARY = "ordinary"
    TRANSPORT = "transport"
    SHIP = "ship"
    BILL_ACCEPTOR = "bill_acceptor"
    BILL_DRAWER = "bill_drawer"
    BILL_ENDORSER = "bill_endorser"
    JUDGMENT = "judgment"
    JUDGMENT_INTEREST = "judgment_interest"


class EventKind(StrEnum):
    """What happened to the claim; only the closed list of the code counts."""

    ACKNOWLEDGMENT = "acknowledgment"
    PART_PAYMENT = "part_payment"
    COURT_CLAIM = "court_claim"
    ENFORCEMENT = "enforcement"
    INSOLVENCY_DECLARATION = "insolvency_declaration"
    MEDIATION = "mediation"
    SMALL_CLAIMS = "small_claims"
    MISE_EN_DEMEURE = "mise_en_demeure"
    REMINDER = "reminder"


@dataclass(frozen=True, slots=True)
class LimitationEvent:
    """A fact on the clock; `until` ends a suspension or an insolvency, None while it lasts.

    `is_void`: a court claim dropped, lapsed or dismissed counts for nothing (C. civ. 2243).
    """

    kind: EventKind
    on: date
    until: date | None = None
    is_void: bool = False


@dataclass(frozen=True, slots=True)
class LimitedClaim:
    """What decides the limitation of one due line.

    `performed_on` is the day the work or delivery was completed, None when not known;
    `french_law` matters for foreign debtors only.
    """

    debtor_class: DebtorClass
    due_on: date
    performed_on: date | None = None
    kind: ClaimKind = ClaimKind.ORDINARY
    events: tuple[LimitationEvent, ...] = ()
    french_law: bool | None = None


@dataclass(frozen=True, slots=True)
class Limitation:
    """The last day to sue, how it was found, and the text behind it."""

    last_day_on: date
    started_on: date
    months: int
    source: str
    mark: str
    reasons: tuple[str, ...]

    @property
    def barred_from(self) -> date:
        """Return the first day on which the claim is time-barred."""
        return self.last_day_on + _ONE_DAY

    def is_barred(self, day: date) -> bool:
        """Say whether the claim is time-barred on `day`."""
        return day > self.last_day_on


INTERRUPTIONS: Final = {
    EventKind.ACKNOWLEDGMENT: "reconnaissance de dette (C. civ. 2240)",
    EventKind.PART_PAYMENT: "paiement partiel valant reconnaissance (C. civ. 2240)",
    EventKind.COURT_CLAIM: "demande en justice (C. civ. 2241)",
    EventKind.ENFORCEMENT: "mesure conservatoire ou d'exécution forcée (C. civ. 2244)",
    EventKind.INSOLVENCY_DECLARATION: "déclaration de créance (C. com. L622-25-1)",
}
SUSPENSIONS: Final = {
    EventKind.MEDIATION: "médiation ou conciliation (C. civ. 2238)",
    EventKind.SMALL_CLAIMS: "procédure simplifiée des petites créances (CPCE L125-1)",
}


def limitation(claim: LimitedClaim, law: LawValues) -> Limitation:
    """Return the earliest day on which the claim may be lost."""
    started_on = min(claim.due_on, claim.performed_on or claim.due_on)
    code, why = _period(claim)
    period = law.on(f"limitation_{code}", started_on)
    clock = _Clock(claim, period, law)
    last_day, notes = clock.first_end(started_on), [why, *_start_reason(claim)]
    for event in sorted(claim.events, key=lambda event: event.on):
        last_day, note = clock.after(event, last_day)
        notes.append(note)
    if code != "judgment":
        butt = _end_of(started_on, law.on("limitation_long_stop", started_on))
        if butt < last_day:
            last_day = butt
            notes.append("Délai butoir de vingt ans (C. civ. 2232).")
    return Limitation(
        last_day, started_on, int(period.value), period.source, period.mark, tuple(notes)
    )


def _period(claim: LimitedClaim) -> tuple[str, str]:
    if claim.kind is not ClaimKind.ORDINARY:
        return claim.kind.value, _KIND_REASONS[claim.kind]
    if claim.debtor_class is DebtorClass.FOREIGN:
        if claim.french_law:
            return "business", "Débiteur étranger sous loi française : cinq ans."
        return "consumer", "Débiteur étranger, loi applicable à confirmer : deux ans par prudence."
    return _CLASS_PERIODS[claim.debtor_class]


_CLASS_PERIODS: Final = {
    DebtorClass.BUSINESS: ("business", "Créance entre professionnels : cinq ans."),
    DebtorClass.PUBLIC: (
        "public",
        "Personne publique : quatre ans à compter du 1er janvier de l'année suivante.",
    ),
    DebtorClass.CONSUMER: (
        "consumer",
        "Créance d'un professionnel sur un consommateur : deux ans.",
    ),
    DebtorClass.UNKNOWN: ("consumer", "Classe du débiteur inconnue : deux ans par prudence."),
}
_KIND_REASONS: Final = {
    ClaimKind.TRANSPORT: "Contrat de transport : un an.",
    ClaimKind.SHIP: "Fournitures et travaux pour un navire : un an.",
    ClaimKind.BILL_ACCEPTOR: "Lettre de change, contre l'accepteur : trois ans.",
    ClaimKind.BILL_DRAWER: "Lettre de change, contre le tireur ou les endosseurs : un an.",
    ClaimKind.BILL_ENDORSER: "Lettre de change, endosseurs entre eux : six mois.",
    ClaimKind.JUDGMENT: "Titre exécutoire : dix ans.",
    ClaimKind.JUDGMENT_INTEREST: "Intérêts échus après le titre : cinq ans.",
}


def _start_reason(claim: LimitedClaim) -> Iterator[str]:
    if claim.performed_on is None:
        yield "Date d'exécution inconnue : délai compté de l'échéance, il a pu commencer plus tôt."
    elif claim.performed_on < claim.due_on:
        yield "Délai compté de l'exécution, antérieure à l'échéance (lecture la plus courte)."


@dataclass(frozen=True, slots=True)
class _Clock:
    """The period of a claim, and how an event moves its end."""

    claim: LimitedClaim
    period: LawValue
    law: LawValues

    def first_end(self, start: date) -> date:
        """Return the last day of a full period that starts on `start`."""
        if self.period.code == "limitation_public":
            start = date(start.year + 1, 1, 1)
            return _end_of(start, self.period) - _ONE_DAY
        return _end_of(start, self.period)

    def after(self, event: LimitationEvent, last_day: date) -> tuple[date, str]:
        """Return the end of the period after an event, and what to say of it."""
        when = f"{event.on:%d/%m/%Y}"
        if event.kind in {EventKind.MISE_EN_DEMEURE, EventKind.REMINDER}:
            return (
                last_day,
                f"{when} : une relance ou une mise en demeure n'interrompt pas le délai.",
            )
        if event.is_void:
            return last_day, f"{when} : acte non avenu, sans effet (C. civ. 2243)."
        if event.on > last_day:
            return last_day, f"{when} : fait postérieur à la prescription, sans effet."
        if event.kind in SUSPENSIONS:
            return self._suspended(event, last_day)
        again = event.until if event.kind is EventKind.INSOLVENCY_DECLARATION else None
        end = self.first_end(max(again or event.on, event.on))
        return max(end, last_day), f"{when} : nouveau délai, {INTERRUPTIONS[event.kind]}."

    def _suspended(self, event: LimitationEvent, last_day: date) -> tuple[date, str]:
        name = SUSPENSIONS[event.kind]
        if event.until is None:
            return last_day, f"{event.on:%d/%m/%Y} : suspension en cours, non comptée, {name}."
        until = max(event.until, event.on)
        moved = last_day + (until - event.on)
        if event.kind is EventKind.MEDIATION:
            moved = max(moved, _end_of(until, self.law.on("suspension_rest", until)))
        return moved, f"{event.on:%d/%m/%Y} : délai suspendu jusqu'au {until:%d/%m/%Y}, {name}."


def _end_of(start: date, period: LawValue) -> date:
    assert period.unit == "months"
    return add_months(start, int(period.value))


def earliest(claims: Iterable[LimitedClaim], law: LawValues) -> Limitation | None:
    """Return the limitation that comes first among several claims."""
    found = [limitation(claim, law) for claim in claims]
    return min(found, key=lambda one: one.last_day_on, default=None)
