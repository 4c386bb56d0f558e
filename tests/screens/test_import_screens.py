"""Tables brought by a newcomer: columns looked at, changed and read again, in a real browser."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, expect
from tests.screens.conftest import MODES, Screen, screen
from tests.screens.workbooks import open_items
from tests.web.places import Place, place

from encours.imports.actions import uploads
from encours.imports.models import FileImport
from encours.tenancy.scope import in_tenant

SLOW_MS = 60_000
pytestmark = [pytest.mark.screens, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def mine(transactional_db: None, tmp_path: Path, settings: Any) -> Place:
    settings.IMPORTS_ROOT = tmp_path / "kept"
    return place("TABLES")


def waiting(mine: Place, path: Path) -> str:
    """Drop a table whose columns wait for a person; return the address of its columns."""
    tenant_id = mine.house.tenant_id
    with in_tenant(tenant_id):
        import_id = uploads.receive(
            tenant_id=tenant_id,
            creditor_id=mine.house.creditor_id,
            name=path.name,
            chunks=[path.read_bytes()],
            author_id=mine.users["admin"],
            kind="table",
        )
        FileImport.objects.of(tenant_id).filter(pk=import_id).update(state="mapping")
    return reverse("import_columns", args=[import_id])


def fields(window: Screen) -> list[str]:
    """Return what each column is said to be."""
    boxes = window.page.locator(".mapping-columns select")
    return [boxes.nth(at).input_value() for at in range(boxes.count())]


@pytest.mark.parametrize("mode", MODES)
def test_the_columns_are_clean(
    chromium: Browser, live_server: Any, mine: Place, tmp_path: Path, mode: str
) -> None:
    window = screen(chromium, live_server.url, mode, mine.users["admin"])
    window.open(waiting(mine, open_items(tmp_path / "impayes.xlsx", date(2026, 11, 20))))

    assert not window.flaws()
    assert fields(window)[:4] == ["customer_name", "number", "issued_on", "due_on"]


def test_a_change_reads_the_rows_again(
    chromium: Browser, live_server: Any, mine: Place, tmp_path: Path
) -> None:
    window = screen(chromium, live_server.url, "light", mine.users["admin"])
    window.open(waiting(mine, open_items(tmp_path / "impayes.xlsx", date(2026, 11, 20))))
    page = window.page

    page.get_by_label("Chantier", exact=True).focus()
    page.get_by_label("Chantier", exact=True).select_option("label")
    page.locator("#columns:not(.htmx-request) th:has-text('Libellé')").wait_for()
    assert page.get_by_label("Chantier", exact=True).evaluate(
        "box => box === document.activeElement"
    )
    assert page.locator("td", has_text="Salle des fêtes").count() > 1

    page.get_by_label("E-mail", exact=True).select_option("label")
    expect(page.locator("#c7")).to_have_value("", timeout=SLOW_MS)
    assert fields(window)[6:] == ["label", ""], "a field has one column, the last chosen"

    page.get_by_label("Des factures et des règlements").check()
    expect(page.locator("#as-of")).to_have_count(0, timeout=SLOW_MS)
    assert "amount" in fields(window)
    assert not window.flaws()
