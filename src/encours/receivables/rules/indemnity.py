"""The fixed indemnity for recovery costs: 40 EUR for each invoice paid late.

C. com. L441-10 II and D441-5; CJEU C-585/20 (one per invoice). Never per due line.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from encours.receivables.rules.classes import DebtorClass
from encours.receivables.rules.interest import Claim
from encours.receivables.rules.values import LawValues

_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Indemnity:
    """The indemnity of one invoice, and why it is due or not, in French."""

    cents: int
    reason: str
    late_from: date | None = None


def recovery_indemnity(lines: Iterable[Claim], on: date, law: LawValues) -> Indemnity:
    """Return the indemnity owed and not billed on `on` for one invoice, given all its due lines."""
    claims = tuple(lines)
    assert claims, "an invoice has at least one due line"
    if not all(_is_owed_by(claim) for claim in claims):
        return Indemnity(0, "Indemnité réservée aux professionnels et à la commande publique.")
    late = [claim for claim in claims if claim.due_on < on and claim.open_cents(claim.due_on)]
    if not late:
        return Indemnity(0, "Aucune échéance payée en retard.")
    free = [claim for claim in late if not _is_frozen(claim)]
    if not free:
        return Indemnity(0, "Procédure collective ouverte avant l'échéance (C. com. L441-10 II).")
    late_from = min(claim.due_on for claim in free) + _ONE_DAY
    if any(claim.billed.indemnity_cents for claim in claims):
        return Indemnity(0, "Indemnité déjà facturée.", late_from)
    cents = law.on("indemnity", late_from).value
    return Indemnity(int(cents), "Une échéance au moins payée en retard.", late_from)


def _is_owed_by(claim: Claim) -> bool:
    if claim.debtor_class is DebtorClass.FOREIGN:
        return claim.french_law is True
    return claim.debtor_class in {DebtorClass.BUSINESS, DebtorClass.PUBLIC}


def _is_frozen(claim: Claim) -> bool:
    """Say whether the opening judgment already forbade payment at the due date."""
    return claim.insolvency_on is not None and claim.insolvency_on <= claim.due_on
