"""Telephone numbers as networks want them (ITU-T E.164), and which of them take a text message.

Strict, for the countries that `kernel.countries` knows; a number of another country is taken when
it is written in full with its code. A landline takes no text.
"""

from __future__ import annotations

import re
from typing import Final

from encours.kernel.countries import Country, countries

_SEPARATORS: Final = re.compile(r"\(0\)|[\s.\-/()\u00a0\u202f]")
_EXTENSION: Final = re.compile(r"(?i)\s*(?:poste|ext\.?|x|#)\s*\d+\s*$")
_E164: Final = re.compile(r"\+[1-9]\d{6,14}")
_FRENCH: Final = re.compile(r"\+33[1-9]\d{8}")
_DIALLED_MIN: Final = 9  # with its sign: fewer digits are an internal number
_SENDER: Final = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{3,11}")
OVERSEAS: Final = ("FR", "GP", "MQ", "GF", "RE", "YT")
"""0690… typed by a mainland customer is Guadeloupe's, not a mainland mobile."""


def dialled(typed: str, country: str = "FR") -> str:
    """Return the number in E.164, or nothing when it cannot be read surely."""
    number = _plain(_EXTENSION.sub("", typed.strip()))
    if not number.startswith("+"):
        place = countries().get(country)
        if place is None or not _is_national(number, place):
            return ""
        number = f"+{place.code}{number.removeprefix(place.trunk)}"
    french = not number.startswith("+33") or _FRENCH.fullmatch(number)
    is_whole = len(number) >= _DIALLED_MIN and number.isascii() and _E164.fullmatch(number)
    return number if french and is_whole else ""


def mobile_number(typed: str, country: str = "FR") -> str:
    """Return the number in E.164 when it takes a text message, else nothing."""
    number = _plain(typed)
    if number.startswith("+"):
        return number if _takes_texts(number) else ""
    homes = (country, *OVERSEAS) if country in OVERSEAS else (country,)
    known = countries()
    found = [_national(number, known[home]) for home in homes if home in known]
    precise = [one for one in found if one and not one.startswith("+33")]
    return next(iter(precise), next((one for one in found if one), ""))


def is_sender_name(name: str) -> bool:
    """Say whether networks take this as a sender's name: 3 to 11 letters and digits."""
    return bool(_SENDER.fullmatch(name))


def is_sender(sender: str) -> bool:
    """Say whether a text message may be sent under this name or number."""
    return is_sender_name(sender) or bool(_E164.fullmatch(sender) or re.fullmatch(r"\d{5}", sender))


def _plain(typed: str) -> str:
    number = _SEPARATORS.sub("", typed)
    return f"+{number[2:]}" if number.startswith("00") else number


def _takes_texts(number: str) -> bool:
    if not _E164.fullmatch(number):
        return False
    places = [
        place
        for place in countries().values()
        if place.mobile and number.startswith(f"+{place.code}")
    ]
    rest = [(place, number[len(place.code) + 1 :]) for place in places]
    return not places or any(re.fullmatch(place.mobile, digits) for place, digits in rest)


def _national(number: str, place: Country) -> str:
    if not place.mobile or not _is_national(number, place):
        return ""
    digits = number.removeprefix(place.trunk)
    return f"+{place.code}{digits}" if re.fullmatch(place.mobile, digits) else ""


def _is_national(number: str, place: Country) -> bool:
    return number.isascii() and number.isdecimal() and number.startswith(place.trunk)
