"""From a rule and a rebate to what is granted, as a person goes, in both lights and on a phone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser
from tests.screens.conftest import MODES, screen
from tests.screens.test_penalty_screens import look
from tests.web.places import logged_in
from tests.web.test_discounts import allow, line_of, offer, pay, shop
from tests.web.test_penalties import late

pytestmark = [pytest.mark.screens, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("mode", MODES)
def test_a_rebate_is_offered_and_granted_by_hand(
    chromium: Browser, live_server: Any, transactional_db: None, mode: str
) -> None:
    mine = shop()
    client, customer = logged_in(mine.users["admin"]), late(mine, f"ECRAN-{mode}")
    allow(client, mine)
    client.post(
        reverse("settings_discount_rule"),
        {
            "creditor_id": mine.house.creditor_id, "points": "3", "days": "10",
            "anchor": "before_due", "code": f"ECRAN-{mode}", "segment": "",
            "valid_from": timezone.localdate() + timedelta(days=1),
        },
    )  # fmt: skip
    offer(client, customer, line_of(mine, customer))
    window = screen(chromium, live_server.url, mode, mine.users["admin"])
    page = window.page

    window.open(reverse("settings_discounts"))
    flaws = look(window, "discount-settings", mode)
    window.open(reverse("settings_penalties"))
    flaws += look(window, "penalty-settings", mode)
    window.open(reverse("customer_discounts", args=[customer]))
    flaws += look(window, "customer-discounts", mode)
    window.open(reverse("rewards"))
    flaws += look(window, "rewards", mode)
    window.open(reverse("penalty_proposals"))
    flaws += look(window, "penalty-proposals", mode)
    pay(mine, customer, 975_000)
    window.open(f"{reverse('discounts')}?q=ECRAN-{mode}")
    page.locator("table input[type=checkbox]").first.check()
    flaws += look(window, "discounts", mode)
    page.get_by_role("button", name="Accorder ceux que j'ai cochés", exact=True).click()
    page.get_by_text("1 escompte accordé.").wait_for()
    window.open(reverse("discount_entries"))
    flaws += look(window, "discount-entries", mode)

    assert not flaws
