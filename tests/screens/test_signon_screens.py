"""Sign-in by the directory in a real browser: across two sites, under our policies."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse
from playwright.sync_api import Browser
from tests.conftest import found_house
from tests.screens.conftest import MODES, screen
from tests.web.directories import (
    CLIENT_ID,
    CLIENT_SECRET,
    ENTITY_ID,
    OpenIdProvider,
    SamlProvider,
    certificate,
    served,
)
from tests.web.places import add_user

from encours.config import single_sign_on
from encours.tenancy.models import User
from encours.tenancy.scope import in_tenant

pytestmark = [pytest.mark.screens, pytest.mark.django_db(transaction=True)]
REFUSALS = ("401 (Unauthorized)", "403 (Forbidden)")


@pytest.fixture
def person(transactional_db: None) -> User:
    house = found_house()
    with in_tenant(house.tenant_id):
        user = add_user(house, "admin", "annuaire")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def directory(
    person: User, live_server: Any, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OpenIdProvider]:
    """One directory on 127.0.0.1, another site than localhost for a browser."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    pem = tmp_path / "annuaire.pem"
    pem.write_text(certificate("ours"))
    who = {"sub": f"s-{person.pk}", "email": person.email, "email_verified": True}
    site = f"{live_server.url}/compte/saml/entreprise"
    consumer = f"{site}/acs/"
    saml = SamlProvider(
        person.email, audience=f"{site}/metadata/", consumer=consumer, recipient=consumer
    )
    with served(OpenIdProvider(who, saml=saml)) as provider:
        settings.SOCIALACCOUNT_PROVIDERS = single_sign_on.providers(
            {
                "ENCOURS_OIDC_ISSUER": provider.address,
                "ENCOURS_OIDC_CLIENT_ID": CLIENT_ID,
                "ENCOURS_OIDC_CLIENT_SECRET": CLIENT_SECRET,
                "ENCOURS_OIDC_NAME": "Connexion Microsoft Durand",
                "ENCOURS_SAML_ENTITY_ID": ENTITY_ID,
                "ENCOURS_SAML_SSO_URL": f"{provider.address}/sso",
                "ENCOURS_SAML_CERTIFICATE": str(pem),
                "ENCOURS_SAML_DOMAINS": "annuaire.example",
                "ENCOURS_SAML_NAME": "Connexion de la filiale",
            }
        )
        yield provider


def keep(window: Any, name: str) -> None:
    """Keep the picture where somebody asked for it."""
    folder = os.environ.get("ENCOURS_PICTURES")
    if folder:
        window.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("mode", MODES)
def test_one_click_leads_in_and_refusals_are_clean(
    chromium: Browser, live_server: Any, directory: OpenIdProvider, mode: str
) -> None:
    window, flaws = screen(chromium, live_server.url, mode, None), []
    window.open("/compte/login/")
    keep(window, f"signon-login-{mode}")
    flaws += window.flaws()
    directory.person |= {"sub": "inconnu", "email": "inconnu@annuaire.example"}
    window.page.click("text=Connexion Microsoft Durand")
    window.page.wait_for_selector("text=Vous n'avez pas de compte ici")
    keep(window, f"signon-unknown-{mode}")
    flaws += window.flaws()
    directory.silent = ("/.well-known/openid-configuration",)
    window.open("/compte/oidc/oidc/login/")
    assert window.page.inner_text("h1") == "L'annuaire ne répond pas"
    keep(window, f"signon-silent-{mode}")
    flaws += window.flaws()

    assert not [flaw for flaw in flaws if not any(one in flaw for one in REFUSALS)]


def test_openid_leads_in(
    chromium: Browser, live_server: Any, directory: OpenIdProvider, person: User
) -> None:
    window = screen(chromium, live_server.url, "light", None)
    window.open(f"/compte/login/?next={reverse('profile')}")
    window.page.click("text=Connexion Microsoft Durand")
    window.page.wait_for_selector(f"text={person.email}")

    assert not window.complaints


def test_saml_leads_in_across_two_sites(
    chromium: Browser, live_server: Any, directory: OpenIdProvider, person: User
) -> None:
    window = screen(chromium, live_server.url, "light", None)
    window.open(f"/compte/login/?next={reverse('profile')}")
    window.page.click("text=Connexion de la filiale")
    window.page.click("text=Continuer")
    window.page.wait_for_selector(f"text={person.email}")

    assert not window.complaints
