"""Imports, reminders and the outbox in a real browser: axe finds nothing, nothing overflows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import Browser
from tests.conftest import House
from tests.dunning.test_day import Shop, channel, day, noon, shop
from tests.imports.test_uploads import fec
from tests.screens.conftest import MODES, screen
from tests.web.places import add_user
from tests.web.test_all_creditors import another

from encours.dunning import actions
from encours.dunning.models import Reminder
from encours.imports import jobs
from encours.imports.actions import uploads
from encours.messaging.models import Message
from encours.messaging.ports import MAIL_SINKS
from encours.messaging.providers.memory import MemoryEmailChannel
from encours.messaging.providers.sink import MailFolder
from encours.tenancy.models import Creditor
from encours.tenancy.scope import in_tenant

pytestmark = [pytest.mark.screens, pytest.mark.django_db(transaction=True)]
__all__ = ("channel", "shop")
PLAIN = [
    "imports", "contacts_import", "plan", "plan_forecast", "plan_held", "plan_coverage", "plan_scenario",
    "plan_golive", "triage", "outbox", "outbox_letters", "letters_under_way",
    "settings_postage", "sink", "guide",
]  # fmt: skip
KEY = f"{time.time_ns()}.1.1"


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(noon(34), tick=True):
        yield


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, settings: Any) -> Iterator[None]:
    settings.IMPORTS_ROOT = tmp_path / "imports"
    kept = dict(MAIL_SINKS._adapters)
    MAIL_SINKS.fill({"folder": MailFolder(tmp_path / "sink")})
    yield
    MAIL_SINKS.fill(kept)


def received(house: House, content: bytes) -> int:
    """Bring a file as its page does, up to its preview."""
    with in_tenant(house.tenant_id):
        import_id = uploads.receive(
            tenant_id=house.tenant_id, creditor_id=house.creditor_id, name="FEC20261231.txt",
            chunks=[content], author_id=1,
        )  # fmt: skip
    jobs.preview(tenant_id=house.tenant_id, import_id=import_id)
    return import_id


@pytest.fixture
def addresses(shop: Shop, channel: MemoryEmailChannel, tmp_path: Path) -> list[str]:
    """Live a life in which every page has something to show; return their addresses."""
    for late in (5, 12, 20):
        shop.send(late)
    shop.invoice("FA-2", due_on=day(25))
    shop.plan(34)
    shop.approve(34)
    shop.deliver(34)
    sink = tmp_path / "sink" / "new"
    sink.mkdir(parents=True)
    (sink / KEY).write_bytes(channel.sent[0].content)
    found = [reverse("import_one", args=[received(shop.house, fec(wrong=True))])]
    with in_tenant(shop.house.tenant_id):
        messages = list(Message.objects.of(shop.house.tenant_id).order_by("pk"))
        Message.objects.filter(pk=messages[1].pk).update(state="uncertain")
        Creditor.objects.filter(pk=shop.house.creditor_id).update(live_on=None)
        actions.plan_day(**shop.owner, on=day(34), now=noon(34), allow_stale=True)
    found += [reverse("message", args=[one.pk]) for one in messages[:2]]
    found += [reverse("reminder", args=[messages[0].subject_id]), reverse("sink_mail", args=[KEY])]
    return [*map(reverse, PLAIN), *found]


@pytest.mark.parametrize("mode", MODES)
def test_the_pages_are_clean(
    chromium: Browser, live_server: Any, shop: Shop, addresses: list[str], mode: str
) -> None:
    with in_tenant(shop.house.tenant_id):
        user = add_user(shop.house, "admin", "SCREENS")
    window = screen(chromium, live_server.url, mode, user.pk)
    flaws = []
    for address in addresses:
        window.open(address)
        flaws += [f"{address}: {flaw}" for flaw in window.flaws()]

    assert not flaws, "\n".join(flaws)


def test_a_file_is_dropped_and_previewed(
    chromium: Browser, live_server: Any, shop: Shop, tmp_path: Path
) -> None:
    with in_tenant(shop.house.tenant_id):
        user = add_user(shop.house, "admin", "DROP")
    path = tmp_path / "FEC.txt"
    path.write_bytes(fec())
    window = screen(chromium, live_server.url, "light", user.pk)
    window.open(reverse("imports"))
    window.page.set_input_files("#drop-file", path)
    window.page.get_by_role("button", name="Lire les fichiers").click()
    window.page.get_by_text("Lecture du fichier").wait_for()
    import_id = int(window.page.url.strip("/").split("/")[-1])
    jobs.preview(tenant_id=shop.house.tenant_id, import_id=import_id)
    window.page.get_by_role("button", name="Importer", exact=True).wait_for()

    assert window.page.get_by_text("Client par client, au centime").is_visible()


@pytest.mark.parametrize("mode", MODES)
def test_the_lists_of_all_creditors_are_clean(
    chromium: Browser, live_server: Any, shop: Shop, mode: str
) -> None:
    second = another(shop.house, "B")
    with in_tenant(shop.house.tenant_id):
        user = add_user(shop.house, "credit_manager", "SCREENS")
        for one in (shop, second):
            actions.plan_day(**one.owner, on=day(34), now=noon(34), allow_stale=True)
    window = screen(chromium, live_server.url, mode, user.pk)
    flaws = []
    for name in ("plan", "plan_forecast", "plan_held", "triage", "outbox", "outbox_letters"):
        window.open(reverse(name))
        flaws += [f"{name}: {flaw}" for flaw in window.flaws()]

    assert not flaws


@pytest.mark.parametrize("mode", MODES)
def test_refused_words_are_shown_with_their_reason(
    chromium: Browser, live_server: Any, shop: Shop, mode: str, tmp_path: Path
) -> None:
    with in_tenant(shop.house.tenant_id):
        user = add_user(shop.house, "credit_manager", "SCREENS")
    shop.plan(34)
    with in_tenant(shop.house.tenant_id):
        one = Reminder.objects.of(shop.house.tenant_id).get(state="planned")
    window = screen(chromium, live_server.url, mode, user.pk)
    window.open(reverse("reminder", args=[one.pk]))
    flaws = []
    for words in ("Un huissier passera demain chez vous.", "Payez la facture immédiatement."):
        window.page.get_by_label("Texte au-dessus").fill(words)
        window.page.get_by_role("button", name="Enregistrer ce texte").click()
        window.page.get_by_text("Mieux dit").first.wait_for()
        window.page.screenshot(path=tmp_path / f"{mode}.png", full_page=True)
        flaws += window.flaws()

    assert not flaws
    window.page.get_by_role("button", name="Garder quand même").click()
    window.page.get_by_text("Texte enregistré").wait_for()
