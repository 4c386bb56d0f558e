"""Failed checks in French: which rule, what it means, where, and whether it refuses the file.

Rules of EN 16931 (BR-*), of the French reform (BR-FR-*) and of the schemas. A code list changes
twice a year and no amount depends on most of them: those only warn, as do the three mandatory
notes, which cost a fine and not the claim (law-fr 10.8).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from encours.kernel.issue import Issue, Severity

TEXT_MAX: Final = 300
WHERE_MAX: Final = 400
_NAMED: Final = re.compile(r"^\s*\[?((?:BR|UBL|CII|PEPPOL)-[A-Z0-9-]*\d+)\]?")
_FRENCH_ID: Final = re.compile(r"^(BR-FR-\d+)")
_FRENCH_HEAD: Final = re.compile(r"^\s*BR-FR-\d+(?:/[\w-]+)?\s*:\s*")
_STEP: Final = re.compile(r"\*:(\w+)\[namespace-uri\(\)='[^']*'\]")
_FIRST: Final = re.compile(r"\[1\]")
_NAMESPACE: Final = re.compile(r"\{[^}]*\}")

SUMS: Final = {
    "BR-CO-10": "La somme des lignes (BT-106) n'est pas celle de leurs montants (BT-131).",
    "BR-CO-11": "La somme des remises (BT-107) n'est pas celle des remises du document (BT-92).",
    "BR-CO-12": "La somme des frais (BT-108) n'est pas celle des frais du document (BT-99).",
    "BR-CO-13": "Le total HT (BT-109) n'est pas celui des lignes, remises et frais compris.",
    "BR-CO-14": "Le total de TVA (BT-110) n'est pas la somme des TVA par taux (BT-117).",
    "BR-CO-15": "Le total TTC (BT-112) n'est pas le total HT (BT-109) plus la TVA (BT-110).",
    "BR-CO-16": "Le net à payer (BT-115) n'est pas le TTC moins l'acompte, arrondi compris.",
    "BR-CO-17": "Une TVA (BT-117) n'est pas sa base (BT-116) multipliée par son taux (BT-119).",
    "BR-S-08": "Une base de TVA (BT-116) n'est pas la somme des lignes à ce taux.",
    "BR-S-09": "Une TVA (BT-117) au taux normal n'est pas sa base multipliée par son taux.",
    "BR-Z-08": "La base à taux zéro (BT-116) n'est pas la somme des lignes à ce taux.",
    "BR-E-08": "La base exonérée (BT-116) n'est pas la somme des lignes exonérées.",
    "BR-AE-08": "La base autoliquidée (BT-116) n'est pas la somme des lignes autoliquidées.",
}
MISSING: Final = {
    "BR-01": "L'identifiant de la norme suivie (BT-24) manque.",
    "BR-02": "Le numéro de facture (BT-1) manque.",
    "BR-03": "La date d'émission (BT-2) manque.",
    "BR-04": "Le type de document (BT-3) manque.",
    "BR-05": "La devise (BT-5) manque.",
    "BR-06": "Le nom du vendeur (BT-27) manque.",
    "BR-07": "Le nom de l'acheteur (BT-44) manque.",
    "BR-08": "L'adresse du vendeur (BG-5) manque.",
    "BR-09": "Le pays du vendeur (BT-40) manque.",
    "BR-10": "L'adresse de l'acheteur (BG-8) manque.",
    "BR-11": "Le pays de l'acheteur (BT-55) manque.",
    "BR-12": "La somme des lignes (BT-106) manque.",
    "BR-13": "Le total HT (BT-109) manque.",
    "BR-14": "Le total TTC (BT-112) manque.",
    "BR-15": "Le net à payer (BT-115) manque.",
    "BR-16": "Le document n'a aucune ligne (BG-25).",
    "BR-21": "Une ligne n'a pas de numéro (BT-126).",
    "BR-22": "Une ligne n'a pas de quantité (BT-129).",
    "BR-23": "Une ligne n'a pas d'unité (BT-130).",
    "BR-24": "Une ligne n'a pas de montant (BT-131).",
    "BR-25": "Une ligne n'a pas de désignation (BT-153).",
    "BR-26": "Une ligne n'a pas de prix net (BT-146).",
    "BR-27": "Un prix net (BT-146) est négatif.",
    "BR-45": "Une ligne de TVA n'a pas de base (BT-116).",
    "BR-46": "Une ligne de TVA n'a pas de montant (BT-117).",
    "BR-47": "Une ligne de TVA n'a pas de catégorie (BT-118).",
    "BR-48": "Une ligne de TVA n'a pas de taux (BT-119).",
    "BR-50": "Le compte à créditer (BT-84) manque pour un virement.",
    "BR-52": "Une pièce jointe n'a pas de référence (BT-122).",
    "BR-55": "La facture corrigée n'est pas nommée (BT-25).",
    "BR-61": "Le compte à créditer (BT-84) manque pour un virement.",
    "BR-CO-04": "Une ligne n'a pas de catégorie de TVA (BT-151).",
    "BR-CO-09": "Un numéro de TVA ne commence pas par le code d'un pays.",
    "BR-CO-18": "La ventilation de la TVA (BG-23) manque.",
    "BR-CO-25": "Ni échéance (BT-9) ni conditions de paiement (BT-20), alors qu'il reste à payer.",
    "BR-CO-26": "Le vendeur n'est pas identifié : ni identifiant, ni SIREN, ni n° de TVA.",
    "BR-S-02": "Le n° de TVA du vendeur manque, alors qu'une ligne porte de la TVA.",
    "BR-AE-02": "Le n° de TVA d'une des parties manque pour une autoliquidation.",
    "BR-IC-02": "Le n° de TVA d'une des parties manque pour une livraison intracommunautaire.",
    "BR-IC-11": "La date ou la période de livraison manque (livraison intracommunautaire).",
    "BR-IC-12": "Le pays de livraison manque (livraison intracommunautaire).",
    "BR-E-10": "Le motif d'exonération de TVA (BT-120) manque.",
}
MEANINGS: Final = {**SUMS, **MISSING}
DECIDING_LISTS: Final = frozenset({"BR-CL-01", "BR-CL-03", "BR-CL-04", "BR-CL-17", "BR-CL-18"})
"""Code lists that say what a document is, its currency and its VAT: these refuse."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A check that failed, as a schema or a Schematron says it."""

    rule: str
    text: str
    where: str = ""
    is_warning: bool = False
    line: int = 0


