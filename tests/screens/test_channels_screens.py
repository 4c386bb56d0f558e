"""The page of the channels and its form, with an account and without, in every light."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser
from tests.screens.conftest import MODES, screen
from tests.web.places import Place, place

from encours.messaging import setups
from encours.tenancy.scope import in_tenant

pytestmark = [pytest.mark.screens, pytest.mark.django_db(transaction=True)]
TWILIO = {"sid": "AC1", "token": "tr", "sender": "DURAND"}


@pytest.fixture
def mine(transactional_db: None) -> Place:
    found = place("ALPHA")
    with in_tenant(found.house.tenant_id):
        setups.set_account(
            tenant_id=found.house.tenant_id,
            creditor_id=found.house.creditor_id,
            channel="sms",
            given=setups.Given("twilio", TWILIO, "06 39 98 00 01", 450),
            actor_id=found.users["admin"],
            now=datetime(2026, 11, 20, tzinfo=UTC),
        )
    return found


@pytest.mark.parametrize("mode", MODES)
def test_the_channels_are_clean(
    chromium: Browser, live_server: Any, mine: Place, mode: str
) -> None:
    window = screen(chromium, live_server.url, mode, mine.users["admin"])
    flaws = []
    for address in (
        reverse("settings_channels"),
        reverse("settings_channel_account", args=("sms", "twilio")),
        reverse("settings_channel_account", args=("whatsapp", "twilio")),
        reverse("settings_channel_account", args=("sms", "ovh")),
    ):
        window.open(address)
        flaws += [f"{address}: {flaw}" for flaw in window.flaws()]

    assert not flaws
