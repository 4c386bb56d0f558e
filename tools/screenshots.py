"""Takes the pictures of every page of the demonstration, desktop and phone, light and dark.

`make screenshots` writes them under `build/screenshots/`; the two of the README go to
`docs/images/`. The demonstration is loaded first if it is not there.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "build" / "screenshots"
SHOWN = {"dashboard-desktop-light": "dashboard", "why-not-phone-dark": "why-not"}
PAGES = {
    "dashboard": "/tableau-de-bord/",
    "balance": "/balance-agee/",
    "organisations": "/balance-agee/organisations/",
    "customers": "/clients/",
    "unreachable": "/clients/injoignables/",
    "profiles": "/clients/profils/",
    "thresholds": "/reglages/profils/",
    "segments": "/reglages/segments/",
    "classes": "/clients/nature/",
    "invoices": "/factures/",
    "unnumbered": "/factures/sans-numero/",
    "numbers": "/imports/numeros/",
    "proposals": "/lettrages-proposes/",
    "penalty-proposals": "/notes-de-penalites/a-emettre/",
    "penalty-settings": "/reglages/penalites/",
    "rewards": "/clients/bons-payeurs/",
    "discounts": "/escomptes/",
    "discount-entries": "/escomptes/ecritures/",
    "discount-settings": "/reglages/escompte/",
    "imports": "/imports/",
    "plan": "/relances/",
    "forecast": "/relances/trente-jours/",
    "why-not": "/relances/pourquoi-pas/",
    "coverage": "/relances/suivi/",
    "scenario": "/relances/scenario/",
    "scenarios": "/reglages/scenarios/",
    "agency": "/reglages/cabinet/",
    "editor": "/reglages/scenario/?etape=relance_2",
    "versions": "/reglages/scenario/versions/",
    "replays": "/reglages/scenario/simulation/",
    "texts": "/reglages/textes/",
    "text": "/reglages/textes/relance_2/fr/",
    "golive": "/relances/mise-en-service/",
    "triage": "/relances/retards-anterieurs/",
    "replies": "/reponses/",
    "causes": "/reponses/causes/",
    "replies-settings": "/reglages/reponses/",
    "calls": "/appels/",
    "calling": "/reglages/appels/",
    "outbox": "/messages/",
    "letters": "/messages/courriers/",
    "letters-sent": "/messages/courriers/en-route/",
    "postage": "/reglages/courriers/",
    "mailbox": "/boite/",
    "guide": "/premiers-pas/",
    "settings": "/reglages/societe/",
    "bank": "/reglages/banque/",
    "sender": "/reglages/expediteur/",
    "channels": "/reglages/canaux/",
    "channel": "/reglages/canaux/whatsapp/twilio/",
    "terms": "/reglages/conditions/",
    "rates": "/reglages/taux/",
    "users": "/reglages/utilisateurs/",
    "journal": "/reglages/journal/",
    "profile": "/profil/",
    "documents": "/pieces/",
    "claims": "/pieces/creances/",
    "sources": "/imports/sources/",
    "contacts": "/imports/interlocuteurs/",
    "duplicates": "/clients/doublons/",
    "lines": "/balance-agee/lignes/",
    "currencies": "/reglages/devises/",
    "portfolios": "/reglages/portefeuilles/",
    "portfolio-moves": "/reglages/portefeuilles/apercu/",
    "fields": "/reglages/champs/",
    "reminding": "/reglages/societe/relances/",
    "einvoicing": "/reglages/facturation/",
    "keys": "/reglages/api/cles/",
    "webhooks": "/reglages/api/webhooks/",
    "departures": "/reglages/donnees/",
}
# Pages of one thing: the first link of that shape on a page above, then what follows it.
FOLLOWED = {
    "customer": ("/clients/?sort=-open", r"/clients/\d+/", ""),
    "payer": ("/clients/?sort=-open", r"/clients/\d+/", "payeur/"),
    "statement": ("/clients/?sort=-open", r"/clients/\d+/", "releve/"),
    "interest": ("/clients/?sort=-open", r"/clients/\d+/", "interets/"),
    "why": ("/clients/?sort=-open", r"/clients/\d+/", "relances/"),
    "customer-discounts": ("/clients/?sort=-open", r"/clients/\d+/", "escomptes/"),
    "call": ("/appels/", r"/appels/\d+/", ""),
    "tasks": ("/clients/?sort=-open", r"/clients/\d+/", "actions/"),
    "credit": ("/clients/?sort=-open", r"/clients/\d+/", "credit/"),
    "customer-documents": ("/clients/?sort=-open", r"/clients/\d+/", "pieces/"),
    "invoice": ("/factures/", r"/factures/\d+/", ""),
    "import": ("/imports/", r"/imports/\d+/", ""),
    "reminder": ("/relances/", r"/relances/\d+/", ""),
    "message": ("/messages/", r"/messages/\d+/", ""),
    "reply": ("/reponses/", r"/reponses/\d+/", ""),
}
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def main() -> None:
    """Load, serve, look at each page four times, keep the README's two."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "encours.config.settings"}
    environment.setdefault("ENCOURS_HOME", str(ROOT / "var" / "screenshots"))
    entry = [sys.executable, "-m", "encours.config.entry"]
    subprocess.run([*entry, "demo", "--no-serve"], env=environment, check=True)
    password = (Path(environment["ENCOURS_HOME"]) / "demo-password").read_text()
    OUT.mkdir(parents=True, exist_ok=True)
    with served(entry, environment) as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        for scheme in ("light", "dark"):
            for size, (width, height) in SIZES.items():
                look(browser, address, password, scheme=scheme, size=size, box=(width, height))
        browser.close()
    images = ROOT / "docs" / "images"
    images.mkdir(parents=True, exist_ok=True)
    for name in SHOWN:
        shutil.copy(OUT / f"{name}.png", images / f"{name}.png")


