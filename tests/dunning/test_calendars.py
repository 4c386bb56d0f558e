"""Days off by calendar."""

from __future__ import annotations

from datetime import date

import pytest

from encours.tenancy.calendars import CALENDARS, around, french_holidays


def test_the_eleven_holidays_of_the_mainland() -> None:
    assert french_holidays([2026]) == {
        date(2026, 1, 1),
        date(2026, 4, 6),
        date(2026, 5, 1),
        date(2026, 5, 8),
        date(2026, 5, 14),
        date(2026, 5, 25),
        date(2026, 7, 14),
        date(2026, 8, 15),
        date(2026, 11, 1),
        date(2026, 11, 11),
        date(2026, 12, 25),
    }


@pytest.mark.parametrize(
    ("calendar", "extra"),
    [
        pytest.param("FR-57", {date(2026, 4, 3), date(2026, 12, 26)}, id="Alsace-Moselle"),
        pytest.param("FR-974", {date(2026, 12, 20)}, id="La Réunion"),
    ],
)
def test_local_holidays(calendar: str, extra: set[date]) -> None:
    assert french_holidays([2026], calendar) - french_holidays([2026]) == extra


@pytest.mark.parametrize("calendar", sorted(CALENDARS))
def test_every_calendar_knows_bastille_day(calendar: str) -> None:
    assert date(2027, 7, 14) in french_holidays([2027], calendar)


def test_around_a_day_are_its_year_and_its_neighbours() -> None:
    assert {day.year for day in around(date(2026, 12, 30))} == {2025, 2026, 2027}
