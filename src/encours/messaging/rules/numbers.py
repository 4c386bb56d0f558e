"""Telephone numbers as networks want them (ITU-T E.164), and which of them take a text message.

Strict, for the countries that French companies write to; a number of another country is taken
when it is written in full with its code. A landline takes no text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_SEPARATORS: Final = re.compile(r"[\s.\-/()\u00a0\u202f]|\(0\)")
_OPTIONAL_ZERO: Final = re.compile(r"\(0\)")
_E164: Final = re.compile(r"\+[1-9]\d{6,14}")
_SENDER: Final = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{3,11}")


@dataclass(frozen=True, slots=True)
class Plan:
    """How a country numbers: its code, the digit put before at home, its mobiles (national)."""

    code: str
    trunk: str
    mobile: str


PLANS: Final[Mapping[str, Plan]] = {
    "FR": Plan("33", "0", r"[67]\d{8}"),
    "GP": Plan("590", "0", r"69[01]\d{6}"),
    "MQ": Plan("596", "0", r"69[67]\d{6}"),
    "GF": Plan("594", "0", r"694\d{6}"),
    "RE": Plan("262", "0", r"69[23]\d{6}"),
    "YT": Plan("262", "0", r"639(?!98)\d{6}"),  # 06 39 98 is the mainland's, kept for fiction
    "MC": Plan("377", "", r"(4\d{7}|6\d{8})"),
    "BE": Plan("32", "0", r"4\d{8}"),
    "LU": Plan("352", "", r"6\d{8}"),
    "CH": Plan("41", "0", r"7[5-9]\d{7}"),
    "DE": Plan("49", "0", r"1[567]\d{8,9}"),
    "ES": Plan("34", "", r"[67]\d{8}"),
    "IT": Plan("39", "", r"3\d{8,9}"),
    "NL": Plan("31", "0", r"6\d{8}"),
    "PT": Plan("351", "", r"9\d{8}"),
    "GB": Plan("44", "0", r"7\d{9}"),
    "IE": Plan("353", "0", r"8\d{8}"),
    "AT": Plan("43", "0", r"6\d{8,11}"),
}
OVERSEAS: Final = ("FR", "GP", "MQ", "GF", "RE", "YT")
"""0690… typed by a mainland customer is Guadeloupe's, not a mainland mobile."""


def mobile_number(typed: str, country: str = "FR") -> str:
    """Return the number in E.164 when it takes a text message, else nothing."""
    number = _SEPARATORS.sub("", _OPTIONAL_ZERO.sub("", typed))
    if number.startswith("00"):
        number = "+" + number[2:]
    if number.startswith("+"):
        return number if _takes_texts(number) else ""
    homes = (country, *OVERSEAS) if country in OVERSEAS else (country,)
    found = [_national(number, PLANS[home]) for home in homes if home in PLANS]
    precise = [one for one in found if one and not one.startswith("+33")]
    return next(iter(precise), next((one for one in found if one), ""))


def is_sender_name(name: str) -> bool:
    """Say whether networks take this as a sender's name: 3 to 11 letters and digits."""
    return bool(_SENDER.fullmatch(name))


def is_sender(sender: str) -> bool:
    """Say whether a text message may be sent under this name or number."""
    return is_sender_name(sender) or bool(_E164.fullmatch(sender) or re.fullmatch(r"\d{5}", sender))


def _takes_texts(number: str) -> bool:
    if not _E164.fullmatch(number):
        return False
    plans = [plan for plan in PLANS.values() if number.startswith(f"+{plan.code}")]
    rest = [(plan, number[len(plan.code) + 1 :]) for plan in plans]
    return not plans or any(re.fullmatch(plan.mobile, digits) for plan, digits in rest)


def _national(number: str, plan: Plan) -> str:
    if not number.isascii() or not number.isdecimal() or not number.startswith(plan.trunk):
        return ""
    digits = number.removeprefix(plan.trunk)
    return f"+{plan.code}{digits}" if re.fullmatch(plan.mobile, digits) else ""