@contextmanager
def served(entry: list[str], environment: dict[str, str]) -> Iterator[str]:
    """Serve the site on a free port while the pictures are taken."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [*entry, "serve", "--port", str(port), "--workers", "1"]
    server = subprocess.Popen(words, env=environment)
    address = f"http://localhost:{port}"
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{address}/compte/login/", timeout=5)  # noqa: S310
                break
            except OSError:
                time.sleep(1)
        yield address
    finally:
        server.terminate()
        server.wait()


def look(
    browser: Browser,
    address: str,
    password: str,
    *,
    scheme: str,
    size: str,
    box: tuple[int, int],
) -> None:
    """Log in and take every page in one scheme and one size."""
    context = browser.new_context(
        viewport={"width": box[0], "height": box[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        locale="fr-FR",
    )
    page = context.new_page()
    page.goto(f"{address}/compte/login/")
    page.screenshot(path=OUT / f"login-{size}-{scheme}.png")
    page.fill("input[name=login]", "demo@encours.example")
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state("networkidle")
    for name, path in PAGES.items():
        take(page, f"{address}{path}", OUT / f"{name}-{size}-{scheme}.png")
    for name, (path, shape, rest) in FOLLOWED.items():
        page.goto(f"{address}{path}")
        links = [link.get_attribute("href") or "" for link in page.locator("main a").all()]
        found = next((link for link in links if re.fullmatch(shape, link)), None)
        if found:
            take(page, f"{address}{found}{rest}", OUT / f"{name}-{size}-{scheme}.png")
        else:
            print(f"{path}: no link to {shape}")
    context.close()


def take(page: Page, address: str, path: Path) -> None:
    """Take one page; an address that answers badly is said and left out."""
    try:
        answer = page.goto(address)
    except Error as problem:
        print(problem.message.splitlines()[0])
        return
    if answer is None or not answer.ok:
        print(f"{address}: {answer.status if answer else 'no answer'}")
        return
    page.wait_for_load_state("networkidle")
    page.screenshot(path=path)


if __name__ == "__main__":
    main()
