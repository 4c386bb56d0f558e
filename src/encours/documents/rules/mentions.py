"""Mentions that an invoice between professionals must bear, looked for in its text.

C. com. L441-9, L441-10 II and D441-5 (penalty rate, 40 €), décret 2022-1299 (customer's SIREN).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

WORDS_MIN: Final = 20


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention: how it is recognised, why it is due, and how sure we are of it."""

    code: str
    sentence: str
    source: str
    mark: str
    pattern: re.Pattern[str]


MENTIONS: Final = (
    Mention(
        "penalty_rate",
        "Le taux des pénalités de retard n'est pas sur la facture.",
        "C. com. L441-9 et L441-10 II",
        "V",
        re.compile(r"p[ée]nalit[ée]s?\b.{0,400}?(?:%|points?|taux)|taux.{0,120}?p[ée]nalit[ée]s?"),
    ),
    Mention(
        "indemnity",
        "L'indemnité forfaitaire de 40 euros pour frais de recouvrement n'est pas sur la facture.",
        "C. com. L441-9 et D441-5",
        "V",
        re.compile(r"\b40(?:[,.]00?)?\s?(?:€|eur)"),
    ),
    Mention(
        "discount",
        "L'escompte pour paiement anticipé, ou son absence, n'est pas sur la facture.",
        "C. com. L441-9 ; note AAB des factures électroniques",
        "VC",
        re.compile(r"escompte"),
    ),
    Mention(
        "siren",
        "Aucun numéro SIREN n'est sur la facture.",
        "Décret 2022-1299",
        "V",
        re.compile(r"(?<!\d)\d{3}[ .\u00a0\u202f]?\d{3}[ .\u00a0\u202f]?\d{3}(?!\d)|siren|siret"),
    ),
)
BY_CODE: Final = {mention.code: mention for mention in MENTIONS}


def missing_mentions(text: str) -> list[str] | None:
    """Return the codes of the mentions that the text does not bear; None when it cannot be read."""
    if len(text.split()) < WORDS_MIN:
        return None
    flat = re.sub(r"\s+", " ", text).lower()
    return [mention.code for mention in MENTIONS if not mention.pattern.search(flat)]
