"""Choices and rules of scenarios, through the database to the plan and to the message."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.conftest import House
from tests.dunning.test_day import Shop, channel, day, noon
from tests.dunning.test_inherited import edits

from encours.dunning.actions import choices
from encours.dunning.actions import scenarios as scenario_actions
from encours.dunning.actions.choices import BadRules, NotOfThisCustomer, UnknownScenario
from encours.dunning.actions.plan import plan_day
from encours.dunning.models import Reminder, ScenarioChoice
from encours.dunning.queries import choices as chosen
from encours.dunning.queries import scenarios
from encours.dunning.rules.scenario_edit import StepEdit
from encours.messaging.providers.memory import MemoryEmailChannel
from encours.parties.models import Customer
from encours.receivables.models import Instalment
from encours.scoring.models import Score
from encours.tenancy.models import Creditor, Fact
from encours.tenancy.scope import in_tenant

__all__ = ("channel",)
TODAY = date(2026, 9, 1)


@pytest.fixture
def shop(house: House) -> Shop:
    shop = Shop(house)
    shop.open()
    return shop


def choose(shop: Shop, scenario: str, line: int | None = None, **more: Any) -> None:
    with in_tenant(shop.house.tenant_id):
        choices.choose_scenario(
            tenant_id=shop.house.tenant_id,
            customer_id=shop.customer_id,
            scenario=scenario,
            instalment_id=line,
            today=TODAY,
            **more,
        )


def rule(shop: Shop, *rules: tuple[dict[str, Any], str], whole: bool = False) -> None:
    with in_tenant(shop.house.tenant_id):
        choices.save_rules(
            tenant_id=shop.house.tenant_id,
            creditor_id=None if whole else shop.house.creditor_id,
            rules=rules,
            today=TODAY,
        )


def test_a_customer_follows_what_was_chosen_and_again_the_default(shop: Shop) -> None:
    choose(shop, "doux", reason="fidèle")
    assert shop.plan(4) == []

    choose(shop, "")
    assert shop.plan(4) == ["relance_1"]


def test_the_reminder_keeps_the_scenario_that_planned_it(shop: Shop) -> None:
    choose(shop, "mauvais_payeur")
    assert shop.plan(1) == ["relance_1"]

    with in_tenant(shop.house.tenant_id):
        row = Reminder.objects.values_list("scenario_code", "scenario_version").get()
    assert row == ("mauvais_payeur", 1)


def test_a_line_never_reminded_of_leaves_the_others(shop: Shop) -> None:
    other = shop.invoice("FA-2", 50_000)
    choose(shop, "jamais", shop.line_id)

    with in_tenant(shop.house.tenant_id):
        plan = plan_day(**shop.owner, on=day(4), now=noon(4), dry_run=True).plan
    assert plan.planned["instalment_id"].to_list() == [other]
    assert plan.held["reason"].to_list() == ["never"]


def test_a_choice_outlives_a_corrected_line(shop: Shop) -> None:
    choose(shop, "jamais", shop.line_id)
    with in_tenant(shop.house.tenant_id):
        line = Instalment.objects.get(pk=shop.line_id)
        Instalment.objects.filter(pk=line.pk).update(undone_at=noon(0))
        line.pk, line.lineage_id = None, shop.line_id
        line.save(force_insert=True)
    assert shop.plan(4) == []

    choose(shop, "", shop.line_id)
    assert shop.plan(4) == ["relance_1"]


def test_a_message_reserved_before_the_choice_does_not_leave(
    shop: Shop, channel: MemoryEmailChannel
) -> None:
    shop.plan(4)
    shop.approve(4)
    choose(shop, "doux")
    shop.send(4)

    assert channel.sent == []
    with in_tenant(shop.house.tenant_id):
        assert Reminder.objects.get().state == "cancelled"


def test_rules_of_the_creditor_come_before_those_of_the_organisation(shop: Shop) -> None:
    rule(shop, ({"debtor_class": ["business"]}, "doux"), whole=True)
    assert shop.plan(4) == []

    rule(shop, ({"country": ["FR"]}, "mauvais_payeur"))
    assert shop.plan(4) == ["relance_1"]
    with in_tenant(shop.house.tenant_id):
        assert Reminder.objects.get().scenario_code == "mauvais_payeur"
        assert chosen.followers(**shop.owner) == {"mauvais_payeur": 1}


def test_a_rule_without_conditions_is_the_default(shop: Shop) -> None:
    rule(shop, ({"country": ["BE"]}, "export"), ({}, "doux"))

    assert shop.plan(4) == []
    with in_tenant(shop.house.tenant_id):
        found = scenarios.cards(**shop.owner)
    assert [one.scenario.code for one in found if one.is_default] == ["doux"]
    assert shop.plan(7) == ["relance_1"]


def test_a_rule_may_remind_nobody_who_fits_it(shop: Shop) -> None:
    rule(shop, ({"country": ["FR"]}, "jamais"))

    with in_tenant(shop.house.tenant_id):
        plan = plan_day(**shop.owner, on=day(4), now=noon(4)).plan
    assert plan.messages.is_empty()
    assert plan.held["reason"].to_list() == ["never"]


def test_another_creditor_s_version_moves_nobody_here(shop: Shop) -> None:
    with in_tenant(shop.house.tenant_id):
        other = Creditor.objects.create(
            tenant_id=shop.house.tenant_id, code="AUTRE", name="Autre SAS"
        )
        for creditor_id, moves in ((other.pk, True), (shop.house.creditor_id, False)):
            scenario_actions.save_steps(
                tenant_id=shop.house.tenant_id,
                creditor_id=creditor_id,
                edits=edits(relance_2=StepEdit("relance_2", 15, is_active=True)),
                moves_running=moves,
                actor_id=1,
                today=TODAY,
            )
        mine = Creditor.objects.select_related("tenant").get(pk=shop.house.creditor_id)
        kept = [one.version for one in scenarios.shelf_of(mine).former if one.code == "france"]
    assert kept == [1]


def test_a_class_that_nobody_confirmed_fits_no_rule(shop: Shop) -> None:
    with in_tenant(shop.house.tenant_id):
        Customer.objects.update(class_confirmed_at=None)
    rule(shop, ({"debtor_class": ["business"]}, "doux"))

    assert shop.plan(4) == ["relance_1"]


def test_a_rule_reads_the_payer_s_profile(shop: Shop) -> None:
    rule(shop, ({"profile": ["chronically_late"]}, "mauvais_payeur"))
    assert shop.plan(1) == []

    with in_tenant(shop.house.tenant_id):
        Score.objects.create(
            **shop.owner,
            customer_id=shop.customer_id,
            on=TODAY,
            profile="chronically_late",
            behaviour="chronically_late",
        )
    assert shop.plan(1) == ["relance_1"]


def test_what_began_by_a_version_ends_by_it(shop: Shop, channel: MemoryEmailChannel) -> None:
    shop.plan(4)
    shop.approve(4)
    shop.send(4)
    with in_tenant(shop.house.tenant_id):
        scenario_actions.save_steps(
            **shop.owner,
            edits=edits(relance_2=StepEdit("relance_2", 15, is_active=True)),
            actor_id=1,
            today=TODAY,
        )

    assert channel.sent
    assert shop.plan(11) == ["relance_2"]
    with in_tenant(shop.house.tenant_id):
        last = Reminder.objects.order_by("-pk").first()
    assert last is not None
    assert last.scenario_version == 1


def test_one_scenario_is_changed_without_the_others(shop: Shop) -> None:
    with in_tenant(shop.house.tenant_id):
        given, _origin = scenarios.steps_in_force(**shop.owner, code="doux")
        steps = [StepEdit(one.code, one.offset_days, one.is_active) for one in given.steps]
        steps[1] = StepEdit("relance_1", 4, is_active=True)
        version = scenario_actions.save_steps(
            **shop.owner, edits=steps, actor_id=1, today=TODAY, code="doux"
        )
        codes = {one.scenario.code: one.scenario.version for one in scenarios.cards(**shop.owner)}
    choose(shop, "doux")

    assert version == codes["doux"] == 2
    assert codes["france"] == 1
    assert shop.plan(4) == ["relance_1"]


@pytest.mark.parametrize(
    ("ask", "refusal"),
    [
        pytest.param(lambda shop: choose(shop, "inconnu"), UnknownScenario, id="unknown"),
        pytest.param(lambda shop: choose(shop, "doux", 999_999), NotOfThisCustomer, id="a line"),
        pytest.param(lambda shop: rule(shop, ({}, "inconnu")), UnknownScenario, id="in a rule"),
        pytest.param(lambda shop: rule(shop, ({"x": []}, "doux")), BadRules, id="a condition"),
        pytest.param(lambda shop: rule(shop, ({}, "jamais")), BadRules, id="nobody at all"),
        pytest.param(lambda shop: rule(shop, *[({}, "doux")] * 51), BadRules, id="too many"),
    ],
)
def test_what_makes_no_sense_is_refused(shop: Shop, ask: Any, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        ask(shop)


def test_a_choice_is_in_the_journal_and_made_once(shop: Shop) -> None:
    choose(shop, "doux", reason="fidèle")
    choose(shop, "doux", reason="toujours")

    with in_tenant(shop.house.tenant_id):
        assert ScenarioChoice.objects.get().reason == "fidèle"
        facts = Fact.objects.filter(verb="scenario.chosen")
        assert [fact.data["scenario"] for fact in facts] == ["doux"]
