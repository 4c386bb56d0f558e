"""The pages of the ledger in a real browser: axe finds nothing, nothing overflows, CSP holds."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser
from tests.screens.conftest import MODES, screen
from tests.web.places import place
from tests.web.test_ledger import OF_CUSTOMER, PAGES, Books, books

pytestmark = [pytest.mark.screens, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def book(transactional_db: None) -> Books:
    return books("SEEN")


def addresses(book: Books) -> list[str]:
    found = [reverse(name) for name in PAGES]
    found += [reverse(name, args=[book.late_customer]) for name in (*OF_CUSTOMER, "customer_why")]
    return [*found, reverse("invoice", args=[book.late_invoice])]


@pytest.mark.parametrize("mode", MODES)
def test_the_ledger_is_clean(chromium: Browser, live_server: Any, book: Books, mode: str) -> None:
    window = screen(chromium, live_server.url, mode, book.place.users["admin"])
    flaws = []
    for address in addresses(book):
        window.open(address)
        flaws += [f"{address}: {flaw}" for flaw in window.flaws()]

    assert not flaws


def test_the_first_visit_is_clean(
    chromium: Browser, live_server: Any, transactional_db: None
) -> None:
    window = screen(chromium, live_server.url, "light", place("DESERT").users["admin"])
    window.open(reverse("dashboard"))

    assert not window.flaws()
    assert window.page.get_by_role("link", name="Importer mon fichier").is_visible()


def test_a_change_of_filter_draws_the_table_again(
    chromium: Browser, live_server: Any, book: Books
) -> None:
    window = screen(chromium, live_server.url, "light", book.place.users["admin"])
    window.open(reverse("customers"))
    window.page.get_by_label("Afficher").select_option("overdue")
    window.page.wait_for_url("**state=overdue**")

    assert window.page.get_by_role("link", name="Martin & fils SARL").is_visible()
    assert window.page.get_by_role("link", name="Dubois SAS").count() == 0
