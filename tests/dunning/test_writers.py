"""Who writes a step, and to whom: the customer's salesperson or collector, a contact by role."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.conftest import House
from tests.dunning.test_day import Shop, channel

from encours.dunning.models import Scenario
from encours.dunning.rules.scenario import Step, french_scenario
from encours.messaging.providers.memory import MemoryEmailChannel
from encours.messaging.rules.reading import read_mail
from encours.parties.models import Contact, Customer
from encours.tenancy.models import Creditor, User
from encours.tenancy.scope import in_tenant

__all__ = ("channel",)


@pytest.fixture
def shop(house: House) -> Shop:
    shop = Shop(house)
    shop.open()
    return shop


def change(shop: Shop, **given: Any) -> None:
    """Give the first reminder these settings."""
    shipped = french_scenario()

    def changed(step: Step) -> Step:
        return replace(step, **given) if step.code == "relance_1" else step

    data = replace(shipped, steps=tuple(changed(one) for one in shipped.steps)).as_json()
    with in_tenant(shop.house.tenant_id):
        Scenario.objects.create(
            **shop.owner, code=shipped.code, version=2, name=shipped.name, definition=data
        )


def person(shop: Shop, *, is_active: bool = True) -> User:
    found = User.objects.create_user(
        f"lea{shop.house.tenant_id}@durand.example", first_name="Léa", last_name="Morin",
        is_active=is_active,
    )  # fmt: skip
    with in_tenant(shop.house.tenant_id):
        Customer.objects.filter(pk=shop.customer_id).update(salesperson_id=found.pk)
    return found


def left(shop: Shop, channel: MemoryEmailChannel) -> dict[str, str]:
    shop.send(5)
    (mail,) = channel.sent
    read = read_mail(mail.content)
    return {**dict(read.headers), "text": read.text, "envelope": mail.recipients[0]}


def test_the_salesperson_writes_and_is_answered(shop: Shop, channel: MemoryEmailChannel) -> None:
    change(shop, sender="salesperson")
    lea = person(shop)

    mail = left(shop, channel)

    assert "Léa Morin (Maison Durand)" in mail["From"]
    assert "<compta@durand.example>" in mail["From"], (
        "only the creditor's domain may be written for"
    )
    assert lea.email in mail["Reply-To"]
    assert "Léa Morin" in mail["text"]


@pytest.mark.parametrize(
    "is_active",
    [pytest.param(None, id="nobody sells to him"), pytest.param(False, id="who left the house")],
)
def test_without_a_salesperson_the_creditor_writes(
    shop: Shop, channel: MemoryEmailChannel, is_active: bool | None
) -> None:
    change(shop, sender="salesperson")
    if is_active is not None:
        person(shop, is_active=is_active)

    mail = left(shop, channel)

    assert mail["From"].startswith("Maison Durand")
    assert "compta@durand.example" in mail["Reply-To"]


def test_answers_that_are_read_here_stay_here(shop: Shop, channel: MemoryEmailChannel) -> None:
    change(shop, sender="salesperson")
    lea = person(shop)
    with in_tenant(shop.house.tenant_id):
        Creditor.objects.filter(pk=shop.house.creditor_id).update(settings={"reply_tags": True})

    mail = left(shop, channel)

    assert lea.email not in mail["Reply-To"]
    assert "Léa Morin (Maison Durand)" in mail["From"]


@pytest.mark.parametrize(
    ("role", "reached"),
    [
        pytest.param("management", "direction@adam.example", id="the role that the step names"),
        pytest.param("legal", "compta@adam.example", id="nobody has it: billing"),
        pytest.param("", "compta@adam.example", id="no role: billing"),
    ],
)
def test_a_step_says_which_contact(
    shop: Shop, channel: MemoryEmailChannel, role: str, reached: str
) -> None:
    change(shop, contact_role=role)
    with in_tenant(shop.house.tenant_id):
        Contact.objects.create(
            tenant_id=shop.house.tenant_id, customer_id=shop.customer_id, role="management",
            email="direction@adam.example", name="Paul Adam",
        )  # fmt: skip

    assert left(shop, channel)["envelope"] == reached