def as_issue(failure: Failure) -> Issue:
    """Say a failure in French; what has no translation keeps its own text."""
    rule, text = _named(failure)
    meaning = MEANINGS.get(rule) or _own_words(rule, text)
    return Issue(
        code=rule,
        message=f"Règle {rule} : {meaning}" if rule != "XSD" else f"Schéma XSD : {meaning}",
        line=failure.line,
        column=_path(failure.where),
        found=text[:TEXT_MAX],
        severity=_severity(rule, is_warning=failure.is_warning),
    )


def _named(failure: Failure) -> tuple[str, str]:
    """Return the rule's own name: profiles number their assertions and quote it in the text."""
    french = _FRENCH_ID.match(failure.rule)
    if french:
        return french.group(1), _FRENCH_HEAD.sub("", failure.text)
    quoted = _NAMED.match(failure.text)
    rule = quoted.group(1) if quoted else failure.rule
    return rule, _NAMED.sub("", failure.text).strip(" -:")


def _own_words(rule: str, text: str) -> str:
    short = _NAMESPACE.sub("", text)[:TEXT_MAX]
    if rule == "XSD":
        return f"le document n'a pas la forme attendue ({short})"
    if rule.startswith("BR-FR"):
        return short
    return f"cette règle n'est pas respectée ({short})"


def _severity(rule: str, *, is_warning: bool) -> Severity:
    if is_warning or rule == "BR-FR-05" or rule.startswith(("FX-SCH", "PEPPOL", "UBL-", "CII-")):
        return "warning"
    is_list = rule.startswith("BR-CL-") and rule not in DECIDING_LISTS
    return "warning" if is_list else "error"


def _path(where: str) -> str:
    """Return an XPath that a person reads: names without their namespaces."""
    return _FIRST.sub("", _STEP.sub(r"\1", _NAMESPACE.sub("", where)))[:WHERE_MAX]
