"""Countries: whose clock counts, and that every one exists."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import pytest

from encours.kernel.countries import countries, territory_of


@pytest.mark.parametrize(
    ("country", "postcode", "expected"),
    [("FR", "69001", "FR"), ("", "", "FR"), ("FR", "97410", "RE"), ("be", "9740", "BE")],
)
def test_territory_of(country: str, postcode: str, expected: str) -> None:
    assert territory_of(country, postcode) == expected


def test_every_country_has_clocks_that_exist() -> None:
    for one in countries().values():
        assert one.code.isdecimal()
        assert one.zones
        for zone in one.zones:
            ZoneInfo(zone)
        re.compile(one.mobile)
