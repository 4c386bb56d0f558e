"""What a whole message must hold: a formal notice (law-fr 4.10), a collector's letter (R124-4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from encours.tone.rules.values import Context, Severity

_MONTH: Final = (
    r"(?:janv|fevr|mars|avr|mai|juin|juil|aout|sept|oct|nov|dec|jan|feb|mar|apr|may"
    r"|jun|jul|aug)\w*\.?"
)
DATE: Final = (
    rf"\d{{1,2}}(?:er)?[ \u00a0]{_MONTH}[ \u00a0]\d{{4}}|\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}"
    rf"|\d{{4}}-\d\d-\d\d"
    r"|\$(?:pay_before|as_of|due_on)"
)
_MONEY: Final = r"\d[\d .,]*(?:€|euros?|eur\b|£)|(?:€|£|eur) ?\d|\$(?:amount|open)"
Need = tuple[str, str]

FORMAL: Final[tuple[Need, ...]] = (
    (
        "la demande claire de payer (« nous vous mettons en demeure de payer »)",
        (
            r"mett\w+ (?:\w+ ){0,2}en demeure|mise en demeure|formal notice"
            r"|hereby (?:\w+ )?(?:demand|notice|require)"
        ),
    ),
    ("la somme", _MONEY),
    (
        "le délai",
        (
            rf"(?:avant le|au plus tard|d'ici|by|before|no later than|jusqu'au|until"
            rf"|pour le) (?:the |le |au )?(?:{DATE})"
            r"|(?:sous|dans (?:un|le) delai (?:de|d'un)|dans les|within|in) (?:\S+ ){0,2}(?:jours?"
            r"|semaines?|days?|weeks?|mois|month)"
            r"|au plus tard (?:le|dans|a)|delai de \S+ (?:\(\d+\) )?jours|pay_before|no later than"
        ),
    ),
)
USEFUL: Final[tuple[Need, ...]] = (
    ("les factures visées (numéro, date)", r"factures?|invoices?|fa[- ]?\d|echeances?"),
    (
        "ce qui suit à défaut (le tribunal)",
        r"tribunal|justice|juge|judiciaire|court|legal (?:action|proceedings)",
    ),
    (
        "un contact en cas de contestation",
        (
            r"@|\b0\d(?:[ .]?\d\d){4}|\+33|telephon|contact|repond|ecri(?:re|vez)|conteste|call us"
            r"|write|reply|dispute|\$(?:phone|email)"
        ),
    ),
)
COLLECTOR: Final[tuple[Need, ...]] = (
    (
        "que vous exercez le recouvrement amiable",
        r"recouvrement amiable|amicable (?:debt )?(?:collection|recovery)",
    ),
    (
        "votre adresse et celle du créancier",
        r"(?s:\b(?:\d{5}|cedex)\b.*\b(?:\d{5}|cedex)\b)",
    ),
    (
        "le nom du créancier",
        (
            r"(?:pour le compte|au nom|mandat\w*|charge\w*|creancier|on behalf|creditor|client"
            r"|instructed)(?: \S+){0,4}"
        ),
    ),
    ("le montant, principal", rf"(?:principal)(?s:.*?)(?:{_MONEY})|(?:{_MONEY})(?s:.*?)principal"),
    ("les intérêts", r"interets?|interest|penalites?"),
    ("les accessoires", r"accessoires?|ancillary|indemnite|accessor"),
    (
        "la demande de payer",
        (
            r"regler|payer|reglement|paiement|pay\b|settle|mise en demeure"
            r"|mett\w+ (?:\w+ ){0,2}en demeure"
        ),
    ),
    (
        "comment payer",
        r"virement|iban|cheque|carte|prelevement|transfer|card|ordre de|en ligne|online",
    ),
    (
        "les alinéas 2 et 3 de l'article L111-8 du CPCE",
        (
            r"(?s:frais de recouvrement entrepris sans titre executoire restent a la charge"
            r" du creancier.*juge de l'execution.*debiteur de mauvaise foi)"
        ),
    ),
)
_EARLIER: Final = re.compile(
    rf"(?:premiere lettre|premier courrier|notre (?:lettre|courrier)|(?:lettre"
    rf"|courrier) (?:initiale?|du)|first letter"
    rf"|our letter|letter (?:of|dated))(?s:.{{0,80}}?)(?:{DATE})"
)
_REFERENCE: Final = re.compile(
    r"\b(?:ref|reference|references|dossier n|n°|no|numero)\b[^a-z\n]{0,4} ?\S*\d"
)


@dataclass(frozen=True, slots=True)
class Lack:
    """What is missing, under which code."""

    code: str
    severity: Severity
    what: str


def lacks(text: str, context: Context) -> Iterator[Lack]:
    """Yield what a whole message of this step lacks; `text` is plain."""
    if context.step == "formal_notice":
        missing = [name for name, pattern in FORMAL if not re.search(pattern, text)]
        if missing:
            yield Lack("missing", "block", " ; ".join(missing))
        useful = [name for name, pattern in USEFUL if not re.search(pattern, text)]
        if useful:
            yield Lack("missing_useful", "warn", " ; ".join(useful))
    if context.sender == "collector" and context.step in {"reminder", "formal_notice"}:
        if _EARLIER.search(text) and _REFERENCE.search(text):
            return
        missing = [name for name, pattern in COLLECTOR if not re.search(pattern, text)]
        if missing:
            first = "ou, après elle, la date et la référence de votre première lettre"
            yield Lack("missing_collector", "block", " ; ".join((*missing, first)))
