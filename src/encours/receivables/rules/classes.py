"""What the debtor is to the law: it decides penalties, indemnity, limitation and letters.

A class is only proposed, with its reasons; a person confirms it (design.md, decision 9).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from stdnum.eu import vat
from stdnum.fr import siren as french_siren


class DebtorClass(StrEnum):
    """Business, consumer, public body, foreign; unknown until somebody says so."""

    BUSINESS = "business"
    CONSUMER = "consumer"
    PUBLIC = "public"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ClassProposal:
    """A proposed class and the facts that led to it, in French."""

    debtor_class: DebtorClass
    reasons: tuple[str, ...]


# Postal codes of countries whose customers are under French tax and commercial law.
FRENCH_COUNTRIES: Final = frozenset(
    {"FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF", "WF", "PF", "NC"}
)
# Read anywhere in the name: nobody is called that by chance.
_LONG_FORMS: Final = frozenset(
    [
        "SARL",
        "SASU",
        "EURL",
        "SNC",
        "SCOP",
        "SELARL",
        "SELAS",
        "SELAFA",
        "EARL",
        "GAEC",
        "SCEA",
        "SCIC",
        "SCM",
        "SCI",
        "GIE",
        "EIRL",
        "SAS",
    ]
)
# Short enough to be a word: read only as the first or the last word of the name.
_SHORT_FORMS: Final = frozenset(["SA", "SCA", "SCP", "EI", "SEM", "SPL"])
_FOREIGN_LONG: Final = frozenset(
    [
        "GMBH",
        "LTD",
        "LIMITED",
        "LLC",
        "LLP",
        "INC",
        "CORP",
        "PLC",
        "BVBA",
        "SPRL",
        "SRL",
        "SPA",
        "KFT",
        "SPZOO",
        "APS",
        "OYJ",
        "EOOD",
    ]
)
_FOREIGN_SHORT: Final = frozenset(
    ["BV", "NV", "AG", "KG", "UG", "AB", "AS", "OY", "SL", "SLU", "CV", "LDA", "SRO"]
)
LEGAL_FORMS: Final = _LONG_FORMS | _SHORT_FORMS | _FOREIGN_LONG | _FOREIGN_SHORT
"""Every form that a name may carry, whatever its country."""

_PUBLIC_NAME: Final = re.compile(
    r"(?:COMMUNE|VILLE|MAIRIE|DEPARTEMENT|REGION|METROPOLE|PREFECTURE) (?:DE|DU|DES|D|LA|LE)\b"
    r"|CONSEIL (?:DEPARTEMENTAL|REGIONAL|GENERAL)\b"
    r"|COMMUNAUTE (?:DE COMMUNES|D AGGLOMERATION|URBAINE)\b"
    r"|CENTRE HOSPITALIER\b|CHU\b|CHR\b|CHRU\b|HOPITA(?:L|UX)\b|ASSISTANCE PUBLIQUE\b|AP HP\b"
    r"|LYCEE\b|COLLEGE\b|ECOLE (?:PRIMAIRE|MATERNELLE|ELEMENTAIRE)\b|UNIVERSITE\b|RECTORAT\b"
    r"|ACADEMIE DE\b|CROUS\b|CNRS\b|INSERM\b"
    r"|SIVOM\b|SIVU\b|SYNDICAT (?:INTERCOMMUNAL|MIXTE)\b|CCAS\b|SDIS\b"
    r"|MINISTERE\b|DIRECTION (?:DEPARTEMENTALE|REGIONALE|GENERALE) (?:DE|DU|DES|D)\b"
    r"|OFFICE PUBLIC\b|TRESOR PUBLIC\b|DGFIP\b|GENDARMERIE NATIONALE\b|TRIBUNAL\b"
)
_TITLES: Final = re.compile(
    r"(?:M|MM|MME|MMES|MLLE|MONSIEUR|MADAME|MADEMOISELLE)"
    r"(?: (?:ET|OU) (?:M|MME|MLLE|MONSIEUR|MADAME))? [A-Z]"
)
_PUBLIC_SIREN: Final = ("1", "2")


def propose_class(
    name: str, *, siren: str = "", vat_number: str = "", country: str = ""
) -> ClassProposal:
    """Propose a class from what is known; what points nowhere stays unknown."""
    words = words_of(name)
    number = _french_number(siren, vat_number)
    return (
        _by_country(country)
        or _by_number(number)
        or _by_foreign_vat(vat_number)
        or _by_form(words)
        or _by_name(words)
        or ClassProposal(DebtorClass.UNKNOWN, ("Rien ne permet de proposer une classe.",))
    )


def words_of(name: str) -> str:
    """Return a name as words in capitals: no accent, no punctuation, `S.A.R.L.` as one word."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    plain = re.sub(r"\b((?:[A-Z]\.){2,})", lambda found: found[1].replace(".", ""), plain)
    return re.sub(r"[^A-Z0-9]+", " ", plain).strip()


def _french_number(siren: str, vat_number: str) -> str:
    """Return the SIREN given, or the one inside a French VAT number, when it is valid."""
    vat_plain = re.sub(r"[^0-9A-Z]", "", vat_number.upper())
    for candidate in (re.sub(r"\D", "", siren)[:9], vat_plain[4:] if vat_plain[:2] == "FR" else ""):
        if french_siren.is_valid(candidate):
            return candidate
    return ""


def _by_country(country: str) -> ClassProposal | None:
    code = country.strip().upper()
    if not code or code in FRENCH_COUNTRIES or code == "FRANCE":
        return None
    return ClassProposal(DebtorClass.FOREIGN, (f"Adresse hors de France ({code}).",))


def _by_number(siren: str) -> ClassProposal | None:
    if not siren:
        return None
    if siren.startswith(_PUBLIC_SIREN):
        reason = f"SIREN {siren} : les numéros en 1 et 2 sont ceux d'organismes publics."
        return ClassProposal(DebtorClass.PUBLIC, (reason,))
    return ClassProposal(DebtorClass.BUSINESS, (f"SIREN {siren} valide.",))


def _by_foreign_vat(vat_number: str) -> ClassProposal | None:
    prefix = vat_number.strip()[:2].upper()
    if prefix == "FR" or not vat.is_valid(vat_number):
        return None
    return ClassProposal(DebtorClass.FOREIGN, (f"Numéro de TVA étranger ({prefix}).",))


def _by_form(words: str) -> ClassProposal | None:
    every = words.split()
    edges = {*every[:1], *every[-1:]}
    found = _LONG_FORMS.intersection(every) or _SHORT_FORMS.intersection(edges)
    if found:
        reason = f"Forme juridique dans le nom : {min(found)}."
        return ClassProposal(DebtorClass.BUSINESS, (reason,))
    found = _FOREIGN_LONG.intersection(every) or _FOREIGN_SHORT.intersection(every[-1:])
    if found:
        reason = f"Forme juridique étrangère dans le nom : {min(found)}."
        return ClassProposal(DebtorClass.FOREIGN, (reason,))
    return None


def _by_name(words: str) -> ClassProposal | None:
    if found := _PUBLIC_NAME.match(words):
        reason = f"Nom d'organisme public : {found[0].capitalize()}…"
        return ClassProposal(DebtorClass.PUBLIC, (reason,))
    if _TITLES.match(words):
        return ClassProposal(DebtorClass.CONSUMER, ("Civilité devant le nom : un particulier ?",))
    return None
