"""Limits of a sender: never more than its hour and day, evenly, and nothing is forgotten."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.messaging.rules import pace
from encours.messaging.rules.pace import Hours, Limit, Share

PARIS = Hours(9, 19, "Europe/Paris", frozenset({date(2026, 11, 11)}))
MORNING = datetime(2026, 11, 10, 8, tzinfo=UTC)  # a Tuesday, 9 o'clock in Paris


def at(hour: int, minute: int = 0, *, day: int = 10) -> datetime:
    return datetime(2026, 11, day, hour - 1, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("limit", "handed", "now", "expected"),
    [
        pytest.param(Limit(daily=117), 0, at(9), Share(1, timedelta(minutes=5)), id="all day long"),
        pytest.param(
            Limit(daily=13), 0, at(9), Share(1, timedelta(minutes=45)), id="thirteen a day"
        ),
        pytest.param(
            Limit(daily=120),
            60,
            at(18),
            Share(7, timedelta(minutes=5, seconds=15)),
            id="late: faster",
        ),
        pytest.param(
            Limit(daily=120), 60, at(18, 50), Share(10, timedelta(minutes=5)), id="no burst"
        ),
        pytest.param(
            Limit(hourly=60), 0, at(9), Share(5, timedelta(minutes=5)), id="an hour alone"
        ),
        pytest.param(
            Limit(60, 6000), 0, at(9), Share(5, timedelta(minutes=5)), id="the slower of two"
        ),
        pytest.param(
            Limit(daily=20), 20, at(10), Share(1, timedelta(hours=8, minutes=45)), id="used up"
        ),
    ],
)
def test_pace(limit: Limit, handed: int, now: datetime, expected: Share) -> None:
    found = pace.pace(limit, PARIS, handed=handed, now=now)

    assert found.count == expected.count
    assert abs(found.span - expected.span) < timedelta(seconds=1)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(at(8), at(9), id="this morning"),
        pytest.param(at(10), at(9, day=12), id="tomorrow is a day off"),
        pytest.param(at(20, day=13), at(9, day=16), id="Friday evening"),
        pytest.param(at(7, day=14), at(9, day=16), id="Saturday"),
    ],
)
def test_the_next_opening_is_a_working_day(now: datetime, expected: datetime) -> None:
    assert PARIS.next_opening(now) == expected


def test_what_does_not_fit_today_leaves_on_the_next_days() -> None:
    found = pace.spread(200, Limit(daily=120), PARIS, handed=0, now=MORNING)

    assert found == ((date(2026, 11, 10), 120), (date(2026, 11, 12), 80))


def test_after_hours_nothing_more_leaves_today() -> None:
    found = pace.spread(5, Limit(daily=120), PARIS, handed=0, now=at(20))

    assert found == ((date(2026, 11, 12), 5),)


limits = st.builds(Limit, hourly=st.integers(0, 300), daily=st.integers(0, 3000)).filter(
    lambda one: one.hourly or one.daily
)
moments = st.integers(0, 5 * 24 * 60).map(lambda minutes: MORNING + timedelta(minutes=minutes))


@given(waiting=st.integers(0, 10_000), limit=limits, handed=st.integers(0, 500), now=moments)
def test_every_message_has_a_day_and_no_day_too_many(
    waiting: int, limit: Limit, handed: int, now: datetime
) -> None:
    found = pace.spread(waiting, limit, PARIS, handed=handed, now=now)

    assert sum(count for _, count in found) == waiting
    assert [day for day, _ in found] == sorted({day for day, _ in found})
    for day, count in found[: pace.DAYS_AHEAD]:
        already = handed if day == PARIS.on_clock(now).date() else 0
        assert 0 < count <= pace.a_day(limit, PARIS)
        assert not limit.daily or count <= max(limit.daily - already, 0)


@given(limit=limits, handed=st.integers(0, 500), now=moments)
def test_the_even_share_never_passes_the_hour(limit: Limit, handed: int, now: datetime) -> None:
    share = pace.pace(limit, PARIS, handed=handed, now=now)

    assert share.count >= 1
    assert share.span >= timedelta(seconds=1)
    if limit.hourly:
        assert share.count / share.span.total_seconds() <= limit.hourly / 3600 * 1.001


@given(limit=limits.filter(lambda one: bool(one.daily)), minutes=st.integers(1, 60))
def test_a_day_of_turns_hands_over_the_day_and_no_more(limit: Limit, minutes: int) -> None:
    gone: list[datetime] = []
    now = MORNING
    while PARIS.are_open(now):
        share = pace.pace(limit, PARIS, handed=len(gone), now=now)
        while (
            len(gone) < limit.daily and _within(share, gone, now) and _within_hour(limit, gone, now)
        ):
            gone.append(now)
        now += timedelta(minutes=minutes)

    assert len(gone) <= limit.daily
    if minutes <= 5 and not limit.hourly:
        assert len(gone) >= 0.95 * limit.daily - 1, "the day is used"


def _within(share: Share, gone: list[datetime], now: datetime) -> bool:
    return sum(one > now - share.span for one in gone) < share.count


def _within_hour(limit: Limit, gone: list[datetime], now: datetime) -> bool:
    hour = pace.hard(limit)
    return hour is None or _within(hour, gone, now)
