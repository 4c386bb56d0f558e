"""Pages of replies in a real browser: axe finds nothing, nothing overflows, keys decide."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser
from tests.conftest import House
from tests.replies.house import Desk, reply_mail
from tests.screens.conftest import MODES, screen
from tests.web.places import add_user

from encours.tenancy.scope import in_tenant

pytestmark = [pytest.mark.screens, pytest.mark.django_db(transaction=True)]
TEXTS = (
    "Bonjour, nous réglons la FA-101 vendredi par virement. Jeanne Adam",
    "Nous contestons la FA-102 : le prix n'est pas celui du devis.",
    "Je ne suis plus en charge, écrivez à factures@adam.example.",
    "Pouvez-vous nous renvoyer la FA-103 ?",
)


@pytest.fixture
def desk(house: House) -> Desk:
    one = Desk(house)
    one.open()
    for number, text in enumerate(TEXTS):
        one.take(reply_mail(text, number=number), timezone.now())
    return one


def admin(desk: Desk) -> int:
    with in_tenant(desk.house.tenant_id):
        return add_user(desk.house, "admin", "REPLY").pk


@pytest.mark.parametrize("mode", MODES)
def test_the_replies_are_clean(chromium: Browser, live_server: Any, desk: Desk, mode: str) -> None:
    window = screen(chromium, live_server.url, mode, admin(desk))
    window.open(reverse("replies"))
    links = window.page.locator(".listing tbody th a").all()
    replies = [str(link.get_attribute("href")) for link in links]
    assert len(replies) == len(TEXTS)
    addresses = [
        reverse("replies"),
        *replies,
        reverse("replies_causes"),
        reverse("customer_replies", args=(desk.customer_id,)),
        reverse("customer_standing", args=(desk.customer_id,)),
        reverse("settings_replies"),
    ]
    flaws = []
    for address in addresses:
        window.open(address)
        flaws += [f"{address}: {flaw}" for flaw in window.flaws()]

    assert not flaws


def test_keys_decide(chromium: Browser, live_server: Any, desk: Desk) -> None:
    window = screen(chromium, live_server.url, "light", admin(desk))
    window.open(reverse("replies"))
    window.page.keyboard.press("n")
    window.page.wait_for_url("**/reponses/*/")
    first = window.page.url
    window.page.keyboard.press("r")
    assert window.page.locator("#answer").get_attribute("open") is not None
    window.page.locator("h1").click()
    window.page.evaluate("document.activeElement.blur()")
    window.page.keyboard.press("c")
    window.page.wait_for_url(lambda url: url != first)

    (promise,) = desk.facts("promise")
    assert promise.instalment_id == desk.lines["FA-101"]
