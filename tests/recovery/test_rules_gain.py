"""What a call may bring: the table of chances, and more owed is never called later."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.recovery.rules.gain import CHANCES, Payer, chance, expected_gain
from encours.scoring.rules.profiles import PROFILES


@pytest.mark.parametrize(
    ("payer", "expected"),
    [
        pytest.param(Payer("deteriorating"), 35, id="who drifts is best called"),
        pytest.param(Payer("early"), 5, id="who pays by himself is called last"),
        pytest.param(Payer(), 20, id="no profile yet"),
        pytest.param(Payer("deteriorating", broken_promises=2), 25, id="two promises not kept"),
        pytest.param(Payer("deteriorating", broken_promises=9), 20, id="three count at most"),
        pytest.param(Payer("deteriorating", tries=1), 30, id="one call unanswered"),
        pytest.param(Payer("deteriorating", late_days=90), 35, id="ninety days are not old"),
        pytest.param(Payer("deteriorating", late_days=91), 17, id="an old debt: half"),
        pytest.param(Payer("on_time", broken_promises=3), 5, id="never under five"),
    ],
)
def test_chance(payer: Payer, expected: int) -> None:
    assert chance(payer) == expected


def test_every_profile_has_its_chance() -> None:
    assert set(CHANCES) == set(PROFILES)


@pytest.mark.parametrize(
    ("cents", "expected"),
    [
        pytest.param(1_240_000, 434_000, id="12 400 EUR at 35 %"),
        pytest.param(3, 1, id="rounded down"),
        pytest.param(0, 0, id="nothing owed"),
        pytest.param(-500, 0, id="a credit brings nothing"),
    ],
)
def test_expected_gain(cents: int, expected: int) -> None:
    assert expected_gain(cents, Payer("deteriorating")) == expected


payers = st.builds(
    Payer,
    profile=st.sampled_from(["", *PROFILES]),
    broken_promises=st.integers(0, 12),
    tries=st.integers(0, 12),
    late_days=st.integers(0, 2_000),
)


@given(payer=payers, cents=st.integers(0, 10**12), more=st.integers(0, 10**12))
def test_more_overdue_never_brings_less(payer: Payer, cents: int, more: int) -> None:
    assert expected_gain(cents, payer) <= expected_gain(cents + more, payer) <= cents + more


@given(
    payer=payers,
    promises=st.integers(0, 5),
    tries=st.integers(0, 5),
    days=st.integers(0, 500),
    cents=st.integers(0, 10**12),
)
def test_promises_not_kept_calls_unanswered_and_age_never_bring_more(
    payer: Payer, promises: int, tries: int, days: int, cents: int
) -> None:
    worse = Payer(
        payer.profile,
        payer.broken_promises + promises,
        payer.tries + tries,
        payer.late_days + days,
    )

    assert expected_gain(cents, worse) <= expected_gain(cents, payer)
