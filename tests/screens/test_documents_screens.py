"""The pages of kept files in a real browser: axe finds nothing, nothing overflows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser
from tests.custody.bed import make_bed
from tests.documents import samples
from tests.screens.conftest import MODES, screen
from tests.web.test_ledger import Books, books

from encours.documents import actions
from encours.documents.actions import Subject, intakes
from encours.documents.jobs import take_in
from encours.tenancy.scope import in_tenant
from encours.web.ledger.subject import today

pytestmark = [pytest.mark.screens, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def book(transactional_db: None, tmp_path: Path, settings: Any) -> Books:
    make_bed(tmp_path, settings)
    return books("DOCSEEN")


def addresses(book: Books, mark: str) -> list[str]:
    """Keep a file and a ZIP, and return every page that shows them."""
    house = book.place.house
    asked = {"tenant_id": house.tenant_id, "creditor_id": house.creditor_id}
    with in_tenant(house.tenant_id):
        kept = actions.keep(
            **asked, name="facture.pdf", chunks=[samples.pdf("Facture", mark)],
            kind="invoice", subjects=[Subject("invoice", book.late_invoice)], today=today(),
        )  # fmt: skip
        pieces = samples.zipped({"notice.pdf": samples.pdf("Notice"), "virus.pdf": b"MZ"})
        actor = book.place.users["admin"]
        intake_id = intakes.receive(**asked, name="pieces.zip", chunks=[pieces], actor_id=actor)
    take_in(tenant_id=house.tenant_id, intake_id=intake_id)
    return [
        reverse("documents"),
        reverse("claims"),
        reverse("documents_intake", args=[intake_id]),
        reverse("document", args=[kept.document_id]),
        reverse("customer_documents", args=[book.late_customer]),
        reverse("invoice", args=[book.late_invoice]),
        reverse("settings_data"),
        reverse("settings_person", args=["customer", book.late_customer]),
    ]


@pytest.mark.parametrize("mode", MODES)
def test_the_pages_are_clean(chromium: Browser, live_server: Any, book: Books, mode: str) -> None:
    window = screen(chromium, live_server.url, mode, book.place.users["admin"])
    flaws = []
    for address in addresses(book, mode):
        window.open(address)
        flaws += [f"{address}: {flaw}" for flaw in window.flaws()]

    assert not flaws
