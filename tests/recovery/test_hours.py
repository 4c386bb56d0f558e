"""The hours at which one may ring, by the debtor's own clock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from encours.recovery.clocks import clock_of
from encours.recovery.rules.hours import quiet
from encours.recovery.rules.outcomes import Policy


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
