"""The editor of a scenario in a real browser: dragged, moved by the keyboard, clean to axe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from tests.dunning.test_day import Shop, noon, shop
from tests.screens.conftest import MODES, Screen, screen
from tests.web.places import add_user

from encours.dunning.actions import replays
from encours.dunning.rules.scenario import french_scenario
from encours.tenancy.models import Creditor
from encours.tenancy.scope import in_tenant

pytestmark = [pytest.mark.screens, pytest.mark.django_db(transaction=True)]
__all__ = ("shop",)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(noon(34), tick=True):
        yield


def opened(shop: Shop, browser: Browser, url: str, mode: str = "light") -> Screen:
    with in_tenant(shop.house.tenant_id):
        user = add_user(shop.house, "credit_manager", "ECRAN")
    window = screen(browser, url, mode, user.pk)
    window.open(f"{reverse('settings_scenario')}?client={shop.customer_id}&etape=relance_2")
    return window


def day_of(page: Page, step: str) -> str:
    return page.locator(f"#pin-{step} .timeline-day").inner_text()


def test_a_step_is_dragged_to_another_day(chromium: Browser, live_server: Any, shop: Shop) -> None:
    page = opened(shop, chromium, live_server.url).page
    pin = page.locator("#pin-relance_2")
    box = pin.bounding_box()
    line = page.locator("[data-timeline]")
    whole = line.bounding_box()
    assert box is not None
    assert whole is not None
    least, most = (int(line.get_attribute(f"data-{name}") or 0) for name in ("least", "most"))
    step_px = whole["width"] / (most - least)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 2 * step_px, y, steps=5)
    page.mouse.move(x + 4 * step_px, y, steps=5)
    assert day_of(page, "relance_2") == "J+14"
    page.mouse.up()

    expect(page.get_by_text("part à J+14, et non plus à J+10")).to_be_visible()
    assert page.locator("#id_offset_days").input_value() == "14"
    assert "etape=relance_2" not in page.url.split("?")[0], "a drag opens nothing"


def test_the_arrows_and_the_buttons_move_a_step(
    chromium: Browser, live_server: Any, shop: Shop
) -> None:
    page = opened(shop, chromium, live_server.url).page
    page.locator("#pin-relance_2").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("part à J+12, et non plus à J+10")).to_be_visible()
    expect(page.locator("#pin-relance_2")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("part à J+11, et non plus à J+10")).to_be_visible()
    page.locator("#day-less").click()
    expect(page.locator("#pin-relance_2 .timeline-day")).to_have_text("J+10")
    expect(page.get_by_text("Ce qui change")).to_have_count(0)
    page.locator("#pin-relance_2").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.get_by_text("part à J+17, et non plus à J+10")).to_be_visible()


def test_a_field_changed_is_in_the_draft_and_a_click_opens_another_step(
    chromium: Browser, live_server: Any, shop: Shop
) -> None:
    page = opened(shop, chromium, live_server.url).page
    page.locator("#id_tone").select_option("firm")
    expect(page.get_by_text("« relance 2 », ton : ferme au lieu de neutre.")).to_be_visible()
    page.locator("#pin-relance_3").click()
    expect(page.locator("#step-title")).to_have_text("Relance 3")
    page.locator("#customer-asked").fill("adam")
    page.get_by_role("link", name="Adam SARL (ADAM)").click()
    expect(page.frame_locator("iframe.mail-frame").get_by_text("FA-1").first).to_be_visible()


def test_a_step_is_added_doubled_turned_and_removed_by_the_keyboard(
    chromium: Browser, live_server: Any, shop: Shop
) -> None:
    page = opened(shop, chromium, live_server.url).page
    page.locator("#step-kind").select_option("call")
    page.locator("#step-add-button").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#step-title")).to_have_text("Appel")
    expect(page.get_by_text("« appel » est nouvelle : à J+15.")).to_be_visible()
    expect(page.locator("#step-add-button")).to_be_focused()
    page.locator("#turn-later").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#pin-appel .timeline-day")).to_have_text("J+20")
    expect(page.locator("#pin-relance_3 .timeline-day")).to_have_text("J+15")
    page.locator("#step-variant").click()
    expect(page.locator("#step-title")).to_have_text("Appel (variante)")
    page.locator("#step-remove summary").focus()
    page.keyboard.press("Enter")
    page.locator("#step-remove-button").click()
    expect(page.locator("#pin-appel_2")).to_have_count(0)
    expect(page.locator("#pin-appel")).to_be_visible()


def test_steps_are_built_without_a_script(chromium: Browser, live_server: Any, shop: Shop) -> None:
    window = opened(shop, chromium, live_server.url)
    context = chromium.new_context(
        java_script_enabled=False, storage_state=window.page.context.storage_state()
    )
    page = context.new_page()
    page.goto(window.page.url)
    page.locator("#step-kind").select_option("sms")
    page.locator("#step-add-button").click()
    expect(page.locator("#step-title")).to_have_text("SMS")
    page.locator("#step-remove summary").click()
    page.locator("#step-remove-button").click()
    expect(page.locator("#pin-sms")).to_have_count(0)
    context.close()


@pytest.mark.parametrize("mode", MODES)
def test_the_pages_of_a_scenario_are_clean(
    chromium: Browser, live_server: Any, shop: Shop, mode: str
) -> None:
    window = opened(shop, chromium, live_server.url, mode)
    window.page.locator("#day-more").click()
    expect(window.page.get_by_text("Ce qui change")).to_be_visible()
    window.page.locator("#step-remove summary").click()
    flaws = [f"editor: {flaw}" for flaw in window.flaws()]
    window.page.get_by_role("button", name="Mesurer l'effet").click()
    expect(window.page.get_by_text("Clients touchés")).to_be_visible(timeout=60_000)
    flaws += [f"effect: {flaw}" for flaw in window.flaws()]
    with in_tenant(shop.house.tenant_id):
        Creditor.objects.filter(pk=shop.house.creditor_id).update(live_on=None)
        made = replays.ask(
            **shop.owner,
            scenario=french_scenario(),
            last_on=noon(34).date(),
            days=91,
            lag_days=0,
            actor_id=1,
        )
    waiting = reverse("settings_scenario_replay", args=(made,))
    window.open(waiting)
    flaws += [f"progress: {flaw}" for flaw in window.flaws()]
    replays.run(tenant_id=shop.house.tenant_id, replay_id=made)
    for address in (
        waiting,
        reverse("settings_scenario_versions"),
        reverse("settings_scenario_replays"),
    ):
        window.open(address)
        flaws += [f"{address}: {flaw}" for flaw in window.flaws()]

    assert not flaws
