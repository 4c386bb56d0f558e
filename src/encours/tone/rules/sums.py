"""The 40 EUR indemnity in words: its sum, its unit, its tax (C. com. L441-10 II, D441-5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from encours.tone.rules.readings import Hit, Sentence
from encours.tone.rules.values import Context

FLAT: Final = 4_000
"""Cents of the indemnity (D441-5)."""

FEW: Final = 5
"""Invoices that a sum may stand for when none is named."""

_MANY: Final = re.compile(r"\b(?:factures|invoices)\b|\$indemnity")
_SPELT: Final = {
    "dix": 10, "quinze": 15, "vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50,
    "soixante": 60, "cent": 100, "quatre vingts": 80, "cents": 100, "deux cents": 200,
    "ten": 10, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "one hundred": 100, "hundred": 100, "two hundred": 200,
    "soixante dix": 70, "cent vingt": 120, "cent cinquante": 150,
}  # fmt: skip
_WORDS: Final = "|".join(sorted(_SPELT, key=len, reverse=True))
_EURO: Final = r"(?:€|euros?|eur)"
_SUM: Final = re.compile(
    rf"(?:(?<![\d.,])(?P<after>\d[\d ]*(?:[.,]\d{{1,2}})?) ?{_EURO}(?![a-z])"
    rf"|(?:€|\beur) ?(?P<before>\d[\d ,]*(?:\.\d{{1,2}})?)|\b(?P<spelt>{_WORDS}) {_EURO}(?![a-z]))"
)
_LINK: Final = re.compile(
    r"(?:indemnit\w*|compensation|forfait\w*|lump sum|fixed sum|recovery sum)"
)
_CUT: Final = re.compile(
    r"\b(?:principal|penalites?|interets?|interest|somme de|sum of|montant de|amount of|solde de"
    r"|factures?"
    r" (?:de|d'un montant)|ttc|restant|encours|total\w*|invoice of|balance of)\b|;"
)
_UNIT: Final = re.compile(
    r"(?:\bpar|\bchaque|\bpour chaque|\ba chaque|\bper|\beach|\bevery) "
    r"(?:nouvelle |new |autre )?(?!(?:late |unpaid |overdue )?(?:factures?|invoices?)\b"
    r"|factures?\b|invoices?\b|la\b|le\b|l'|les\b|loi\b|decret|article|virement|cheque|carte"
    r"|e?mail|courriel"
    r"|une?\b|notre|nos|votre|vos|unpaid invoice|an?\b|law|the\b|bank|annee civile)[a-z]+"
    r"|(?:apres|a partir de|des|a|pour) (?:la |le )?(?:premiere|deuxieme|troisieme|seconde"
    r"|\d\w*) (?:relance|rappel|lettre)"
)
_INVOICE: Final = re.compile(
    r"\b(?:(?:par|chaque|per|each|every) (?:\w+ )?"
    r"|(?:pour|sur|for|on) (?:cette|la|votre|this|your) )"
    r"(?:factures?|invoices?)\b"
)
_TAX: Final = re.compile(r"\b(?:ht|hors taxes?|tva|vat|excl|majore\w* de la tva|plus tax)\b")
_NO_TAX: Final = re.compile(
    r"(?:sans|hors champ|exonere\w*|non soumis\w*|pas|no|not|without|exempt\w*|ne supporte\w*"
    r"|n'est)(?: \S+){0,5} (?:tva|vat)"
)
_PERCENT: Final = re.compile(r"(?:indemnit\w*|compensation)(?: \S+){0,6} \d+(?:[.,]\d+)? ?%")
_TIMES: Final = re.compile(r"\d+ ?(?:x|\*|fois|times) ?\d+")
_FLAT_PENALTY: Final = re.compile(
    rf"(?:penalit\w*|interets?|penalt\w+|interest)(?: (?!indemnit|compens"
    rf"|40)\S+){{0,6}} \d+(?:[.,]\d+)? ?{_EURO}(?: \S+){{0,2}}"
    r" (?:par|per|each|every|a|chaque|pour chaque) (?:jour|semaine|mois|day|week|month|facture"
    r"|invoice)"
)
_RATED: Final = re.compile(
    r"(?:penalit\w*|interets?|penalt\w+|interest)(?: (?!\S*indemnit"
    r"|compens)\S+){0,5} (?<!indemnite )(?:forfaitaires?|flat|fixed|fixe)\b(?! (?:compens|indemn"
    r"|sum|recovery))"
)
_VAT_ON: Final = re.compile(
    r"(?:penalit\w*|interets? (?:de retard|moratoires)|indemnit\w*|late payment interest"
    r"|compensation)"
    r"(?: \S+){0,8} (?:tva|vat|t\.v\.a)\b"
    r"|\b(?:the|les|ces) (?:€ ?40|40 ?(?:€|euros?|eur))(?![.,]?\d)(?: \S+){0,3} (?:vat|tva|ht)\b"
)


def wrong_sums(text: str, context: Context, *, is_many: bool = False) -> Iterator[Hit]:
    """Yield what is asked of a professional and is not 40 EUR for each invoice paid late.

    `is_many`: the message speaks of several invoices, whose indemnities add up.
    """
    if not context.is_professional:
        return
    sentence = Sentence(text)
    for found in _VAT_ON.finditer(text):
        if not _NO_TAX.search(text):
            yield Hit("indemnity", "block", *found.span())
    for pattern in (_FLAT_PENALTY, _RATED):
        for found in pattern.finditer(text):
            yield Hit("penalties", "block", *found.span())
    if not sentence.has("indemnity|forty"):
        return
    yield from (
        hit
        for hit in _indemnity(sentence, is_many=is_many)
        if not any(a <= hit.start < b for a, b in sentence.denied)
    )


def speaks_of_many(text: str) -> bool:
    """Say whether a text speaks of several invoices."""
    return bool(_MANY.search(text))


def _indemnity(sentence: Sentence, *, is_many: bool) -> Iterator[Hit]:
    text = sentence.text
    for found in _PERCENT.finditer(text):
        yield Hit("indemnity", "block", *found.span())
    for start, end, value in _sums(text):
        if sentence.has("proof") and value != FLAT:
            continue
        if (value > FEW * FLAT and not is_many) or _is_wrong(text, start, end, value):
            yield Hit("indemnity", "block", start, end)


def _is_wrong(text: str, start: int, end: int, value: int) -> bool:
    if not value or value % FLAT or (_TIMES.search(text) and value % FLAT):
        return True
    near = text[end : end + 60]
    if re.match(r" ?(?:forfaitaires?|flat|fixed)\b", near):
        return value != FLAT
    if re.search(
        r"(?:passe\w*|port\w+|augment\w+|monte\w*|double\w*|rises?|goes up|increas\w+)"
        r"(?: (?:de|from) \S+(?: ?€| euros?| eur)?)? (?:a|to) ?$",
        text[:start],
    ):
        return True
    unit, each = _UNIT.search(near), _INVOICE.search(near)
    if each and (not unit or each.start() < unit.start()):
        return value != FLAT and not re.search(r"\b40 ?(?:€|euros?|eur)|€ ?40\b", near)
    if unit and unit.start() < 40:  # noqa: PLR2004 - said of this very sum
        return True
    tax = _TAX.search(text[end : end + 25])
    return bool(tax) and not _NO_TAX.search(text)


def _sums(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield the sums said of an indemnity: the nearest words before or after are about it."""
    for found in _SUM.finditer(text):
        before, after = text[: found.start()], text[found.end() : found.end() + 60]
        if (
            _said_before(before)
            or _said_after(after)
            or (
                _cents(found) == FLAT
                and (re.search(r"recouvrement|recovery|l ?441", text) or _UNIT.search(after[:40]))
            )
        ):
            yield found.start(), found.end(), _cents(found)


def _said_before(before: str) -> bool:
    links = [found.end() for found in _LINK.finditer(before)]
    if not links:
        return False
    between = before[links[-1] :]
    return between.count(" ") <= 14 and not _CUT.search(between) and not _SUM.search(between)  # noqa: PLR2004


def _said_after(after: str) -> bool:
    """« 80 € d'indemnité forfaitaire », « 50 € au titre de l'indemnité », “€80 of compensation”."""
    link = _LINK.search(after)
    if not link:
        return False
    between = after[: link.start()]
    lead = r"^ ?(?:ttc |ht )?(?:d'|de |a titre d'|au titre de l'|au titre d'|as |of |in |for |en )"
    return bool(re.match(lead, between)) and between.count(" ") <= 6 and not _SUM.search(between)  # noqa: PLR2004


def _cents(found: re.Match[str]) -> int:
    if found["spelt"]:
        return _SPELT[found["spelt"]] * 100
    if found["after"]:
        written = found["after"].replace(" ", "").replace(",", ".")
    else:
        written = found["before"].replace(" ", "").replace(",", "")
    whole, _, rest = written.partition(".")
    return int(whole or "0") * 100 + int(rest.ljust(2, "0")[:2] or "0")
