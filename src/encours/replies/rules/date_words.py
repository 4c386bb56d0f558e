"""The words of dates in French and English, folded: months, days, and the expressions of them."""

from __future__ import annotations

from typing import Final

from encours.replies.rules.numbers import NUMBER

MONTHS: Final = {
    "janvier": 1, "janv": 1, "january": 1, "jan": 1, "fevrier": 2, "fevr": 2, "fev": 2,
    "february": 2, "feb": 2, "mars": 3, "march": 3, "mar": 3, "avril": 4, "avr": 4, "april": 4,
    "apr": 4, "mai": 5, "may": 5, "juin": 6, "june": 6, "jun": 6, "juillet": 7, "juil": 7,
    "july": 7, "jul": 7, "aout": 8, "august": 8, "aug": 8, "septembre": 9, "september": 9,
    "sept": 9, "sep": 9, "octobre": 10, "october": 10, "oct": 10, "novembre": 11,
    "november": 11, "nov": 11, "decembre": 12, "december": 12, "dec": 12,
}  # fmt: skip
SHORT_MONTHS: Final = frozenset({"jan", "mar", "sep", "dec", "may", "sept"})
WEEKDAYS: Final = {
    "lundi": 0, "mardi": 1, "mercredi": 2, "jeudi": 3, "vendredi": 4, "samedi": 5, "dimanche": 6,
    "monday": 0, "tuesday": 1, "tues": 1, "tue": 1, "wednesday": 2, "wed": 2, "thursday": 3,
    "thurs": 3, "thu": 3, "friday": 4, "fri": 4, "saturday": 5, "sunday": 6,
}  # fmt: skip
PARTS: Final = {
    "debut": "early", "early": "early", "beginning": "early", "start": "early", "mi": "middle",
    "milieu": "middle", "mid": "middle", "middle": "middle", "fin": "late", "end": "late",
    "late": "late", "courant": "late", "en": "late", "in": "late", "sur": "late",
    "during": "late", "dans": "late",
}  # fmt: skip
UNITS: Final = {
    "h": "hours", "heure": "hours", "heures": "hours", "hour": "hours", "hours": "hours",
    "hrs": "hours", "j": "days", "jour": "days", "jours": "days", "day": "days", "days": "days",
    "semaine": "weeks", "semaines": "weeks", "sem": "weeks", "week": "weeks", "weeks": "weeks",
    "mois": "months", "month": "months", "months": "months",
}  # fmt: skip


def alternatives(words: dict[str, object] | dict[str, int] | dict[str, str]) -> str:
    """Return an expression matching any of the words, the longest first."""
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


MONTH: Final = alternatives(MONTHS)
LONG_MONTH: Final = "|".join(
    sorted((one for one in MONTHS if one not in SHORT_MONTHS or one == "may"), key=len)[::-1]
)
WEEKDAY: Final = alternatives(WEEKDAYS)
UNIT: Final = alternatives(UNITS)
_ON: Final = rf"(?:(?:{WEEKDAY})\.?,? {{1,2}}(?:le |the )?)?"
"""A weekday before a date that already says it all."""

