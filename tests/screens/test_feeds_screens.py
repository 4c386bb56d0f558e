"""Pages of sources in a real browser: axe finds nothing, nothing overflows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser
from tests.feeds.places import fec, put, watch
from tests.screens.conftest import MODES, screen
from tests.web.places import Place, place

from encours.feeds import actions
from encours.feeds.ports import FILE_SOURCES
from encours.feeds.providers.folder import Folder

pytestmark = [pytest.mark.screens, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    return {}


@pytest.fixture
def source_id(
    transactional_db: None, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch,
    shown: dict[str, int],
) -> int:  # fmt: skip
    mine = place("ALPHA")
    if "source" not in shown:
        settings.IMPORTS_ROOT = tmp_path / "imports"
        filled = {"folder": lambda account: Folder(account, roots=[tmp_path], settle_s=0)}
        monkeypatch.setattr(FILE_SOURCES, "_filled", filled)
        put(tmp_path, "552100554FEC20261231.txt", fec())
        put(tmp_path, "export.txt", fec(wrong=True))
        shown["source"] = watch(mine.house, tmp_path, name="Exports de Sage")
        asked = {"tenant_id": mine.house.tenant_id, "source_id": shown["source"]}
        actions.run_source(**asked, trigger="hand")
    return shown["source"]


@pytest.mark.parametrize("mode", MODES)
def test_the_sources_are_clean(
    chromium: Browser, live_server: Any, source_id: int, mode: str
) -> None:
    mine: Place = place("ALPHA")
    window = screen(chromium, live_server.url, mode, mine.users["admin"])
    addresses = [
        reverse("sources"),
        reverse("source_one", args=(source_id,)),
        reverse("source_new", args=("sftp",)),
        reverse("source_new", args=("quickbooks",)),
    ]
    flaws = []
    for address in addresses:
        window.open(address)
        flaws += [f"{address}: {flaw}" for flaw in window.flaws()]

    assert not flaws
