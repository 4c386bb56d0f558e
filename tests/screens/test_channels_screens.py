"""The page of the channels and its form, with an account and without, in every light."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser
from tests.screens.conftest import MODES, screen
from tests.web.places import Place, place

from encours.messaging import limits, setups
from encours.messaging.providers.memory_records import MemoryRecords
from encours.messaging.rules import domains
from encours.messaging.rules.pace import Limit
from encours.tenancy.actions import sending
from encours.tenancy.scope import in_tenant

pytestmark = [pytest.mark.screens, pytest.mark.django_db(transaction=True)]
DNS = MemoryRecords(
    {"durand.example": ("v=spf1 mx", "v=spf1 +all")}, silent={"_dmarc.durand.example"}
)
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
        sending.record_sender_names(
            tenant_id=found.house.tenant_id,
            creditor_id=found.house.creditor_id,
            domain="durand.example",
            selector="",
            found=[asdict(one) for one in domains.checked("durand.example", DNS.look)],
            actor_id=found.users["admin"],
            now=datetime(2026, 11, 20, tzinfo=UTC),
        )
        limits.set_limit(
            tenant_id=found.house.tenant_id,
            creditor_id=found.house.creditor_id,
            channel="email",
            limit=Limit(60, 300),
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
        reverse("settings_sender"),
        reverse("settings_channel_account", args=("sms", "twilio")),
        reverse("settings_channel_account", args=("whatsapp", "twilio")),
        reverse("settings_channel_account", args=("sms", "ovh")),
    ):
        window.open(address)
        flaws += [f"{address}: {flaw}" for flaw in window.flaws()]

    assert not flaws
