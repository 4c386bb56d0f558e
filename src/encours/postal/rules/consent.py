"""Who may be served by electronic registered letter (CPCE postes, art. L100; eIDAS, art. 44).

A recipient who is not a professional must have agreed first. A class that nobody confirmed, or a
foreign one, counts as not professional: the doubt benefits the recipient.
"""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Final

PROFESSIONAL: Final = frozenset({"business", "public"})
NO_CONSENT: Final = (
    "Pas de recommandé électronique : ce client n'est pas un professionnel confirmé et n'a pas "
    "donné son accord pour cette adresse (code des postes, art. L100)."
)


def is_professional(debtor_class: str, *, is_confirmed: bool) -> bool:
    """Say whether no consent is needed."""
    return is_confirmed and debtor_class in PROFESSIONAL


def refusal(debtor_class: str, *, is_confirmed: bool, consent_on: date | None, today: date) -> str:
    """Return why an electronic registered letter may not be sent, or nothing."""
    if is_professional(debtor_class, is_confirmed=is_confirmed):
        return ""
    return "" if consent_on is not None and consent_on <= today else NO_CONSENT


def digest(address: str) -> str:
    """Return what an e-mail address is compared by: case and spaces say nothing."""
    return sha256(address.strip().casefold().encode()).hexdigest()
