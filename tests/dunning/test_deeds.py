"""What customers did, read where it was written; asked only where a scenario branches on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.conftest import House
from tests.dunning.ledgers import FRENCH
from tests.dunning.test_day import Shop, channel, day, noon

from encours.dunning.models import Scenario as StoredScenario
from encours.dunning.queries import ledger as ledgers
from encours.dunning.queries.moment import setting
from encours.dunning.rules.scenario import BEHAVIOURS, Scenario, Step
from encours.dunning.rules.scenario_sense import UNTOLD
from encours.messaging.models import Message
from encours.messaging.providers.memory import MemoryEmailChannel
from encours.standing.models import StandingFact
from encours.tenancy.models import Fact
from encours.tenancy.scope import in_tenant

__all__ = ("channel",)


@pytest.fixture
def shop(house: House) -> Shop:
    one = Shop(house)
    one.open()
    return one


def follow(shop: Shop, steps: dict[str, dict[str, Any]], *more: Step) -> Scenario:
    """Store the creditor's next version, some steps changed and some added."""
    changed = tuple(replace(one, **steps.get(one.code, {})) for one in FRENCH.steps)
    scenario = replace(FRENCH, version=2, steps=(*changed, *more))
    with in_tenant(shop.house.tenant_id):
        StoredScenario.objects.create(
            **shop.owner,
            code=scenario.code,
            version=2,
            name=scenario.name,
            definition=scenario.as_json(),
        )
    return scenario


def did(shop: Shop, late: int) -> list[tuple[str, date]]:
    """Return what the planner reads of what customers did."""
    with in_tenant(shop.house.tenant_id):
        asked = setting(**shop.owner, on=day(late), now=noon(late))
        found = ledgers.load(**shop.owner, today=day(late), rehearsal=False, shelf=asked.shelf)
    rows = found.behaviours.select("behaviour", "on").sort("on", "behaviour")
    return list(rows.iter_rows())


def say(shop: Shop, kind: str, starts: int, ends: int | None) -> None:
    """Record a fact on the shop's line."""
    with in_tenant(shop.house.tenant_id):
        StandingFact.objects.create(
            **shop.owner,
            customer_id=shop.customer_id,
            instalment_id=shop.line_id,
            kind=kind,
            starts_on=day(starts),
            ends_on=None if ends is None else day(ends),
        )


def test_every_behaviour_is_read_where_it_is_written(
    shop: Shop, channel: MemoryEmailChannel
) -> None:
    told = tuple(one for one in BEHAVIOURS if one not in UNTOLD)
    follow(shop, {"relance_3": {"unless": told}})
    shop.send(4)
    shop.pay(40_000, day(6))
    say(shop, "promise", 7, 9)
    say(shop, "dispute", 10, 11)
    with in_tenant(shop.house.tenant_id):
        Message.objects.update(state="bounced")

    assert did(shop, 12) == [
        ("bounced", day(4)),
        ("part_paid", day(6)),
        ("promised", day(7)),
        ("disputed", day(10)),
        ("promise_broken", day(10)),
    ]


def test_what_no_scenario_asks_is_not_looked_for(shop: Shop) -> None:
    say(shop, "promise", 1, 3)

    assert did(shop, 4) == []


def test_a_branch_decides_what_leaves(shop: Shop, channel: MemoryEmailChannel) -> None:
    follow(shop, {"relance_2": {"unless": ("promised",)}})
    shop.send(4)
    say(shop, "promise", 5, 8)

    assert shop.send(12) == []
    assert shop.send(21) == ["relance_3"]
    assert len(channel.sent) == 2


def test_a_step_after_the_one_before_waits_until_that_has_left(
    shop: Shop, channel: MemoryEmailChannel
) -> None:
    follow(shop, {"relance_2": {"anchor": "previous", "offset_days": 8}})
    assert shop.plan(5) == ["relance_1"]
    shop.approve(5)

    assert shop.plan(13) == []
    shop.deliver(7)
    assert shop.plan(14) == []
    assert shop.plan(15) == ["relance_2"]
    assert channel.sent


def test_what_a_step_sets_going_is_told_once_when_it_is_sent(
    shop: Shop, channel: MemoryEmailChannel
) -> None:
    follow(shop, {"relance_1": {"effects": ("hold_orders", "task")}})
    shop.plan(5)
    assert effects(shop) == []
    shop.approve(5)
    shop.deliver(5)
    shop.send(12)

    assert effects(shop) == ["hold_orders", "task"]


def effects(shop: Shop) -> list[str]:
    """Return the effects that the journal tells."""
    with in_tenant(shop.house.tenant_id):
        told = Fact.objects.filter(verb="step.effect").order_by("pk")
        return [fact.data["effect"] for fact in told]
