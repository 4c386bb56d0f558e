"""What the tenant sets is what the planner reads, unless the creditor has its own."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.conftest import House
from tests.dunning.test_day import Shop, channel, day, noon

from encours.dunning import actions
from encours.dunning.actions import scenarios as scenario_actions
from encours.dunning.actions.scenarios import InvalidScenario, NothingOfItsOwn
from encours.dunning.models import Reminder
from encours.dunning.models import Scenario as StoredScenario
from encours.dunning.queries.attention import attention
from encours.dunning.queries.day import day_of
from encours.dunning.queries.scenarios import scenario_shown
from encours.dunning.rules.scenario import french_scenario
from encours.dunning.rules.scenario_edit import StepEdit, route_of
from encours.imports.models import FileImport
from encours.messaging.providers.memory import MemoryEmailChannel
from encours.receivables.queries.moment import Moment
from encours.tenancy.actions import policies
from encours.tenancy.models import Creditor, Fact
from encours.tenancy.scope import in_tenant

__all__ = ("channel",)
TODAY = date(2026, 11, 20)


@pytest.fixture
def shop(house: House) -> Shop:
    shop = Shop(house)
    shop.open()
    return shop


def tenant_says(shop: Shop, **values: Any) -> None:
    with in_tenant(shop.house.tenant_id):
        policies.set_for_tenant(tenant_id=shop.house.tenant_id, actor_id=1, today=TODAY, **values)


def creditor_says(shop: Shop, **values: Any) -> None:
    with in_tenant(shop.house.tenant_id):
        policies.set_for_creditor(**shop.owner, actor_id=1, today=TODAY, **values)


def edits(**changes: StepEdit) -> list[StepEdit]:
    """Return the French steps as the page posts them, some changed."""
    return [
        changes.get(
            step.code, StepEdit(step.code, step.offset_days, is_active=True, route=route_of(step))
        )
        for step in french_scenario().steps
    ]


def save(shop: Shop, *, whole: bool = False, **changes: StepEdit) -> int:
    with in_tenant(shop.house.tenant_id):
        return scenario_actions.save_steps(
            tenant_id=shop.house.tenant_id,
            creditor_id=None if whole else shop.house.creditor_id,
            edits=edits(**changes),
            actor_id=1,
            today=TODAY,
            moves_running=True,
        )


def told(shop: Shop, late: int, **given: Any) -> actions.DayPlan:
    with in_tenant(shop.house.tenant_id):
        return actions.plan_day(**shop.owner, on=day(late), now=noon(late), **given)


def steps(shop: Shop, late: int) -> list[str]:
    return list(told(shop, late, allow_stale=True).planned["step"])


def held(shop: Shop, late: int, **given: Any) -> list[str]:
    return list(told(shop, late, dry_run=True, **given).held["reason"])


def fed(shop: Shop, late: int) -> None:
    with in_tenant(shop.house.tenant_id):
        FileImport.objects.create(
            **shop.owner, kind="fec", file_name="a.txt", sha256="0" * 64, size_bytes=1,
            state="applied", applied_at=noon(late),
        )  # fmt: skip


# limits


def test_the_minimum_of_the_tenant_holds_until_the_creditor_has_its_own(shop: Shop) -> None:
    tenant_says(shop, minimum_cents=200_000)
    assert held(shop, 5, allow_stale=True) == ["below_minimum"]

    creditor_says(shop, minimum_cents=0)
    assert held(shop, 5, allow_stale=True) == []
    assert steps(shop, 5) == ["relance_1"]


def test_the_spacing_of_the_tenant_and_of_the_creditor(
    shop: Shop, channel: MemoryEmailChannel
) -> None:
    tenant_says(shop, min_spacing_days=15)
    shop.send(5)
    assert held(shop, 12, allow_stale=True) == ["too_soon"]

    creditor_says(shop, min_spacing_days=7)
    assert steps(shop, 12) == ["relance_2"]


def test_the_days_off_of_the_tenant_and_of_the_creditor(shop: Shop) -> None:
    good_friday = (date(2027, 3, 26) - day(0)).days
    assert held(shop, good_friday, allow_stale=True) == []

    tenant_says(shop, calendar="FR-57")
    assert held(shop, good_friday, allow_stale=True) == ["non_working_day"]
    creditor_says(shop, calendar="FR")
    assert held(shop, good_friday, allow_stale=True) == []


def test_the_freshness_of_the_tenant_and_of_the_creditor(shop: Shop) -> None:
    """The same answer from the planner, the plan's page and the dashboard."""
    fed(shop, 0)

    def answers() -> tuple[bool, bool, int]:
        plan = held(shop, 5) == ["stale"]
        with in_tenant(shop.house.tenant_id):
            page = day_of(**shop.owner, now=noon(5)).is_stale
            board = attention(Moment(tenant_id=shop.house.tenant_id, as_of=day(5))).freshness_days
        return plan, page, board

    assert answers() == (False, False, 7)
    tenant_says(shop, freshness_days=3)
    assert answers() == (True, True, 3)
    creditor_says(shop, freshness_days=6)
    assert answers() == (False, False, 6)


