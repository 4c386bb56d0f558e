"""Countries: how they are dialled (ITU-T E.164), their mobiles, their clocks (IANA)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

OVERSEAS: Final[Mapping[str, str]] = {
    "971": "GP", "972": "MQ", "973": "GF", "974": "RE", "975": "PM", "976": "YT", "977": "BL",
    "978": "MF", "986": "WF", "987": "PF", "988": "NC",
}  # fmt: skip
"""French postcodes whose clock and number are not those of the mainland."""
DEPARTMENT: Final = 3


@dataclass(frozen=True, slots=True)
class Country:
    """How a country is dialled, and its clocks, the one that most people live by first.

    `trunk` is dropped when dialled from abroad; `mobile` = its national numbers that take a text,
    as an expression, empty where we do not know.
    """

    code: str
    trunk: str
    mobile: str
    zones: tuple[str, ...]


@cache
def countries() -> Mapping[str, Country]:
    """Return the countries that we know, by ISO 3166 code."""
    read = tomllib.loads((files(__package__) / "countries.toml").read_text("utf-8"))
    return {
        name: Country(one["code"], one.get("trunk", ""), one.get("mobile", ""), tuple(one["zones"]))
        for name, one in read.items()
    }


def territory_of(country: str, postcode: str = "") -> str:
    """Return the country whose clock and numbers count: a French postcode may be overseas."""
    known = country.upper() or "FR"
    return OVERSEAS.get(postcode.replace(" ", "")[:DEPARTMENT], known) if known == "FR" else known
