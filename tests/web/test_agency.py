"""The page of a creditor's collector: what is missing, its account, who may change what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.conftest import House
from tests.dunning.test_agency import CARD
from tests.dunning.test_day import Shop, noon, shop
from tests.web.places import add_user, logged_in
from tests.web.test_all_creditors import another
from tests.web.test_settings import just_proved

from encours.dunning.actions.agencies import CARD as NAMES
from encours.dunning.models import Agency
from encours.tenancy.scope import in_tenant

__all__ = ("shop",)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(noon(5), tick=True):
        yield


def client_of(house: House, role: str, code: str = "CABINET") -> Client:
    with in_tenant(house.tenant_id):
        client = logged_in(add_user(house, role, code).pk)
    client.post(reverse("choose_creditor"), {"creditor": house.creditor_id})
    return client


def post(shop: Shop, client: Client, to: str = "settings_agency", **told: Any) -> str:
    asked = {"creditor_id": shop.house.creditor_id, **told}
    return client.post(reverse(to), asked, follow=True).content.decode()


def card(**given: Any) -> dict[str, Any]:
    told = {name: getattr(CARD, name) or "" for name in NAMES}
    return {**told, **given}


def test_a_collector_is_named_and_what_it_lacks_is_said(shop: Shop) -> None:
    client = client_of(shop.house, "credit_manager")
    assert "Aucun cabinet n" in client.get(reverse("settings_agency")).content.decode()
    page = post(shop, client, **card(siren="", mandate_on=""))
    assert "Il manque" in page
    assert "Un SIREN valable." in page
    assert "La date de votre convention" in page
    whole = post(shop, client, **card())
    assert "Sa fiche est complète" in whole
    assert 'value="2026-01-05"' in whole
    gone = post(shop, client, "settings_agency_remove")
    assert "Aucun cabinet n" in gone


def test_a_collector_without_a_name_is_not_kept(shop: Shop) -> None:
    client = client_of(shop.house, "credit_manager")
    assert "is-invalid" in post(shop, client, **card(name=""))
    with in_tenant(shop.house.tenant_id):
        assert not Agency.objects.exists()


def test_its_account_is_given_by_one_and_confirmed_by_another(shop: Shop) -> None:
    first = just_proved(client_of(shop.house, "admin", "UN"))
    second = just_proved(client_of(shop.house, "admin", "DEUX"))
    post(shop, first, **card())
    paid = {
        "receives_funds": "on",
        "holder": "RECOUVRA",
        "iban": "FR76 3000 6000 0112 3456 7890 189",
    }
    assert "IBAN valable" in post(shop, first, "settings_agency_account", **{**paid, "iban": "FR1"})
    assert "attend qu" in post(shop, first, "settings_agency_account", **paid)
    assert "Une autre personne doit confirmer" in post(shop, first, "settings_agency_confirm")
    assert "Sa fiche est complète" in post(shop, second, "settings_agency_confirm")


@pytest.mark.parametrize("name", ["", "_account", "_confirm", "_remove"])
def test_who_only_reads_changes_nothing(shop: Shop, name: str) -> None:
    client = client_of(shop.house, "accountant")
    asked = {"creditor_id": shop.house.creditor_id, **card()}
    assert client.post(reverse(f"settings_agency{name}"), asked).status_code in {302, 403}
    with in_tenant(shop.house.tenant_id):
        assert not Agency.objects.exists()


def test_another_creditor_s_collector_is_its_own(shop: Shop) -> None:
    other = another(shop.house, "B")
    client = client_of(shop.house, "credit_manager")
    post(shop, client, **card())
    with in_tenant(shop.house.tenant_id):
        assert Agency.objects.get().creditor_id == shop.house.creditor_id != other.house.creditor_id


def test_the_page_asks_few_questions(shop: Shop) -> None:
    client = client_of(shop.house, "credit_manager")
    client.get(reverse("settings_agency"))
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("settings_agency"))
    assert len(asked) <= 25


def test_an_editor_says_what_a_collector_s_scenario_lacks(shop: Shop) -> None:
    client = client_of(shop.house, "credit_manager")
    page = client.get(reverse("settings_scenario"), {"code": "cabinet", "etape": "relance_1"})
    assert "Cabinet de recouvrement, à compléter" in page.content.decode()
    post(shop, client, **card())
    page = client.get(reverse("settings_scenario"), {"code": "cabinet", "etape": "relance_1"})
    assert "Cabinet de recouvrement, à compléter" not in page.content.decode()
