"""Read payment terms as French invoices write them: « 45 jours fin de mois le 10 »."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from typing import Final

from encours.kernel.issue import Issue
from encours.receivables.rules.terms import (
    ALL,
    DueRule,
    InvalidTerms,
    MonthEnd,
    Part,
    Terms,
)

_NOW: Final = re.compile(
    r"(?:au |paiement |reglement |payable )*"
    r"(?:comptant|a (?:la )?reception(?: de (?:la )?facture)?|a la commande|immediat"
    r"|a la livraison|des reception)"
)
_DELAY: Final = r"(?P<number>\d{1,3}) ?(?P<unit>jours?|jrs?|j|mois)"
_NOISE: Final = re.compile(
    r"\b(?:nets?|date de (?:la )?facture|date de facturation|d\.?d\.?f\.?|date facture|df"
    r"|a compter de la (?:date de )?(?:facture|facturation)|calendaires?)\b"
)
_MONTH_END: Final = r"(?:fin de mois|fin du mois|fdm|eom)"
_DAY: Final = r"(?: ?,? ?(?:le|au) (?P<day>\d{1,2})(?: du mois(?: suivant)?)?)?"
_LEAD: Final = r"(?:(?:payable|paiement|reglement|virement|cheque|lcr|traite) )*(?:a )?"
_AFTER: Final = re.compile(rf"{_LEAD}{_DELAY}(?: (?P<end>{_MONTH_END}))?{_DAY}")
_BEFORE: Final = re.compile(rf"{_LEAD}{_MONTH_END} ?(?:\+|plus|a)? ?{_DELAY}{_DAY}")
_END_ONLY: Final = re.compile(rf"{_LEAD}{_MONTH_END}{_DAY}")
_NEXT_MONTH: Final = re.compile(rf"{_LEAD}(?:le )?(?P<day>\d{{1,2}}) (?:du mois suivant|m ?\+ ?1)")
_SAME_PARTS: Final = re.compile(
    r"(?:a )?(\d{1,3}(?: ?[/-] ?\d{1,3}){1,11}) ?(?:jours?|jrs?|j)(?: .*)?"
)
_PERCENT: Final = re.compile(r"(\d{1,3}(?:[.,]\d{1,4})?) ?%")


def parse_terms(text: str) -> Terms | Issue:
    """Return the terms a French text means, or an Issue; « fin de mois » is read days first (A)."""
    plain = _plain(text)
    try:
        parts = _percent_parts(plain) or _same_parts(plain) or _one_part(plain)
        if parts:
            return Terms(parts)
        message = "Conditions de règlement non comprises."
    except InvalidTerms as problem:
        message = str(problem)
    return Issue(
        "terms_unread", message, column="terms", found=text, expected="30 jours fin de mois"
    )


def _plain(text: str) -> str:
    ascii_text = unicodedata.normalize("NFKD", text.replace("œ", "oe")).encode("ascii", "ignore")
    plain = _NOISE.sub(" ", ascii_text.decode().lower())
    return re.sub(r"\s+", " ", plain).strip(" .;:")


def _one_part(plain: str) -> tuple[Part, ...]:
    rule = _rule(plain)
    return (Part(ALL, rule),) if rule else ()


def _percent_parts(plain: str) -> tuple[Part, ...]:
    pieces = _PERCENT.split(plain)
    if len(pieces) == 1 or pieces[0].strip():
        return ()
    parts = []
    for percent, wording in zip(pieces[1::2], pieces[2::2], strict=True):
        rule = _rule(re.sub(r"(?:[,;+]| et| puis| le solde)+$", "", wording.strip()).strip())
        if rule is None:
            return ()
        parts.append(Part(Fraction(percent.replace(",", ".")), rule))
    return tuple(parts)


def _same_parts(plain: str) -> tuple[Part, ...]:
    found = _SAME_PARTS.fullmatch(plain)
    if not found:
        return ()
    delays = re.split(r" ?[/-] ?", found[1])
    tail = plain[found.end(1) :]
    rules = [_rule(f"{delay}{tail}") for delay in delays]
    return tuple(Part(ALL / len(rules), rule) for rule in rules if rule)


def _rule(wording: str) -> DueRule | None:
    if _NOW.fullmatch(wording):
        return DueRule()
    if found := _AFTER.fullmatch(wording):
        end = MonthEnd.AFTER_DAYS if found["end"] else MonthEnd.NONE
        return _delayed(found, end)
    if found := _BEFORE.fullmatch(wording):
        return _delayed(found, MonthEnd.BEFORE_DAYS)
    if found := _END_ONLY.fullmatch(wording) or _NEXT_MONTH.fullmatch(wording):
        return DueRule(month_end=MonthEnd.AFTER_DAYS, day=_day(found))
    return None


def _delayed(found: re.Match[str], month_end: MonthEnd) -> DueRule:
    number = int(found["number"])
    days, months = (0, number) if found["unit"] == "mois" else (number, 0)
    return DueRule(days, months, month_end, _day(found))


def _day(found: re.Match[str]) -> int | None:
    return int(found["day"]) if found["day"] else None
