"""A step of a collector in the database: held without one, sent in its name with all of R124-4."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy
from typing import Any

import pytest
from tests.conftest import House
from tests.dunning.test_day import Shop, channel, day, noon, shop
from tests.dunning.test_rules_agency import ENTRUSTED, PAID, RECOUVRA

from encours.dunning.actions import agencies, choices, scenarios, trials
from encours.dunning.models import Agency, Reminder
from encours.dunning.queries import agencies as queries
from encours.dunning.rules.agency import Card
from encours.dunning.texts.mandates import SECOND, THIRD
from encours.messaging.providers.memory import MemoryEmailChannel
from encours.tenancy.models import Creditor, Fact
from encours.tenancy.scope import in_tenant

__all__ = ("channel", "shop")
CARD = Card(
    **{name: getattr(RECOUVRA, name) for name in agencies.CARD if name != "email"},
    email="dossiers@recouvra.example",
)


def named(shop: Shop, card: Card = CARD) -> None:
    with in_tenant(shop.house.tenant_id):
        agencies.name_agency(**shop.owner, card=card, actor_id=1, now=noon(1))


def entrusted(shop: Shop) -> Shop:
    with in_tenant(shop.house.tenant_id):
        Creditor.objects.filter(pk=shop.house.creditor_id).update(
            address_line1="1 rue du Port", postcode="33000", city="Bordeaux"
        )
        choices.choose_scenario(
            tenant_id=shop.house.tenant_id,
            customer_id=shop.customer_id,
            scenario="cabinet",
            today=day(1),
        )
    for late in (5, 12):
        shop.send(late)
    return shop


def mails(channel: MemoryEmailChannel) -> list[Any]:
    return [message_from_bytes(one.content, policy=policy.default) for one in channel.sent]


def plain(mail: Any) -> str:
    text = mail.get_body(("plain",)).get_content()
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def test_without_a_collector_its_steps_are_held_and_nothing_leaves_as_one(
    shop: Shop, channel: MemoryEmailChannel
) -> None:
    assert entrusted(shop).plan(27) == []
    named(shop, replace(CARD, mandate_on=None))
    assert shop.plan(27) == []
    named(shop)
    assert shop.plan(27) == ["cabinet_1"]
    assert len(channel.sent) == 2


def test_a_collector_that_is_gone_before_sending_sends_nothing(
    shop: Shop, channel: MemoryEmailChannel
) -> None:
    named(shop)
    assert entrusted(shop).plan(27) == ["cabinet_1"]
    with in_tenant(shop.house.tenant_id):
        agencies.remove_agency(**shop.owner, actor_id=1, now=noon(27))
    shop.approve(27)
    shop.deliver(27)

    assert len(channel.sent) == 2
    assert ("cabinet_1", "sent") not in shop.states()


def test_its_letters_hold_the_law_and_repeat_the_first(
    shop: Shop, channel: MemoryEmailChannel
) -> None:
    named(shop)
    entrusted(shop)
    assert shop.send(27) == ["cabinet_1"]
    assert shop.send(42) == ["cabinet_2"]
    assert shop.send(57) == ["mise_en_demeure"]
    own, _second, first, later, formal = mails(channel)

    assert "Recouvra" not in str(own["From"])
    for mail in (first, later, formal):
        assert str(mail["From"]).startswith("Recouvra <compta@")
        assert "dossiers@recouvra.example" in str(mail["Reply-To"])
        text = plain(mail)
        for part in (SECOND, THIRD, "recouvrement amiable", "Principal : 1 000,00 €", "Recouvra"):
            assert part in text
    with in_tenant(shop.house.tenant_id):
        rows = Reminder.objects.of(shop.house.tenant_id).filter(sender="agency").order_by("pk")
        numbers = list(rows.values_list("pk", flat=True))
    assert len(numbers) == 3
    assert f"Notre référence : R{numbers[0]}." in plain(first)
    assert "première lettre" not in plain(first)
    for mail in (later, formal):
        assert f"référence R{numbers[0]}" in plain(mail)
        assert "première lettre du 28/10/2026" in plain(mail)
    assert "MAISON DURAND" in plain(first)


def test_it_is_paid_on_its_own_account_once_two_people_saw_it(
    shop: Shop, channel: MemoryEmailChannel
) -> None:
    named(shop)
    entrusted(shop)
    owner = shop.owner
    with in_tenant(shop.house.tenant_id):
        with pytest.raises(agencies.InvalidAccount):
            agencies.set_account(
                **owner,
                receives_funds=True,
                holder="RECOUVRA",
                iban="FR76",
                actor_id=1,
                now=noon(9),
            )
        agencies.set_account(**owner, **PAID, actor_id=1, now=noon(9))
        with pytest.raises(agencies.SecondPerson):
            agencies.confirm_account(**owner, actor_id=1, now=noon(9))
    assert shop.plan(27) == []
    with in_tenant(shop.house.tenant_id):
        agencies.confirm_account(**owner, actor_id=2, now=noon(9))
        agencies.set_account(**owner, **PAID, actor_id=1, now=noon(9))
    assert shop.send(27) == ["cabinet_1"]
    text = plain(mails(channel)[-1])
    assert "au nom de RECOUVRA et réservé aux sommes reçues pour les créanciers" in text
    assert "MAISON DURAND" not in text
    with in_tenant(shop.house.tenant_id):
        agencies.set_account(**owner, receives_funds=False, actor_id=1, now=noon(28))
        verbs = Fact.objects.filter(verb__startswith="agency.").values_list("verb", flat=True)
        assert sorted(verbs) == [
            "agency.account_confirmed",
            "agency.account_given",
            "agency.account_given",
            "agency.named",
        ]


def test_a_scenario_of_a_collector_is_not_saved_without_one(shop: Shop) -> None:
    asked: dict[str, Any] = {
        **shop.owner,
        "scenario": replace(ENTRUSTED, steps=ENTRUSTED.steps[:-1]),
        "actor_id": 1,
        "today": day(1),
    }
    with in_tenant(shop.house.tenant_id):
        with pytest.raises(scenarios.InvalidScenario) as refused:
            scenarios.save_scenario(**asked)
        assert [(one.code, one.line) for one in refused.value.issues] == [("agency_incomplete", 4)]
    named(shop)
    with in_tenant(shop.house.tenant_id):
        assert scenarios.save_scenario(**asked) == 2


def test_a_trial_of_a_collector_s_step_says_what_is_missing(shop: Shop) -> None:
    step = ENTRUSTED.step("cabinet_1")
    assert step is not None
    asked: dict[str, Any] = {**shop.owner, "customer_id": shop.customer_id, "step": step}
    with in_tenant(shop.house.tenant_id), pytest.raises(trials.NoAgencyYet):
        trials.notice_of(**asked, now=noon(30))
    named(shop)
    with in_tenant(shop.house.tenant_id):
        told = trials.notice_of(**asked, now=noon(30))
    assert told.sender.name == "Recouvra"
    assert SECOND in told.mentions[-1]


def test_a_name_is_needed_and_an_agency_that_nobody_named_cannot_be_changed(shop: Shop) -> None:
    with in_tenant(shop.house.tenant_id):
        with pytest.raises(agencies.NameMissing):
            agencies.name_agency(**shop.owner, card=replace(CARD, name=" "), now=noon(1))
        with pytest.raises(agencies.NoAgency):
            agencies.remove_agency(**shop.owner, now=noon(1))


def test_an_agency_is_seen_by_its_own_tenant_only(shop: Shop, other_house: House) -> None:
    named(shop)
    with in_tenant(other_house.tenant_id):
        assert not Agency.objects.exists()
    with in_tenant(shop.house.tenant_id):
        assert queries.agency_of(**shop.owner) == replace(
            RECOUVRA, email="dossiers@recouvra.example"
        )