ISO: Final = r"\b(20\d\d)-(\d\d)-(\d\d)\b"
NUMERIC: Final = rf"{_ON}\b(\d{{1,2}})([/.-])(\d{{1,2}})\2(20\d\d|\d\d)\b(?![/.-]\d)"
NUMERIC_SHORT: Final = (
    rf"{_ON}(?<![\d/.,-])(\d{{1,2}})/(\d{{1,2}})(?![\d/-])"
    r"|(?<=\b(?:le|du|au|on) )(\d{1,2})\.(\d{1,2})(?![\d%])"
)
DAY_MONTH: Final = (
    rf"{_ON}\b(\d{{1,2}}|premier|first)(?:er|st|nd|rd|th)?(?: of)? ?-?(?:{MONTH})\b\.?"
    r"(?: (20\d\d)\b)?"
).replace(f"(?:{MONTH})", f"({MONTH})")
MONTH_DAY: Final = (
    rf"{_ON}\b({MONTH})\.? (?:the )?(\d{{1,2}})(?:st|nd|rd|th)?\b(?!:\d|h\d)(?:,? (20\d\d)\b)?"
)
MONTH_PART: Final = (
    r"\b(debut|early|beginning|start|mi|milieu|mid|middle|fin|end|late|courant|en|in|sur|during)"
    r"(?: |-| de | du mois de | d'| of |-of | of the month of )(?:the )?"
    rf"({LONG_MONTH}|dec|jan|sept)\b(?! \d{{1,2}}\b)(?: (20\d\d)\b)?"
)
OF_MONTH: Final = (
    r"(?<!jours )\b(?:(debut|beginning|start|mi|milieu|mid|middle|fin|end|courant)(?: |-| de | du "
    r"| of )"
    r"(?:ce |le |this |the |current )?(next |last )?(?:mois|month)\b"
    r"( prochain| suivant| dernier| passe| d'apres)?"
    r"|(?<!month )\beom\b|\bmonth[- ]end\b|\b(?:le |courant )?(next |du |le )month"
    r"|\b(?:le |du |au )?mois prochain\b|\bnext month\b)"
)
OF_WEEK: Final = (
    r"\b(?:(debut|early|beginning|start|milieu|mid|middle|fin|end|late|later|courant)"
    r"(?: |-| de | de la | of | in )(?:the |this |cette |la |current )?(next )?"
    r"(?:semaine|week)\b( prochaine| suivante| next)?"
    r"|(?:la |sur la |of )?semaine (?:prochaine|suivante|pro)\b|\bnext week\b|\beow\b"
    r"|\b(?:cette|dans la) semaine\b|\b(?:this|within the) week\b)"
)
WEEKDAY_SAID: Final = (
    rf"\b(next |last |this |coming |ce )?({WEEKDAY})\b\.?"
    r"( prochain| qui vient| en huit| en quinze| dernier| passe| next week| after next"
    r"| week| de la semaine prochaine| of next week| de la semaine suivante)?"
)
WEEKDAY_DAY: Final = (
    rf"\b(?:{WEEKDAY})\.?,? (?:le |the )?(\d{{1,2}})(?:er|st|nd|rd|th)?\b"
    r"(?! ?(?:h\b|heures|€|eur|:|%|am\b|pm\b|[/.,]\d|\d))"
)
TODAY: Final = (
    r"\b(?:aujourd'?hui|auj|ce jour|ce midi|today|dans la journee|paying now|cet(?:te)? apres-midi"
    r"|this afternoon"
    r"|tout de suite|by (?:eod|end of (?:the )?day)(?! (?:on|tomorrow|mon|tue|wed|thu|fri|sat|sun"
    r"|next))|cob today)\b"
)
TONIGHT: Final = r"\b(?:ce soir|tonight|this evening|dans l'apres-midi|later today|tantot)\b"
THIS_MORNING: Final = (
    r"\b(?:ce matin|this morning|a l'instant)\b"
    r"|\bviens (?:juste )?de (?:payer|faire|virer|regler)|\bjust (?:transferred|paid|sent|wired)\b"
)
TOMORROW: Final = r"\b(?:demain|dmain|2main|tomorrow|tomorow|tommorow|tmrw|tmw|2moro|2morrow)\b"
AFTER_TOMORROW: Final = r"\b(?:apres[- ]?demain|(?:the )?day after tomorrow)\b"
YESTERDAY: Final = r"\b(?:hier|yesterday|last night)\b"
BEFORE_YESTERDAY: Final = r"\b(?:avant[- ]?hier|(?:the )?day before yesterday)\b"
_RANGE: Final = rf"(?:{NUMBER} ?(?:-|a|ou|to|or|/) ?)?"
"""The first of two numbers: « deux ou trois jours » lasts three."""
BETWEEN: Final = (
    r"\b(?:entre|between)(?: le| the)? \d{1,2}(?:er|st|nd|rd|th)? (?:et|and)(?: le| the)?"
    rf" (\d{{1,2}})(?:er|st|nd|rd|th)?\b(?: (?:of )?({MONTH})\b)?"
)
WEEK_NUMBER: Final = r"\b(?:semaine|week) (?:n[o°] ?)?(\d{1,2})\b(?! ?[/-])"
WEEK_OF: Final = (
    rf"\b(?:semaine du|week of|week commencing)(?: the)?(?: lundi"
    rf"| monday)? (?:({MONTH}) )?(\d{{1,2}})"
    rf"(?:er|st|nd|rd|th)?\b(?: (?:of )?({MONTH})\b)?"
)
FORTNIGHT: Final = (
    r"\b(?:(premiere|1ere|first)|(?:deuxieme|seconde|2e|2eme|derniere|second|last)) "
    rf"(quinzaine|semaine|half|week) (?:de |d'|du mois de |of )({MONTH})\b"
)
DURATION: Final = (
    r"\b(?:dans|sous|d'ici(?: a)?|dici|in|within|comptez|endeans|au plus tard dans"
    r"|(?:un )?delai (?:maximum |maximal )?de)"
    r" (?:un delai (?:maximum |maximal )?de |les |the next |le |an? delay of |maximum |max )?"
    rf"(?:environ |about )?{_RANGE}(a couple of|{NUMBER}) ?({UNIT})\b( ouvr(?:es|ables))?"
)
WORKING: Final = rf"\b(?:in|within)(?: the next)? ({NUMBER}) (?:working|business) days\b"
FROM_NOW: Final = rf"\b({NUMBER}) (days|weeks|months) (?:from now|time)\b"
GRANTED: Final = (
    r"\b(?:accord(?:ez|er)|laiss(?:ez|er)|donn(?:ez|er)|give|grant|allow|need|besoin d'"
    r"|faudrait|demande|want)"
    rf"(?:[- ](?:moi|nous|us|me|encore|de|maybe|it))?(?: | ?)(?:another |a further )?({NUMBER})"
    r"(?: more| additional| further| extra)?"
    rf" ({UNIT})\b(?! ou)"
)
MORE: Final = (
    rf"\b({NUMBER}) ({UNIT}) (?:de plus|supplementaires?|de delai|de repit|more|extra|extension)\b"
    rf"|\b({NUMBER}) more ({UNIT})\b|\b(another) ({UNIT})\b"
)
HUITAINE: Final = (
    r"\b(?:sous|dans|d'ici|dans la|dans une|sous une|d'ici une) (huitaine|quinzaine|dizaine)\b"
    r"|\b(?:in|within) a (fortnight)\b"
)
BARE_DAY: Final = (
    r"\b(?:le|au|du|les|des le|pour le|avant le|avant|d'ici le|d'ici|jusqu'au|jusqu'a|vers le|on"
    r"|till|until|by|before|the|on the|by the|before the|until the|till the|from the|to the"
    r"|around the|value date|apres le)"
    r" (\d{1,2}|1er|premier)(er|st|nd|rd|th)?\b"
    r"(?! ?(?:€|%|eur\b|euros?\b|k\b|h\b|heures|:|\d|fois\b|jours\b|j\b(?!')|days|mois\b|months"
    r"|semaines"
    r"|weeks|[/.,-]\d|x\b|factures?|premi|derni|cartons|palettes|lignes|pieces|am\b|pm\b"
    rf"|(?:{MONTH})\b))"
    r"( courant| du mois prochain| du mois suivant| of next month| du mois d'apres)?"
)
YEAR_END: Final = (
    r"\b(?:fin d'annee|(?:la )?fin de l'annee|fin de cette annee|fin d'exercice|year[- ]end"
    r"|(?:the )?end of (?:the |this )?year)\b"
)
BEFORE_CHRISTMAS: Final = r"\b(?:avant (?:la )?noel|before christmas|by christmas)\b"
QUARTER_END: Final = r"\b(?:fin (?:de |du )?trimestre|end of (?:the |this )?quarter)\b"
LAST_MONTH_END: Final = r"\b(?:fin du mois (?:dernier|passe)|end of last month)\b"
