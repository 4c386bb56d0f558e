"""Numbers of documents, payment references and addresses that a reply cites."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from encours.replies.rules.folding import fold

_CODE: Final = r"[A-Za-z]{0,6}[-/.]?\d[A-Za-z0-9]*(?:[-/][A-Za-z0-9]+){0,3}"
_NAMED: Final = re.compile(
    r"\b(?:factures?|fact|fac|fra|invoices?|inv|bills?|duplicatas?(?: demandes)?|dupli|copies of"
    r"|copy of|copies des"
    r"|pieces?|re|ref|objet|subject|concernant la|concernant|documents?|pour la|la|missing)\b\.?"
    r" ?(?:factures? |invoices? |fact\.? )?(?:portant le |sous le |under )?"
    rf"(?:n[o°]s?\.? ?|num(?:ero)?s?\.? |no\.? |number |#|: ?|\()*({_CODE}(?:(?:,? (?:et|and) |, ?"
    rf"| ?& ?|; ?| / | ou )"
    rf"(?:la |n[o°]\.? ?)?{_CODE}){{0,8}})",
    re.IGNORECASE,
)
_SHAPED: Final = re.compile(
    r"(?<![\w@./-])(?:[A-Z]{1,5}[-/]?(?:\d{2,4}[-/])?\d{2,8}(?:[-/]\d{1,6}){0,2}"
    r"|[A-Z]{1,4}[-/]\d{1,8}"
    r"|\d{2,4}-\d{2,8})(?![\w@/-]|[.,]\d)"
)
_AT_START: Final = re.compile(
    r"\A\s*(?:re:? |bonjour,? )?(\d{4,10})\b(?![.,]\d| ?(?:€|e\b|eur|euros?))", re.IGNORECASE
)
_OTHER_PAPER: Final = re.compile(
    r"(?:references?|ref|libelle|libell[eé]|mandat|ch[eè]que|cheque|avoirs?|commandes?|bc"
    r"|bon de commande|po|order"
    r"|purchase order|ticket|demande|transaction|confirmation number|poste|credit note|contrat"
    r"|devis"
    r"|t[eé]l|mobile|number|engagement|ej|bl|bon de livraison|siret|siren|iban|compte)\.?"
    r" ?(?:client |d'achat )?(?:n[o°]\.? ?|num[eé]ro |no\.? |number |is |: ?|# ?|« ?|\" ?)*$",
    re.IGNORECASE,
)
_REFERENCE: Final = re.compile(
    r"\b(?:r[eé]f[eé]rences?|r[eé]f|transaction|confirmation number|mandat|ch[eè]que|libell[eé]"
    r"|trace)\b\.?"
    r" ?(?:de (?:mandat|virement|paiement) |du virement )?(?:n[o°]\.? ?|num[eé]ro |number |: ?"
    r"|« ?)*"
    r"([A-Za-z]{0,8}[-/]?\d[\w-]{2,34})",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_DATE: Final = re.compile(
    r"\A(?:20\d\d|\d{1,2}[-/.]\d{1,2}(?:[-/.]\d{2,4})?|\d{1,3}|20\d\d-\d\d-\d\d)\Z"
)
_SEPARATORS: Final = re.compile(r",? (?:et|and|ou) |, ?| ?& ?|; ?| / ", re.IGNORECASE)
_LEAD: Final = re.compile(r"\A(?:la |n[o°]\.? ?)", re.IGNORECASE)
_MONEY_AFTER: Final = re.compile(
    r" ?(?:€|eur\b|euros?\b|£|\$|%|k\b|h\b|jours|days|fois|x\b)", re.IGNORECASE
)
_KIND_ONLY: Final = frozenset({"COVID", "TVA", "CB", "BP", "CS", "MT"})
_FOLLOWED: Final = 12
_NEAR: Final = 40


def invoices_cited(text: str) -> tuple[str, ...]:
    """Return the numbers of invoices cited, each once, in their order."""
    found: dict[str, int] = {}
    end = 0
    for place, number in sorted(_candidates(text), key=lambda one: (one[0], -len(one[1]))):
        if place >= end:
            end = place + len(number)
            if _is_document(text, place, number):
                found.setdefault(number, place)
    return tuple(found)


def _candidates(text: str) -> Iterator[tuple[int, str]]:
    for match in _NAMED.finditer(fold(text)):
        place = match.start(1)
        for part in _SEPARATORS.split(text[match.start(1) : match.end(1)]):
            number = _LEAD.sub("", part)
            yield text.index(number, place), number
            place = text.index(number, place) + len(number)
    for match in _SHAPED.finditer(text):
        yield match.start(), match[0]
    for match in _AT_START.finditer(text):
        yield match.start(1), match[1]


def _is_document(text: str, place: int, number: str) -> bool:
    before = fold(text[max(0, place - _NEAR) : place])
    after = text[place + len(number) : place + len(number) + _FOLLOWED]
    if _DATE.match(number) or _MONEY_AFTER.match(after) or "@" in after[:1]:
        return False
    if number.rstrip("0123456789-/ ") in _KIND_ONLY or sum(one.isdigit() for one in number) < 1:
        return False
    return not _OTHER_PAPER.search(before)


def payment_reference(text: str) -> str:
    """Return the reference of a payment, where one is cited."""
    match = _REFERENCE.search(text)
    return match[1].rstrip("-") if match else ""


def addresses(text: str) -> tuple[str, ...]:
    """Return the e-mail addresses cited, in their order."""
    return tuple(dict.fromkeys(match[0].rstrip(".-_").lower() for match in _ADDRESS.finditer(text)))
