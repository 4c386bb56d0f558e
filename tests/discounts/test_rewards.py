"""Good payers: who earned which gesture; a person decides, once a year."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.discounts.test_flow import channel, day, inside, moment, shop
from tests.dunning.test_day import Shop

from encours.discounts.actions import rewards as actions
from encours.discounts.actions.rewards import NotAReward
from encours.discounts.models import DiscountRule
from encours.discounts.queries import rewards as queries
from encours.discounts.queries.in_force import terms_of
from encours.discounts.rules.rewards import EARNING, MONTHS_MIN, ON_TIME_MIN, Payer, proposed
from encours.scoring.models import Move, Score

__all__ = ("channel", "shop")


@pytest.mark.parametrize(
    ("payer", "expected"),
    [
        pytest.param(
            Payer("early", 6, 6, 0, 1_000_000, 80), "discount", id="early, and buys enough"
        ),
        pytest.param(
            Payer("on_time", 12, 20, 0, 5_000_000, 80), "terms", id="on time, buys enough"
        ),
        pytest.param(Payer("early", 12, 20, 0, 999_999, 80), "thanks", id="buys little"),
        pytest.param(Payer("early", 5, 20, 0, 5_000_000, 80), None, id="not for long enough"),
        pytest.param(Payer("early", 12, 5, 0, 5_000_000, 80), None, id="too few lines to tell"),
        pytest.param(Payer("early", 12, 20, 1, 5_000_000, 80), None, id="something is late"),
        pytest.param(Payer("on_time", 12, 20, 0, 5_000_000, 79), None, id="often a few days late"),
        pytest.param(Payer("slightly_late", 12, 20, 0, 5_000_000, 80), None, id="pays late"),
    ],
)
def test_what_a_payer_earned(payer: Payer, expected: str | None) -> None:
    assert proposed(payer) == expected


@given(
    behaviour=st.sampled_from(("early", "on_time", "new", "chronically_late")),
    months=st.integers(0, 60),
    lines=st.integers(0, 60),
    overdue=st.integers(0, 10),
    volume=st.integers(0, 10**9),
    share=st.integers(0, 100),
)
def test_nobody_late_or_unknown_is_rewarded(  # noqa: PLR0917 - one of each
    behaviour: str, months: int, lines: int, overdue: int, volume: int, share: int
) -> None:
    if proposed(Payer(behaviour, months, lines, overdue, volume, share)):
        assert behaviour in EARNING
        assert overdue == 0
        assert months >= MONTHS_MIN
        assert share >= ON_TIME_MIN


def scored(shop: Shop, **more: object) -> None:
    told = {
        "customer_id": shop.customer_id, "on": day(-300), "profile": "early", "behaviour": "early",
        "settled_lines": 12, "tenure_months": 24, "volume_cents": 5_000_000, "currency": "EUR",
        "on_time_percent": 96,
    }  # fmt: skip
    inside(shop, Score.objects.create, **shop.owner, **told | more)


def test_a_good_payer_is_proposed_until_somebody_decides(shop: Shop) -> None:
    scored(shop)
    [one] = inside(shop, queries.good_payers, moment(shop, day(0)))
    assert (one.gesture, one.months) == ("discount", 24)
    who = {"tenant_id": shop.house.tenant_id, "customer_id": shop.customer_id}

    inside(shop, actions.decide, **who, kind="discount", basis_points=200, days=10, today=day(0))

    assert inside(shop, queries.good_payers, moment(shop, day(0))) == []
    rule = inside(shop, DiscountRule.objects.get, customer_id=shop.customer_id)
    assert (rule.basis_points, rule.origin, rule.valid_to) == (200, "reward", date(2027, 10, 1))
    held = inside(shop, terms_of, **shop.owner, customer_ids=[shop.customer_id], on=day(5))
    assert held[shop.customer_id].origin == "reward"
    with pytest.raises(NotAReward):
        inside(shop, actions.decide, **who, kind="thanks", today=day(1))
    assert inside(shop, queries.good_payers, moment(shop, date(2027, 10, 2)))


def test_the_months_count_from_when_it_began_to_pay_well(shop: Shop) -> None:
    scored(shop)
    inside(
        shop, Move.objects.create, **shop.owner, customer_id=shop.customer_id, on=day(-90),
        before="chronically_late", profile="early", behaviour="early",
    )  # fmt: skip
    assert inside(shop, queries.good_payers, moment(shop, day(0))) == []


def test_declined_is_not_proposed_again(shop: Shop) -> None:
    scored(shop)
    who = {"tenant_id": shop.house.tenant_id, "customer_id": shop.customer_id}
    inside(shop, actions.decide, **who, kind="declined", today=day(0))

    assert inside(shop, queries.good_payers, moment(shop, day(30))) == []
    with pytest.raises(NotAReward):
        inside(shop, actions.decide, **who, kind="gift", today=day(400))
