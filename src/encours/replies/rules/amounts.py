"""Every amount that a reply names: exact cents, a share of what is owed, payments of a plan."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

from encours.replies.rules.numbers import NUMBER, WORDS, number_of
from encours.replies.rules.values import WHOLE, AmountSaid, DateSaid, Span

_DIGITS: Final = r"\d{1,3}(?:[ .,']\d{3}){1,4}(?:[.,]\d{1,2})?(?!\d)|\d{1,9}(?:[.,]\d{1,2})?(?!\d)"
_SIGN: Final = (
    r"€|euros?\b|eur\b|£|gbp\b|pounds?\b|quid\b|\$|usd\b|dollars?\b|chf\b|balles\b|e\b(?!-)"
    r"|euro?s?(?=\d)"
)
_SIGN_BEFORE: Final = r"€|eur|£|gbp|\$|usd|chf|euros?"
_CURRENCIES: Final = {
    "£": "GBP", "gbp": "GBP", "pound": "GBP", "pounds": "GBP", "quid": "GBP", "$": "USD",
    "usd": "USD", "dollar": "USD", "dollars": "USD", "chf": "CHF",
}  # fmt: skip
_PERIOD: Final = (
    r"par mois|/ ?mois|mensuels?|tous les mois|chaque mois|a month|per month|/ ?month|monthly"
    r"|par semaine|a week|per week|each month|every month|le mois\b"
)
_PLURAL: Final = (
    r"mensualites?|versements?|echeances?|paiements?|cheques?|virements?|instal?lments?|payments?"
    r"|foi|fois|times|parts?"
)
_NOT_MONEY: Final = (
    r"(?! ?(?:%|jours?\b|j\b|fois\b|x\b|mois\b|days?\b|weeks?\b|months?\b|h\b|heures?\b|hours?\b"
    r"|semaines?\b|[/:-]\d|instal|mensual|monthly|versement|times\b|payments?\b|cartons|palettes"
    r"|pieces|er\b"
    r"|st\b|nd\b|rd\b|th\b|(?:[a-z]+ )?(?:cheques?|virements?|traites|factures?|invoices?)))"
)
_WITH_SIGN: Final = re.compile(
    rf"(?<![\w.,])(?:({_SIGN_BEFORE}) ?({_DIGITS})( ?k\b)?"
    rf"|(\d{{1,7}}) ?(?:€|eur|euros?) ?(\d\d)\b(?! ?(?:€|eur))"
    rf"|({_DIGITS}) ?(k ?)?(?:ttc |ht )?({_SIGN})|({_DIGITS})( ?k)\b)"
)
_IN_WORDS: Final = re.compile(
    rf"(?<![\w-])((?:{WORDS})(?:[ -](?:et[ -]|and[ -])?(?:{WORDS})){{0,8}})"
    r"(?: d')? (euros?|eur|€|balles|pounds?|dollars?|quid|a month|per month|par mois|chaque mois"
    r"|a week)(?!\w)"
)
_ROUND_WORDS: Final = re.compile(
    rf"(?<![\w-])((?:(?:{WORDS})[ -]){{1,4}}(?:mille|thousand|cents?|hundred)|(?:mille"
    rf"|cinq cents?))\b(?! (?:excuses|merci|pardon|fois|mercis))"
)
_BARE: Final = re.compile(
    rf"(?<![\w.,/#-])({_DIGITS}){_NOT_MONEY}(?= ?(?:{_PERIOD}))"
    rf"|\b(?:pay|paid|send|sent|wired?|transferred|transfer|remit(?:ted)?|verse|verser|verserai"
    rf"|regle|regler|reglerai|paye|payer|vire|virer|donne|donner|faire|instal?lments of|payments of"
    rf"|versements? de|mensualites? de|fois|cheques? de|acompte de|somme de|montant de)"
    rf" (?:you |vous |encore )?(?!\d\b)({_DIGITS})(?![\w/-]){_NOT_MONEY}"
)
_TIMES_AFTER: Final = re.compile(
    rf" ?(?:{_PERIOD})?,? ?(?:pendant|sur|durant|for|over|x|\*|en) ({NUMBER}) ?"
    r"(?:mois|months?|fois|times|semaines|weeks|mensualites)\b| ?(?:x|\*) ?(\d{1,2})\b"
)
_TIMES_BEFORE: Final = re.compile(
    rf"\b({NUMBER}) ?(?:x|\*|(?:monthly |equal |autres |weekly )?(?:{_PLURAL}))"
    rf"(?: (?:mensuels?|egales?|egaux|de|of|a)){{0,2}} ?(?:£|€|\$)?$"
)
_TIMES_ALONE: Final = re.compile(
    rf"(?<!di )\b(?:en|in|into|over|sur|accord pour) ({NUMBER}) ?"
    rf"(?:x\b|(?:monthly |equal )?(?:{_PLURAL})\b|mensuel|mois\b(?! de)|months?\b"
    r"|(?=[?.!]|$))"
    rf"|\b({NUMBER}) (?:x\b|fois\b(?! (?:plus|que|par|la|le|que|moins))"
    r"|(?:monthly |equal )?(?:mensualites|instal?lments|versements|echeances|payments)\b)"
    rf"|\b({NUMBER})x\b|\b(?:couper|split|cut|divide|diviser)\b[^.!?]{{0,24}} (?:en|in|into|over)"
    rf" (two|three|four|deux|trois|quatre|half)\b"
)
_SHARES: Final = (
    (re.compile(r"\b(?:la |une )?moitie\b|\b(?:half|une demi)\b(?! past| day)"), Fraction(1, 2)),
    (re.compile(r"\b(?:un|le|one|a) (?:tiers|third)\b(?! payant)"), Fraction(1, 3)),
    (re.compile(r"\b(?:deux|two) (?:tiers|thirds)\b"), Fraction(2, 3)),
    (re.compile(r"\b(?:un|le|one|a) (?:quart|quarter)\b(?! d'heure| of an)"), Fraction(1, 4)),
    (re.compile(r"\b(?:trois|three) (?:quarts|quarters)\b(?! d'heure)"), Fraction(3, 4)),
)
_PERCENT: Final = re.compile(
    r"(?<![\d.,])(\d{1,3}(?:[.,]\d{1,2})?) ?(?:%|pour ?cents?\b|percent\b)"
)
_NOT_SHARE: Final = re.compile(
    r"(?:remise|discount|escompte|tva|vat|hausse|augment\w*|increase|rabais|penalit\w*|penalty"
    r"|retenue|taux|rate|reduction)[^.!?;]{0,24}$|^ ?(?:de )?(?:remise|discount|off|d'augmentation"
    r"|de hausse|increase|escompte|rabais|tva|vat)"
)
_BALANCE: Final = re.compile(
    r"\ble solde\b|\bla totalite\b|\bl'integralite\b|\bsold(?:er|era|erai|erons|ez) (?:le compte"
    r"|tout|votre compte|notre compte|l'ensemble)\b|\b(?:outstanding|full|remaining) balance\b"
    r"|\bin full\b|\bthe (?:whole|full) amount\b|\bthe balance\b|\bla somme entiere\b|\ble reste\b"
    r"|\bthe (?:rest|remainder)\b"
)
_NOT_OURS: Final = re.compile(
    r"(?:au lieu de|instead of|et non|and not|nous doit|vous me devez|owes? us|owing us|capital de"
    r"|rather than|plutot que|frais de|less than|max(?:imum)?(?: de)?)[ :a-z]{0,4}$"
)
_THOUSAND: Final = 1000
_CENTS: Final = 100
_TIMES_MAX: Final = 120
_LEAST_BARE: Final = 1000
_HUNDRED_PERCENT: Final = 100


def cents_of(digits: str) -> int | None:
    """Return the cents of digits with any separators; three digits after one are thousands."""
    plain = re.sub(r"[ ']", "", digits)
    last = max(plain.rfind("."), plain.rfind(","))
    whole, decimals = plain, ""
    if last >= 0 and len(plain) - last - 1 <= 2:  # noqa: PLR2004 - two decimals at most
        whole, decimals = plain[:last], plain[last + 1 :]
    try:
        amount = Decimal(f"{re.sub('[.,]', '', whole)}.{decimals or '0'}")
    except InvalidOperation:
        return None
    return int(amount * _CENTS)


def amounts_said(folded: str, days: tuple[DateSaid, ...] = ()) -> tuple[AmountSaid, ...]:
    """Return the amounts of a folded text: those in money first, then shares, plans, the balance.

    What stands inside a date is none.
    """
    money = _apart(sorted(_money(folded), key=lambda said: said.span.start))
    money = [said for said in money if not any(_overlap(said.span, day.span) for day in days)]
    money = [_with_times(folded, said) for said in money]
    shares = list(_shares(folded))
    plans = [] if any(said.times for said in money) else list(_plans(folded))
    parts = sorted((*shares, *plans), key=lambda said: said.span.start)
    whole = [
        AmountSaid(Span(match.start(), match.end()), share=WHOLE)
        for match in _BALANCE.finditer(folded)
    ]
    return (*money, *parts, *whole)


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _apart(found: list[AmountSaid]) -> list[AmountSaid]:
    kept: list[AmountSaid] = []
    for said in found:
        if not kept or said.span.start >= kept[-1].span.end:
            kept.append(said)
    return kept


def _money(folded: str) -> Iterator[AmountSaid]:
    for match in _WITH_SIGN.finditer(folded):
        if not _NOT_OURS.search(folded[max(0, match.start() - 40) : match.start()]):
            yield from _signed(match)
    for match in _IN_WORDS.finditer(folded):
        yield from _counted(match, match[1], match[2])
    for match in _ROUND_WORDS.finditer(folded):
        number = number_of(match[1])
        if number and number >= _LEAST_BARE:
            yield from _counted(match, match[1], "")
    for match in _BARE.finditer(folded):
        group = 1 if match[1] else 2
        cents = cents_of(match[group])
        if cents:
            yield AmountSaid(Span(match.start(group), match.end(group)), cents)


def _signed(match: re.Match[str]) -> Iterator[AmountSaid]:
    before, digits, kilo, whole, decimals, plain, kilo_too, sign, alone, kilo_alone = match.groups()
    if whole:
        cents: int | None = int(whole) * _CENTS + int(decimals)
    else:
        cents = cents_of(digits or plain or alone)
    if not cents:
        return
    if kilo or kilo_too or kilo_alone:
        cents *= _THOUSAND
    currency = _CURRENCIES.get((before or sign or "").strip(), "EUR")
    yield AmountSaid(Span(match.start(), match.end()), cents, currency)


def _counted(match: re.Match[str], words: str, sign: str) -> Iterator[AmountSaid]:
    for start in _number_starts(words):
        number = number_of(words[start:])
        if number:
            span = Span(match.start(1) + start, match.end())
            yield AmountSaid(span, number * _CENTS, _CURRENCIES.get(sign, "EUR"))
            return


def _number_starts(words: str) -> Iterator[int]:
    """Yield where the number may begin, from the longest reading to the shortest."""
    yield 0
    yield from (match.end() for match in re.finditer(" ", words))


def _with_times(folded: str, said: AmountSaid) -> AmountSaid:
    after = _TIMES_AFTER.match(folded, said.span.end)
    before = _TIMES_BEFORE.search(folded[max(0, said.span.start - 48) : said.span.start])
    words = (after[1] or after[2]) if after else before[1] if before else ""
    times = number_of(words) if words else None
    if times is None or not 1 < times <= _TIMES_MAX:
        return said
    return AmountSaid(said.span, said.cents, said.currency, said.share, times)


def _shares(folded: str) -> Iterator[AmountSaid]:
    for match in _PERCENT.finditer(folded):
        near = folded[max(0, match.start() - 40) : match.start()]
        if _NOT_SHARE.search(near) or _NOT_SHARE.search(folded[match.end() : match.end() + 20]):
            continue
        share = Fraction(match[1].replace(",", ".")) / _HUNDRED_PERCENT
        if 0 < share <= 1:
            yield AmountSaid(Span(match.start(), match.end()), share=share)
    for expression, share in _SHARES:
        for match in expression.finditer(folded):
            yield AmountSaid(Span(match.start(), match.end()), share=share)


def _plans(folded: str) -> Iterator[AmountSaid]:
    for match in _TIMES_ALONE.finditer(folded):
        words = next(part for part in match.groups() if part)
        times = 2 if words == "half" else number_of(words)
        if times and 1 < times <= _TIMES_MAX:
            yield AmountSaid(Span(match.start(), match.end()), times=times)
