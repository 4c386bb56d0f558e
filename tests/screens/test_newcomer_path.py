"""A newcomer's path: from a workbook of unpaid invoices to the first reminder, under ten clicks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page
from tests.conftest import found_house
from tests.screens.conftest import screen
from tests.screens.workbooks import open_items
from tests.web.places import PASSWORD, add_user

from encours.imports import jobs
from encours.tenancy.scope import in_tenant

CLICKS_MAX = 9
pytestmark = [pytest.mark.screens, pytest.mark.django_db(transaction=True)]


class Hand:
    """A person's hand on the mouse: every click counts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def click(self, role: Any, name: str) -> None:
        self.clicks += 1
        self.page.get_by_role(role, name=name, exact=True).first.click()
        self.page.wait_for_load_state("load")


def test_from_a_workbook_to_the_first_reminder(
    chromium: Browser, live_server: Any, transactional_db: None, tmp_path: Path, settings: Any
) -> None:
    settings.IMPORTS_ROOT = tmp_path / "kept"
    house = found_house()
    with in_tenant(house.tenant_id):
        user = add_user(house, "admin", "NEWCOMER")
    path = open_items(tmp_path / "impayes.xlsx", timezone.localdate())
    window = screen(chromium, live_server.url, "light", None)
    page, hand = window.page, Hand(window.page)
    page.set_default_timeout(90_000)
    window.open("/")

    page.locator("input[name=login]").fill(user.email)
    page.locator("input[type=password]").fill(PASSWORD)
    hand.click("button", "Se connecter")
    hand.click("link", "Importer mon fichier")
    hand.clicks += 1  # the dialog in which a file is chosen
    page.locator("#drop-file").set_input_files(str(path))
    hand.click("button", "Lire les fichiers")
    page.wait_for_url("**/imports/*/")
    import_id = int(page.url.rstrip("/").rsplit("/", 1)[1])
    asked = {"tenant_id": house.tenant_id, "import_id": import_id}
    jobs.preview(**asked)
    hand.click("button", "Importer")
    jobs.apply(**asked)
    hand.click("button", "Ajouter les adresses de ce fichier aux clients")
    hand.click("button", "Voir qui relancer aujourd'hui")
    assert page.url.endswith(reverse("plan"))
    hand.click("link", "Hôtel des Alpes SAS")

    assert page.locator("h1", has_text="Hôtel des Alpes SAS").is_visible()
    assert page.get_by_text("Ce que le client lira").first.is_visible()
    assert hand.clicks <= CLICKS_MAX
