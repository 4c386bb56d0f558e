"""Takes the pictures of each step's mail: phone and desktop width, light and dark.

`python tools/mails.py` writes them under `build/screenshots/mails/`.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from encours.dunning.texts import samples
from encours.dunning.texts.shipped import STEPS, shipped
from encours.messaging.rules.html import html_body
from encours.messaging.rules.notice import LANGUAGES, Kind, Language, Line, Notice

OUT = Path(__file__).resolve().parent.parent / "build" / "screenshots" / "mails"
SIZES = {"desktop": (900, 900), "phone": (375, 812)}
KINDS: dict[str, Kind] = {
    "prevenance": "prevenance",
    "mise_en_demeure": "mise_en_demeure",
    "remerciement": "remerciement",
    "releve": "releve",
}
TODAY = date(2026, 11, 23)


def example(name: str, language: Language) -> Notice:
    """Return the mail of a step: lines due, one that will be, interest where it is asked."""
    situation = next(one for one in samples.situations(name) if "many" in one.flags)
    message = samples.example(
        shipped(name, language), name, language, "one" if name == "prevenance" else "many"
    )
    told = replace(
        samples.notice(message, situation, language),
        kind=KINDS.get(name, "relance"),
        our_reference="C00042",
        signatory="Anne Lenoir",
        signatory_role="Responsable crédit",
    )
    late = (
        Line("FA-2026-0101", date(2026, 8, 31), date(2026, 9, 30), 120_000, 120_000, 54),
        Line("FA-2026-0117", date(2026, 9, 15), date(2026, 10, 15), 84_050, 34_050, 39),
    )
    soon = Line("FA-2026-0200", date(2026, 11, 20), date(2026, 12, 20), 56_000, 56_000)
    before = Line("FA-1", date(2026, 8, 31), samples.DUE, 154_050, 154_050)
    lines = {"prevenance": (before,), "releve": (*late, soon)}
    sender = replace(told.sender, email="compta@lenoir.example", phone="05 56 00 00 00")
    if name == "prevenance":
        told = replace(told, written_on=date(2026, 9, 21))
    if name in {"relance_2", *samples.CLAIMING}:
        told = replace(told, interest_cents=2_652, indemnity_cents=8_000)
    if name in samples.CLAIMING:
        told = replace(told, pay_before=date(2026, 12, 1))
    payment = None if name == "remerciement" else told.payment
    return replace(told, sender=sender, lines=lines.get(name, late), payment=payment)


def shoot(browser: Browser, name: str, language: Language) -> None:
    """Take the four pictures of one mail, and say when it is wider than a phone."""
    page_text = html_body(example(name, language))
    for size, (width, height) in SIZES.items():
        for scheme in ("light", "dark"):
            page = browser.new_page(
                viewport={"width": width, "height": height},
                color_scheme="dark" if scheme == "dark" else "light",
            )
            page.set_content(page_text)
            path = OUT / f"{name}-{language}-{size}-{scheme}.png"
            page.screenshot(path=path, full_page=True)
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                sys.stderr.write(f"{path.name}: {wide} px wide in {width}\n")
            page.close()


def main() -> None:
    """Draw every text in both languages."""
    OUT.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for name in STEPS:
            for language in LANGUAGES:
                shoot(browser, name, language)
        browser.close()


if __name__ == "__main__":
    main()
