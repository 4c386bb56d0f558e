"""Telephone numbers as they are dialled: E.164, from what people type (ITU-T E.164)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

SIGNS: Final = re.compile(r"[\s.\-/()\u00a0\u202f]")
EXTENSION: Final = re.compile(r"(?i)\s*(?:poste|ext\.?|x|#)\s*\d+\s*$")
SHAPE: Final = re.compile(r"\+[1-9]\d{7,14}")
OVERSEAS: Final[Mapping[str, str]] = {
    "971": "GP", "972": "MQ", "973": "GF", "974": "RE", "975": "PM", "976": "YT", "977": "BL",
    "978": "MF", "986": "WF", "987": "PF", "988": "NC",
}  # fmt: skip
"""French postcodes whose clock and number are not those of the mainland."""
LONG: Final = 3


@dataclass(frozen=True, slots=True)
class Country:
    """How a country is dialled, and its clocks; `trunk` is dropped when dialled from abroad."""

    code: str
    trunk: str
    zones: tuple[str, ...]


def country_of(country: str, postcode: str = "") -> str:
    """Return the country whose clock and numbers count: a French postcode may be overseas."""
    known = country.upper() or "FR"
    return OVERSEAS.get(postcode.replace(" ", "")[:LONG], known) if known == "FR" else known


@cache
def countries() -> Mapping[str, Country]:
    """Return the countries that we know, by ISO 3166 code."""
    read = tomllib.loads((files("encours.recovery") / "data" / "countries.toml").read_text("utf-8"))
    return {
        name: Country(one["code"], one.get("trunk", ""), tuple(one["zones"]))
        for name, one in read.items()
    }


def dialled(typed: str, country: str = "FR") -> str:
    """Return the number in E.164, or nothing when it cannot be read surely."""
    number = SIGNS.sub("", EXTENSION.sub("", typed.strip()).replace("(0)", ""))
    number = re.sub(r"^00", "+", number)
    if not number.startswith("+"):
        place = countries().get(country)
        if place is None or not number.isdecimal() or not number.startswith(place.trunk):
            return ""
        number = f"+{place.code}{number.removeprefix(place.trunk)}"
    french = not number.startswith("+33") or re.fullmatch(r"\+33[1-9]\d{8}", number)
    return number if french and number.isascii() and SHAPE.fullmatch(number) else ""
