"""A real Chromium over the live site; every page is looked at in both lights and on a phone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "build" / "axe" / "axe-core" / "axe.min.js"
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MODES = {"light": ("light", 1280), "dark": ("dark", 1280), "phone": ("light", 390)}
RUN_AXE = """
axe.run(document, {iframes: false}).then(found => found.violations.map(one =>
    `${one.id}: ${one.nodes.map(node => node.html.slice(0, 160)).join(' | ')}`))
"""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    if not AXE.exists():
        pytest.skip("axe is not there: python tools/assets.py")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGS)
        yield browser
        browser.close()


@dataclass
class Screen:
    """A page of the live site, and what its console complained of."""

    page: Page
    url: str
    width: int
    complaints: list[str]

    def open(self, path: str) -> None:
        """Go to an address of the site and wait for its scripts."""
        self.page.goto(f"{self.url}{path}", wait_until="load")

    def flaws(self) -> list[str]:
        """Return what axe finds, what overflows, what the console said."""
        self.page.evaluate(AXE.read_text("utf-8"))
        found: list[str] = self.page.evaluate(RUN_AXE)
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if wide > self.width:
            found.append(f"overflow: {wide} px wide on a screen of {self.width}")
        found += self.complaints
        self.complaints.clear()
        return found


def screen(browser: Browser, url: str, mode: str, user_id: int | None) -> Screen:
    """Open a browser window; logged in unless `user_id` is None."""
    scheme, width = MODES[mode]
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
        locale="fr-FR",
    )
    if user_id is not None:
        context.add_cookies([_session(url, user_id)])
    page = context.new_page()
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(f"console: {message.text}")

    page.on("console", listen)
    page.on("pageerror", lambda problem: complaints.append(f"script: {problem}"))
    return Screen(page, url, width, complaints)


def _session(url: str, user_id: int) -> Any:
    from encours.tenancy.models import User  # noqa: PLC0415 - once Django is ready

    client = Client()
    client.force_login(User.objects.get(pk=user_id))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    return {"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}
