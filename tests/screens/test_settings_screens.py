"""Shell, accounts and settings in a real browser: axe finds nothing, nothing overflows."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser
from tests.screens.conftest import MODES, screen
from tests.web.places import PASSWORD, Place, add_user, place

from encours.tenancy.models import User
from encours.tenancy.scope import in_tenant

pytestmark = [pytest.mark.screens, pytest.mark.django_db(transaction=True)]

ENTRANCE = ["/compte/login/", "/compte/password/reset/", "/invitation/nulle/", "/nulle/part/"]
INSIDE = [
    "profile", "account_change_password", "mfa_index", "usersessions_list", "settings_creditor",
    "settings_creditor_habits", "settings_creditor_new", "settings_bank", "settings_sender",
    "settings_channels",
    "settings_terms", "settings_rates", "settings_scenario", "settings_scenarios", "settings_users",
    "settings_journal", "account_reauthenticate",
]  # fmt: skip
WHOLE = ["settings_creditor_habits", "settings_terms", "settings_scenario", "settings_scenarios"]
HARMLESS = ("404 (Not Found)", "410 (Gone)")


@pytest.fixture
def mine(transactional_db: None) -> Place:
    return place("ALPHA")


@pytest.mark.parametrize("mode", MODES)
def test_the_entrance_is_clean(chromium: Browser, live_server: Any, mode: str) -> None:
    window = screen(chromium, live_server.url, mode, None)
    flaws = []
    for path in ENTRANCE:
        window.open(path)
        flaws += [f"{path}: {flaw}" for flaw in window.flaws() if not flaw.endswith(HARMLESS)]

    assert not [flaw for flaw in flaws if not any(one in flaw for one in HARMLESS)]


@pytest.mark.parametrize("mode", MODES)
def test_the_settings_are_clean(
    chromium: Browser, live_server: Any, mine: Place, mode: str
) -> None:
    window = screen(chromium, live_server.url, mode, mine.users["admin"])
    flaws = []
    for name in INSIDE:
        window.open(reverse(name))
        flaws += [f"{name}: {flaw}" for flaw in window.flaws()]
    for name in WHOLE:
        window.open(f"{reverse(name)}?niveau=organisation")
        flaws += [f"{name}, the organisation's: {flaw}" for flaw in window.flaws()]

    assert not flaws


def test_the_menu_opens_on_a_phone(chromium: Browser, live_server: Any, mine: Place) -> None:
    window = screen(chromium, live_server.url, "phone", mine.users["admin"])
    window.open(reverse("profile"))
    menu = window.page.get_by_role("button", name="Menu")
    settings = window.page.get_by_role("link", name="Réglages", exact=True)

    assert not settings.is_visible()
    menu.click()
    settings.wait_for(state="visible")
    window.page.wait_for_timeout(400)
    assert window.flaws() == []


def test_the_keyboard_alone_reaches_the_content(
    chromium: Browser, live_server: Any, mine: Place
) -> None:
    window = screen(chromium, live_server.url, "light", mine.users["admin"])
    window.open(reverse("profile"))
    window.page.keyboard.press("Tab")
    assert window.page.evaluate("document.activeElement.className") == "skip"
    window.page.keyboard.press("Enter")
    assert window.page.evaluate("document.activeElement.id") == "content"
    window.page.keyboard.press("/")
    assert window.page.evaluate("document.activeElement.id") == "search-box"


def test_the_theme_follows_the_profile_then_the_machine(
    chromium: Browser, live_server: Any, mine: Place
) -> None:
    window = screen(chromium, live_server.url, "light", mine.users["admin"])
    shown = "document.documentElement.dataset.bsTheme"
    for label, expected in (("Sombre", "dark"), ("Clair", "light"), ("Comme l'appareil", "light")):
        window.open(reverse("profile"))
        window.page.get_by_label(label).check()
        with window.page.expect_navigation():
            window.page.get_by_role("button", name="Enregistrer").click()
        assert window.page.evaluate(shown) == expected
    window.page.emulate_media(color_scheme="dark")
    window.page.wait_for_selector("html[data-bs-theme=dark]")


def test_a_filter_redraws_the_table_and_the_address_as_a_reload_would(
    chromium: Browser, live_server: Any, mine: Place
) -> None:
    window = screen(chromium, live_server.url, "light", mine.users["admin"])
    window.open(reverse("settings_journal"))
    window.page.get_by_label("Fait").select_option("terms.created")
    window.page.wait_for_url("**verb=terms.created**")
    table = "document.getElementById('table-journal').innerText"
    fragment = window.page.evaluate(table)
    window.page.reload()

    assert window.page.evaluate(table) == fragment
    assert "ALPHA 45 jours" in fragment
    assert window.flaws() == []


def test_switching_the_creditor_needs_one_gesture(
    chromium: Browser, live_server: Any, mine: Place
) -> None:
    window = screen(chromium, live_server.url, "light", mine.users["admin"])
    window.open(reverse("settings_creditor"))
    with window.page.expect_navigation():
        window.page.get_by_label("Société affichée").select_option("ALPHA Logistique")

    assert window.page.get_by_label("Raison sociale").input_value() == "ALPHA Logistique"


def test_a_passkey_is_added_then_opens_the_door(
    chromium: Browser, live_server: Any, mine: Place
) -> None:
    with in_tenant(mine.house.tenant_id):
        user = add_user(mine.house, "reader", "ALPHA")
    url = live_server.url.replace("127.0.0.1", "localhost")
    window = screen(chromium, url, "light", None)
    page = window.page
    _authenticator(page)
    window.open("/compte/login/")
    page.get_by_label("Courriel").fill(user.email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Se connecter", exact=True).click()
    window.open(reverse("mfa_add_webauthn"))
    if "reauthenticate" in page.url:
        page.get_by_label("Mot de passe").fill(PASSWORD)
        with page.expect_navigation():
            page.get_by_role("button", name="Confirmer").click()
    page.locator("input[type=text]").last.fill("Mon portable")
    page.locator("input[type=checkbox]").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/recovery-codes/**")
    page.context.clear_cookies()
    window.open("/compte/login/")
    page.get_by_role("button", name="clé d'accès").click()
    page.wait_for_url(lambda address: "/compte/" not in address, timeout=10_000)

    assert User.objects.get(pk=user.pk).last_login


def _authenticator(page: Any) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
