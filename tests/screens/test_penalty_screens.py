"""From late invoices to a note and its credit note, as a person goes, in both lights and on a phone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser
from tests.screens.conftest import MODES, Screen, screen
from tests.web.test_penalties import late, shop

pytestmark = [pytest.mark.screens, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("ENCOURS_PICTURES", "")


def look(window: Screen, name: str, mode: str) -> list[str]:
    if PICTURES:
        path = Path(PICTURES) / f"{name}-{mode}.png"
        window.page.screenshot(path=str(path), full_page=True)
    return [f"{name}: {flaw}" for flaw in window.flaws()]


@pytest.mark.parametrize("mode", MODES)
def test_a_note_is_made_and_cancelled_by_hand(
    chromium: Browser, live_server: Any, transactional_db: None, mode: str
) -> None:
    mine = shop()
    customer = late(mine, f"VU-{mode}")
    window = screen(chromium, live_server.url, mode, mine.users["accountant"])
    page = window.page
    page.on("dialog", lambda dialog: dialog.accept())

    window.open(reverse("customer_interest", args=[customer]))
    flaws = look(window, "interest", mode)
    page.get_by_role("button", name="Facturer les lignes cochées").click()
    flaws += look(window, "bill", mode)
    page.get_by_role("button", name="Émettre la note").click()
    page.get_by_role("heading", name="Ce que la note facture").wait_for()
    flaws += look(window, "note", mode)
    page.get_by_role("button", name="Annuler par un avoir").click()
    page.get_by_text("Annulée par l'avoir").wait_for()
    flaws += look(window, "cancelled", mode)
    window.open(reverse("penalty_notes"))
    flaws += look(window, "list", mode)

    assert not flaws
