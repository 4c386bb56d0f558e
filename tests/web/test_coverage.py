"""The page that says who is followed: the figures, the reasons, their customers, in few queries."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.conftest import House
from tests.dunning.test_day import Shop, noon, shop
from tests.web.places import add_user, logged_in
from tests.web.test_dunning import second_customer

from encours.parties.models import Contact, Customer
from encours.tenancy import kept
from encours.tenancy.scope import in_tenant

__all__ = ("shop",)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(noon(5), tick=True):
        yield


def client_of(house: House, role: str) -> Client:
    with in_tenant(house.tenant_id):
        return logged_in(add_user(house, role, "SUIVI").pk)


def without_address(shop: Shop, customer_id: int) -> None:
    with in_tenant(shop.house.tenant_id):
        Contact.objects.of(shop.house.tenant_id).filter(customer_id=customer_id).delete()
        one = Customer.objects.filter(pk=customer_id)
        one.update(address_line1="", postcode="", city="")


def test_each_reason_opens_its_customers(shop: Shop) -> None:
    zola = second_customer(shop)
    without_address(shop, zola.customer_id)
    client = client_of(shop.house, "credit_manager")
    address = reverse("plan_coverage")
    page = client.get(address).content.decode()

    assert "50 %" in page
    assert "1 sur 2 clients" in page
    assert "?state=none&amp;reason=no_contact" in page
    assert reverse("unreachable") in page
    listed = client.get(address, {"state": "none", "reason": "no_contact"}).content.decode()
    rows = listed[listed.index("<tbody") :]
    assert "Zola" in rows
    assert "Adam SARL" not in rows
    written = b"".join(client.get(address, {"export": "csv"})).decode()  # type: ignore[call-overload]
    assert "Adam SARL" in written
    assert "Injoignable" in written
    assert "Zola" not in client.get(address, {"q": "adam"}).content.decode()


def test_the_figure_is_loaded_by_the_plan_and_by_the_scenarios(shop: Shop) -> None:
    client = client_of(shop.house, "credit_manager")
    for name in ("plan", "settings_scenarios"):
        assert reverse("plan_share") in client.get(reverse(name)).content.decode()

    assert "100 %" in client.get(reverse("plan_share")).content.decode()


def test_salespeople_see_the_share_of_their_own_customers(shop: Shop) -> None:
    client = client_of(shop.house, "sales")
    page = client.get(reverse("plan_coverage"))

    assert page.status_code == 200
    assert "Adam SARL" not in page.content.decode()


def test_it_costs_the_same_queries_whatever_the_customers(shop: Shop) -> None:
    client = client_of(shop.house, "credit_manager")
    address = reverse("plan_coverage")
    client.get(address)
    kept._ANSWERS.clear()
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    second_customer(shop)
    kept._ANSWERS.clear()
    with CaptureQueriesContext(connection) as two:
        client.get(address)

    assert len(one) == len(two) <= 30