def test_the_approval_of_the_tenant_and_of_the_creditor(shop: Shop) -> None:
    def states() -> set[str]:
        steps(shop, 5)
        with in_tenant(shop.house.tenant_id):
            found = set(Reminder.objects.values_list("state", flat=True))
            Reminder.objects.all().delete()
            page = day_of(**shop.owner, now=noon(5)).approval
        assert (page == "auto") == (found == {"approved"})
        return found

    with in_tenant(shop.house.tenant_id):
        Creditor.objects.update(approval=None)
    assert states() == {"planned"}
    tenant_says(shop, approval="auto")
    assert states() == {"approved"}
    creditor_says(shop, approval="review")
    assert states() == {"planned"}


# steps


def test_the_scenario_of_the_tenant_then_of_the_creditor_then_of_the_tenant(shop: Shop) -> None:
    save(shop, whole=True, relance_1=StepEdit("relance_1", 5, is_active=True))
    assert steps(shop, 4) == []

    save(shop, relance_1=StepEdit("relance_1", 4, is_active=True))
    with in_tenant(shop.house.tenant_id):
        own = scenario_shown(**shop.owner)
        whole = scenario_shown(tenant_id=shop.house.tenant_id, creditor_id=None)
    assert (own.origin, whole.origin) == ("creditor", "tenant")
    assert [one.scenario.ladder[0].offset_days for one in (own, whole)] == [4, 5]
    assert steps(shop, 4) == ["relance_1"]

    with in_tenant(shop.house.tenant_id):
        scenario_actions.inherit_steps(**shop.owner, actor_id=1, today=TODAY)
        again = scenario_shown(**shop.owner)
        with pytest.raises(NothingOfItsOwn):
            scenario_actions.inherit_steps(**shop.owner, actor_id=1, today=TODAY)
    assert (again.origin, again.scenario.ladder[0].offset_days) == ("tenant", 5)


def test_a_reminder_names_the_version_it_came_from(shop: Shop) -> None:
    first = save(shop, whole=True, relance_2=StepEdit("relance_2", 11, is_active=True))
    second = save(shop, relance_2=StepEdit("relance_2", 12, is_active=True))
    assert steps(shop, 5) == ["relance_1"]
    third = save(shop, relance_2=StepEdit("relance_2", 13, is_active=True))

    with in_tenant(shop.house.tenant_id):
        reminder = Reminder.objects.get()
        named = StoredScenario.objects.get(
            code=reminder.scenario_code, version=reminder.scenario_version
        )
        active = list(StoredScenario.objects.filter(is_active=True).values_list("version"))
        fact = Fact.objects.filter(verb="scenario.saved").order_by("id").last()
    assert (first, second, third) == (2, 3, 4)
    assert named.version == second
    assert named.definition["steps"][2]["offset_days"] == 12
    assert sorted(active) == [(first,), (third,)]
    assert fact is not None
    assert fact.data == {"code": "france", "version": third, "steps": ["relance_2"]}


def test_the_same_steps_make_no_version(shop: Shop) -> None:
    assert save(shop) == 1
    with in_tenant(shop.house.tenant_id):
        assert not StoredScenario.objects.exists()


def test_steps_without_sense_change_nothing(shop: Shop) -> None:
    with pytest.raises(InvalidScenario, match="doit tomber après"):
        save(shop, relance_2=StepEdit("relance_2", 2, is_active=True))
    with in_tenant(shop.house.tenant_id):
        assert not StoredScenario.objects.exists()


def test_a_step_put_to_sleep_under_way_is_neither_repeated_nor_a_dead_end(
    shop: Shop, channel: MemoryEmailChannel
) -> None:
    """Said by relance 1, relance 2 sleeps: relance 3 comes in its turn, once."""
    shop.send(5)
    save(shop, relance_2=StepEdit("relance_2", 10, is_active=False))

    assert steps(shop, 14) == []
    assert steps(shop, 20) == ["relance_3"]
    assert steps(shop, 20) == []


def test_a_message_whose_step_moved_does_not_leave(shop: Shop, channel: MemoryEmailChannel) -> None:
    assert steps(shop, 5) == ["relance_1"]
    save(shop, relance_1=StepEdit("relance_1", 8, is_active=True))
    shop.approve(5)
    shop.deliver(5)
    assert channel.sent == []
    assert steps(shop, 8) == ["relance_1"]
