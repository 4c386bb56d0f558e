"""What the environment says of the company's directories."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from encours.config import single_sign_on
from encours.config.single_sign_on import providers

OIDC = {"ENCOURS_OIDC_ISSUER": "https://annuaire.example/", "ENCOURS_OIDC_CLIENT_ID": "encours"}
SAML = {
    "ENCOURS_SAML_ENTITY_ID": "https://annuaire.example/saml",
    "ENCOURS_SAML_METADATA_URL": "https://annuaire.example/metadata",
    "ENCOURS_SAML_DOMAINS": "Durand.example, @filiale.example,",
}


def app(given: dict[str, str], provider: str) -> dict[str, Any]:
    (found,) = providers(given)[provider]["APPS"]
    return dict(found)


def test_nothing_said_is_no_directory() -> None:
    found = providers({})

    assert [entry["APPS"] for entry in found.values()] == [[], []]


def test_openid_asks_for_a_proof_of_the_client_and_of_the_browser() -> None:
    found = app(OIDC, "openid_connect")

    assert providers(OIDC)["openid_connect"]["OAUTH_PKCE_ENABLED"]
    assert found["settings"]["server_url"] == "https://annuaire.example"
    assert found["settings"]["email_claim"] == "email"
    assert found["settings"]["verified_email"] == []
    assert found["name"] == "Connexion d'entreprise"


def test_saml_wants_signed_answers_to_its_own_questions() -> None:
    settings = app(SAML, "saml")["settings"]

    assert settings["advanced"]["want_assertion_signed"]
    assert settings["advanced"]["strict"]
    assert settings["advanced"]["reject_idp_initiated_sso"]
    assert settings["domains"] == ["durand.example", "filiale.example"]
    assert settings["idp"] == {
        "entity_id": "https://annuaire.example/saml",
        "metadata_url": "https://annuaire.example/metadata",
    }


def test_saml_by_hand_reads_the_certificate(tmp_path: Path) -> None:
    path = tmp_path / "annuaire.pem"
    path.write_text("-----BEGIN CERTIFICATE-----\n")
    by_hand = {
        **SAML,
        "ENCOURS_SAML_METADATA_URL": "",
        "ENCOURS_SAML_SSO_URL": "https://annuaire.example/sso",
        "ENCOURS_SAML_CERTIFICATE": str(path),
        "ENCOURS_SAML_UNSOLICITED": "1",
        "ENCOURS_SAML_EMAIL_ATTRIBUTE": "courriel",
    }
    settings = app(by_hand, "saml")["settings"]

    assert settings["idp"]["x509cert"] == "-----BEGIN CERTIFICATE-----\n"
    assert settings["idp"]["sso_url"] == "https://annuaire.example/sso"
    assert not settings["advanced"]["reject_idp_initiated_sso"]
    assert settings["attribute_mapping"]["email"] == ["courriel"]


@pytest.mark.parametrize(
    ("given", "named"),
    [
        pytest.param({**OIDC, "ENCOURS_OIDC_CLIENT_ID": ""}, "ENCOURS_OIDC_CLIENT_ID", id="client"),
        pytest.param({**SAML, "ENCOURS_SAML_DOMAINS": " , "}, "ENCOURS_SAML_DOMAINS", id="domains"),
        pytest.param(
            {**SAML, "ENCOURS_SAML_METADATA_URL": ""}, "ENCOURS_SAML_CERTIFICATE", id="certificate"
        ),
        pytest.param(
            {**SAML, "ENCOURS_SAML_METADATA_URL": "", "ENCOURS_SAML_CERTIFICATE": "/nulle/part"},
            "/nulle/part",
            id="a file that is not there",
        ),
    ],
)
def test_what_is_missing_is_named(given: dict[str, str], named: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=named):
        providers(given)


def test_saml_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(single_sign_on, "HAS_SAML", False)

    assert "saml" not in providers(OIDC)
    with pytest.raises(ImproperlyConfigured, match=r"encours\[saml\]"):
        providers(SAML)
