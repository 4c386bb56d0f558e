"""Orders held by a step: once, said to those who hold them, lifted when nothing is overdue."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from tests.dunning.test_day import Shop, channel, day, shop
from tests.dunning.test_deeds import follow
from tests.horizon import let_others_end
from tests.web.places import add_user, logged_in

from encours.config import subscriptions
from encours.dunning.actions import holds
from encours.dunning.queries import holds as queries
from encours.recovery.models import Task
from encours.standing import actions as standing
from encours.standing.models import StandingFact
from encours.tenancy.listening import listen
from encours.tenancy.models import Fact
from encours.tenancy.scope import in_tenant

__all__ = ("channel", "shop")
WAIT_S = 1.0
HOLDING: dict[str, dict[str, Any]] = {
    "relance_1": {"effects": ("hold_orders",)},
    "relance_2": {"effects": ("hold_orders",)},
}


def held(shop: Shop, late: int) -> queries.OrderHold | None:
    with in_tenant(shop.house.tenant_id):
        return queries.in_force(
            tenant_id=shop.house.tenant_id, customer_id=shop.customer_id, on=day(late)
        )


def facts(shop: Shop) -> int:
    with in_tenant(shop.house.tenant_id):
        return StandingFact.objects.filter(kind="orders_held", undone_at=None).count()


@pytest.mark.usefixtures("channel")
def test_a_step_holds_orders_once_and_their_settling_lifts_it(shop: Shop) -> None:
    follow(shop, HOLDING)
    shop.plan(5)
    assert held(shop, 5) is None
    shop.approve(5)
    shop.deliver(5)
    found = held(shop, 5)
    assert found is not None
    assert (found.starts_on, found.by_step) == (day(5), True)
    assert "relance 1" in found.reason
    shop.send(12)
    assert facts(shop) == 1
    shop.pay(40_000, day(13))
    shop.plan(13)
    assert held(shop, 13) is not None
    shop.pay(60_000, day(14))
    shop.plan(15)
    assert held(shop, 15) is None
    with in_tenant(shop.house.tenant_id):
        verbs = Fact.objects.filter(verb__startswith="standing.orders_held")
        assert list(verbs.order_by("pk").values_list("verb", flat=True)) == [
            "standing.orders_held.recorded",
            "standing.orders_held.ended",
        ]


@pytest.mark.usefixtures("channel")
def test_held_orders_hold_no_reminder(shop: Shop) -> None:
    follow(shop, HOLDING)
    assert [shop.send(late) for late in (5, 12, 20)] == [
        ["relance_1"],
        ["relance_2"],
        ["relance_3"],
    ]


def test_what_a_person_held_a_person_lifts(shop: Shop) -> None:
    asked: dict[str, Any] = {"tenant_id": shop.house.tenant_id, "today": day(5)}
    with in_tenant(shop.house.tenant_id):
        fact = standing.record_fact(
            **asked,
            customer_id=shop.customer_id,
            kind="orders_held",
            starts_on=day(5),
            reason="Chèque impayé",
        )
    shop.pay(100_000, day(6))
    shop.plan(7)
    assert held(shop, 7) is not None
    with in_tenant(shop.house.tenant_id):
        standing.end_fact(**{**asked, "today": day(8)}, fact_id=fact, ends_on=day(7))
    assert held(shop, 8) is None


@pytest.mark.parametrize(
    ("locked", "made"),
    [pytest.param(False, 2, id="the race exists"), pytest.param(True, 1, id="the lock ends it")],
)
def test_two_steps_at_the_same_time_hold_once(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, locked: bool, made: int
) -> None:
    barrier, found = threading.Barrier(2), holds.in_force

    def looked(**asked: Any) -> queries.OrderHold | None:
        answer = found(**asked)
        with suppress(threading.BrokenBarrierError):
            barrier.wait(timeout=WAIT_S)
        return answer

    monkeypatch.setattr(holds, "in_force", looked)
    if not locked:
        monkeypatch.setattr(holds, "LOCK", "select %s::bigint")

    def hold() -> None:
        try:
            with in_tenant(shop.house.tenant_id):
                holds.hold(
                    effect="hold_orders",
                    tenant_id=shop.house.tenant_id,
                    customer_id=shop.customer_id,
                    step="relance_1",
                    on=day(5),
                )
        finally:
            connection.close()

    threads = [threading.Thread(target=hold) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert facts(shop) == made


def test_the_pages_say_whose_orders_are_held(shop: Shop) -> None:
    with in_tenant(shop.house.tenant_id):
        holds.hold(
            effect="hold_orders",
            tenant_id=shop.house.tenant_id,
            customer_id=shop.customer_id,
            step="relance_1",
            on=day(5),
        )
        client = logged_in(add_user(shop.house, "credit_manager", "COMMANDES").pk)
    card = client.get(reverse("customer", args=[shop.customer_id])).content.decode()
    assert "Commandes bloquées" in card
    assert "relance 1" in card
    listed = client.get(reverse("customers"), {"orders": "held"}).content.decode()
    assert "Adam SARL" in listed
    with in_tenant(shop.house.tenant_id):
        StandingFact.objects.filter(kind="orders_held").delete()
    empty = client.get(reverse("customers"), {"orders": "held"}).content.decode()
    assert "Adam SARL" not in empty


@pytest.mark.usefixtures("channel")
def test_a_file_handed_over_is_reminded_no_more_and_somebody_is_told(shop: Shop) -> None:
    follow(shop, {"relance_1": {"effects": ("task",)}, "relance_2": {"effects": ("hand_over",)}})
    tenant_id = shop.house.tenant_id
    [mine] = [one for one in subscriptions.LISTENERS if one.code == "recovery"]
    listen(tenant_id, mine)
    shop.send(5)
    assert shop.send(12) == ["relance_2"]

    with in_tenant(tenant_id):
        [fact] = StandingFact.objects.filter(kind="handover", undone_at=None)
        assert (fact.customer_id, fact.starts_on, fact.ends_on) == (shop.customer_id, day(12), None)
    assert shop.send(20) == []
    for _ in range(2):
        let_others_end()
        listen(tenant_id, mine)
    with in_tenant(tenant_id):
        texts = Task.objects.of(tenant_id).order_by("pk").values_list("text", flat=True)
        assert [text.partition(" à ")[0] for text in texts] == ["Suite", "Dossier"]
