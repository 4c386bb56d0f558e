"""A collector who acts for the creditor: what must be known of it before it writes.

CPCE L124-1 and R124-1 to R124-7 (law-fr 4.1 to 4.5): insurance, declaration to the procureur, a
written agreement, and an account for money received for creditors only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from stdnum import iban as iban_number
from stdnum.fr import siren as siren_number

from encours.dunning.rules.scenario import Scenario, Step
from encours.kernel.issue import Issue

POSTED = frozenset({"letter", "registered", "eregistered"})
WRITTEN = POSTED | {"email"}


@dataclass(frozen=True, slots=True)
class Card:
    """What a person says of a third-party collector, but for its account."""

    name: str
    street: str = ""
    postcode: str = ""
    city: str = ""
    siren: str = ""
    email: str = ""
    phone: str = ""
    signatory: str = ""
    insurer: str = ""
    insured_until: date | None = None
    declared_on: date | None = None
    declared_at: str = ""
    mandate_on: date | None = None
    mandate_reference: str = ""


@dataclass(frozen=True, slots=True)
class Agency(Card):
    """A collector as its creditor names it; `is_account_confirmed`: two people saw its account."""

    receives_funds: bool = False
    holder: str = ""
    iban: str = ""
    is_account_confirmed: bool = False

    @property
    def address(self) -> tuple[str, ...]:
        """Return the lines of its address."""
        town = f"{self.postcode} {self.city}".strip()
        return tuple(line for line in (self.street, town) if line)


def faults(agency: Agency | None, today: date) -> tuple[Issue, ...]:
    """Return what keeps a collector from writing for the creditor; nothing when it may."""
    if agency is None:
        said = "Aucun cabinet de recouvrement n'est nommé."
        return (Issue("agency_missing", said, column="sender"),)
    return tuple(_faults(agency, today))


def _faults(agency: Agency, today: date) -> Iterator[Issue]:
    if not agency.name or not agency.street or not agency.postcode or not agency.city:
        yield _issue("name", "Son nom et son adresse complète (R124-4, 1°).")
    if not siren_number.is_valid(agency.siren):
        yield _issue("siren", "Un SIREN valable.")
    if not agency.insurer:
        yield _issue("insurer", "Son assurance de responsabilité professionnelle (R124-2).")
    if agency.insured_until is None or agency.insured_until < today:
        yield _issue("insured_until", "Une assurance en cours (R124-2).")
    if not _is_past(agency.declared_on, today) or not agency.declared_at:
        yield _issue("declared_on", "Sa déclaration au procureur, tribunal et date (R124-2).")
    if not _is_past(agency.mandate_on, today):
        yield _issue("mandate_on", "La date de votre convention avec lui (R124-3).")
    if agency.receives_funds:
        yield from _account_faults(agency)


def _account_faults(agency: Agency) -> Iterator[Issue]:
    if not agency.holder or not iban_number.is_valid(agency.iban):
        said = "Le titulaire et l'IBAN de son compte réservé aux créanciers (R124-2)."
        yield _issue("iban", said)
    elif not agency.is_account_confirmed:
        yield _issue("iban", "Son compte attend qu'une autre personne le confirme.")


def _is_past(day: date | None, today: date) -> bool:
    return day is not None and day <= today


def _issue(column: str, message: str) -> Issue:
    return Issue("agency_incomplete", message, column=column)


def of_agency(scenario: Scenario) -> tuple[Step, ...]:
    """Return the steps that a collector writes, in the order of the ladder."""
    mine = (step for step in scenario.claims if step.sender == "agency")
    others = (step for step in scenario.steps if step not in scenario.claims)
    return (*mine, *(step for step in others if step.sender == "agency"))


def sense(scenario: Scenario) -> Iterator[tuple[Step, str, str]]:
    """Yield the steps that a collector may not write, the field and why.

    Its first letter holds what R124-4 asks, and is posted; what follows repeats its date and
    reference: neither fits in a short text, and a call would leave no trace of it.
    """
    posted = False
    for step in of_agency(scenario):
        if step.kind not in ("reminder", "formal_notice"):
            yield step, "sender", "Le cabinet réclame des sommes dues : ni avant, ni après."
            continue
        ways = {*step.channels, *step.fallback}
        if ways - WRITTEN:
            yield step, "channels", "Le cabinet écrit : ni SMS, ni WhatsApp, ni appel (R124-4)."
        elif not posted and not POSTED & set(step.channels):
            yield step, "channels", "La première lettre du cabinet part par courrier (R124-4)."
        bound = step.has_conditions or not step.is_active
        posted = posted or (bool(POSTED & set(step.channels)) and not bound)
