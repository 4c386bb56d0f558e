"""When a refused message is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.messaging.rules.retry import DELAYS, GIVE_UP_AFTER, next_attempt

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("refusals", "minutes"),
    [
        pytest.param(1, 5, id="greylisted: five minutes"),
        pytest.param(2, 15, id="still: a quarter of an hour"),
        pytest.param(4, 120, id="an outage: two hours"),
    ],
)
def test_the_wait_grows(refusals: int, minutes: int) -> None:
    at = next_attempt(refusals=refusals, reserved_at=NOW, refused_at=NOW, message=UUID(int=0))

    assert at == NOW + timedelta(minutes=minutes)


def test_after_three_days_or_eight_refusals_a_person_decides() -> None:
    late = NOW + GIVE_UP_AFTER
    assert next_attempt(refusals=3, reserved_at=NOW, refused_at=late, message=UUID(int=0)) is None
    assert next_attempt(refusals=9, reserved_at=NOW, refused_at=NOW, message=UUID(int=0)) is None


@given(refusals=st.integers(1, len(DELAYS)), message=st.uuids())
def test_the_wait_is_spread_never_shortened(refusals: int, message: UUID) -> None:
    at = next_attempt(refusals=refusals, reserved_at=NOW, refused_at=NOW, message=message)

    assert at is not None
    assert DELAYS[refusals - 1] <= at - NOW <= DELAYS[refusals - 1] * 1.2
