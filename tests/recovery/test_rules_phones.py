"""Numbers as they are dialled, and the hours at which one may ring."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from encours.recovery.clocks import clock_of
from encours.recovery.rules.hours import quiet
from encours.recovery.rules.outcomes import Policy
from encours.recovery.rules.phones import countries, country_of, dialled


@pytest.mark.parametrize(
    ("typed", "country", "expected"),
    [
        pytest.param("01 99 00 12 34", "FR", "+33199001234", id="à la française"),
        pytest.param("06.39.98.00.01", "FR", "+33639980001", id="avec des points"),
        pytest.param("+33 (0)1 99 00 12 34", "FR", "+33199001234", id="avec le zéro en trop"),
        pytest.param("0033199001234", "FR", "+33199001234", id="composé de l'étranger"),
        pytest.param("01 99 00 12 34 poste 12", "FR", "+33199001234", id="avec un poste"),
        pytest.param("02 555 12 12", "BE", "+3225551212", id="en Belgique"),
        pytest.param("02 5550 1212", "IT", "+390255501212", id="l'Italie garde son zéro"),
        pytest.param("+1 212 555 0123", "FR", "+12125550123", id="déjà international"),
        pytest.param("0590 99 12 34", "GP", "+590590991234", id="la Guadeloupe"),
        pytest.param("1234", "FR", "", id="trop court"),
        pytest.param("199001234", "FR", "", id="sans le zéro"),
        pytest.param("01 99 00 12", "FR", "", id="il manque deux chiffres"),
        pytest.param("demander Claire", "FR", "", id="des mots"),
        pytest.param("0199001234", "ZZ", "", id="un pays inconnu"),
        pytest.param("", "FR", "", id="rien"),
    ],
)
def test_dialled(typed: str, country: str, expected: str) -> None:
    assert dialled(typed, country) == expected


@pytest.mark.parametrize(
    ("country", "postcode", "expected"),
    [("FR", "69001", "FR"), ("", "", "FR"), ("FR", "97410", "RE"), ("be", "9740", "BE")],
)
def test_country_of(country: str, postcode: str, expected: str) -> None:
    assert country_of(country, postcode) == expected


def test_every_country_has_clocks_that_exist() -> None:
    for one in countries().values():
        assert one.code.isdecimal()
        assert one.zones
        for zone in one.zones:
            ZoneInfo(zone)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "is_holiday", "expected"),
    [
        pytest.param([at(20, 9)], False, "", id="vendredi 9 h"),
        pytest.param([at(20, 8, 59)], False, "hour", id="une minute avant"),
        pytest.param([at(20, 19)], False, "hour", id="19 h pile"),
        pytest.param([at(21, 10)], False, "weekend", id="samedi"),
        pytest.param([at(20, 10)], True, "holiday", id="férié"),
        pytest.param([at(20, 10), at(20, 7)], False, "hour", id="trop tôt dans un fuseau"),
    ],
)
def test_quiet(local: list[datetime], is_holiday: bool, expected: str) -> None:
    assert quiet(local, from_hour=9, until_hour=19, is_holiday=is_holiday) == expected


@pytest.mark.parametrize(
    ("country", "postcode", "now", "expected"),
    [
        pytest.param("FR", "75011", at(20, 9), ([10], "", True), id="Paris le matin"),
        pytest.param("FR", "97410", at(20, 16), ([20], "hour", True), id="La Réunion le soir"),
        pytest.param("FR", "75011", at(11, 9), ([10], "holiday", True), id="le 11 novembre"),
        pytest.param("US", "", at(20, 15), ([7, 8, 9, 10], "hour", True), id="quatre fuseaux"),
        pytest.param("ZZ", "", at(20, 9), ([10], "", False), id="inconnu : l'heure d'ici"),
    ],
)
def test_clock_of(
    country: str, postcode: str, now: datetime, expected: tuple[list[int], str, bool]
) -> None:
    clock = clock_of(country, postcode, home="Europe/Paris", policy=Policy(), now=now)

    assert ([one.hour for one in clock.local], clock.quiet, clock.is_known) == expected
