"""The page that describes the API, under the site's policy; the pages of keys and webhooks."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser
from tests.api.programs import ok, program
from tests.screens.conftest import screen
from tests.web.places import place

pytestmark = [pytest.mark.screens, pytest.mark.django_db(transaction=True)]


def test_the_description_draws_with_shipped_files_alone(
    chromium: Browser, live_server: Any
) -> None:
    window = screen(chromium, live_server.url, "light", None)
    window.open("/api/v1/docs")
    window.page.locator(".opblock").first.wait_for(timeout=60_000)

    assert window.page.locator(".opblock").count() > 50
    assert window.complaints == []


@pytest.mark.parametrize("mode", ["light", "phone"])
def test_keys_and_webhooks_are_clean(chromium: Browser, live_server: Any, mode: str) -> None:
    at = place("ALPHA")
    made = ok(program().post("/webhooks", {"url": "https://exemple.fr/encours", "events": ["*"]}))
    told = ok(program().post(f"/webhooks/{made['id']}/test", None))
    window = screen(chromium, live_server.url, mode, at.users["admin"])
    flaws = []
    for name, args in (
        ("settings_keys", ()),
        ("settings_webhooks", ()),
        ("settings_webhook", (made["id"],)),
        ("settings_delivery", (told["id"],)),
    ):
        window.open(reverse(name, args=args))
        flaws += [f"{name}: {flaw}" for flaw in window.flaws()]

    assert not flaws
