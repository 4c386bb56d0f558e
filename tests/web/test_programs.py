"""The pages of keys and webhooks: shown once, revoked, tried, told again."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.web.places import Place, logged_in, place

from encours.tenancy.scope import in_tenant
from encours.webhooks import queries
from encours.webhooks.models import Delivery

HOOK = {"url": "https://exemple.fr/encours", "events": "invoice.* credit.recorded", "creditor": ""}


@pytest.fixture
def mine(transactional_db: None) -> Place:
    return place("ALPHA")


@pytest.fixture
def admin(mine: Place) -> Client:
    return logged_in(mine.users["admin"])


def test_a_key_is_shown_once_and_opens_until_it_is_revoked(admin: Client) -> None:
    given = {"name": "Boutique", "role": "reader", "creditor": "", "scopes": ["read"]}
    page = admin.post(reverse("settings_keys"), given).content.decode()
    found = re.search(r'value="(enc_[^"]+)"', page)
    assert found
    api = Client(headers={"Authorization": f"Bearer {found[1]}"})

    assert api.get("/api/v1/me").json()["role"] == "reader"
    again = admin.get(reverse("settings_keys")).content.decode()
    assert found[1] not in again
    assert "Boutique" in again
    key = api.get("/api/v1/me").json()["key"]
    admin.post(reverse("settings_key_revoke", args=(key,)))
    assert api.get("/api/v1/me").status_code == 401


def test_a_webhook_is_made_tried_paused_and_ended(admin: Client, mine: Place) -> None:
    page = admin.post(reverse("settings_webhooks"), HOOK).content.decode()
    assert re.search(r'value="whsec_[^"]+"', page)
    row = _subscriptions(mine)[-1]
    url = reverse("settings_webhook", args=(row.id,))
    admin.post(reverse("settings_webhook_act", args=(row.id, "essai")))
    shown = admin.get(url).content.decode()

    assert "webhook.test" in shown
    delivery = _latest(mine)
    assert (
        "webhook.test" in admin.get(reverse("settings_delivery", args=(delivery,))).content.decode()
    )
    admin.post(reverse("settings_webhook_act", args=(row.id, "pause")))
    assert not _subscriptions(mine)[-1].is_active
    renewed = admin.post(reverse("settings_webhook_secret", args=(row.id,))).content.decode()
    assert "whsec_" in renewed
    admin.post(reverse("settings_webhook_act", args=(row.id, "rejeu")), {"since": "2026-01-01"})
    admin.post(reverse("settings_webhook_act", args=(row.id, "suppression")))
    assert admin.get(url).status_code == 404


def test_a_private_address_is_refused_with_its_sentence(admin: Client, mine: Place) -> None:
    before = len(_subscriptions(mine))
    page = admin.post(reverse("settings_webhooks"), {**HOOK, "url": "https://10.0.0.1/"})

    assert "réseau privé" in page.content.decode()
    assert len(_subscriptions(mine)) == before


def _subscriptions(mine: Place) -> list[Any]:
    with in_tenant(mine.house.tenant_id):
        return queries.subscriptions(tenant_id=mine.house.tenant_id)


def _latest(mine: Place) -> int:
    with in_tenant(mine.house.tenant_id):
        return Delivery.objects.of(mine.house.tenant_id).order_by("-pk")[0].pk
