"""Sign-in by the company's directory: allauth's settings, read from the environment.

OIDC and SAML, one directory each; shape: https://docs.allauth.org/en/latest/socialaccount/providers/
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured

HAS_SAML: Final = importlib.util.find_spec("onelogin") is not None
SAML_SLUG: Final = "entreprise"
NAME: Final = "Connexion d'entreprise"
EMAIL_ATTRIBUTES: Final = (
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    "urn:oid:0.9.2342.19200300.100.1.3",
    "urn:oid:1.2.840.113549.1.9.1",
    "email",
    "mail",
)


def providers(given: Mapping[str, str]) -> dict[str, Any]:
    """Return SOCIALACCOUNT_PROVIDERS; a provider without an app shows nowhere."""
    found: dict[str, Any] = {
        "openid_connect": {
            "provider_class": "encours.web.signon.openid.provider.OpenIdDirectory",
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [_openid(given)] if given.get("ENCOURS_OIDC_ISSUER") else [],
        }
    }
    asked = bool(given.get("ENCOURS_SAML_ENTITY_ID"))
    if asked and not HAS_SAML:
        raise ImproperlyConfigured("SAML : installez d'abord « encours[saml] ».")
    if HAS_SAML:
        found["saml"] = {
            "provider_class": "encours.web.signon.saml.provider.SamlDirectory",
            "APPS": [_saml(given)] if asked else [],
        }
    return found


def _openid(given: Mapping[str, str]) -> dict[str, Any]:
    return {
        "provider_id": "oidc",
        "name": given.get("ENCOURS_OIDC_NAME") or NAME,
        "client_id": _needed(given, "ENCOURS_OIDC_CLIENT_ID"),
        "secret": given.get("ENCOURS_OIDC_CLIENT_SECRET", ""),
        "settings": {
            "server_url": given["ENCOURS_OIDC_ISSUER"].rstrip("/"),
            "email_claim": given.get("ENCOURS_OIDC_EMAIL_CLAIM") or "email",
            **_trust(_domains(given.get("ENCOURS_OIDC_DOMAINS", ""))),
        },
    }


def _saml(given: Mapping[str, str]) -> dict[str, Any]:
    """SAML has no usual mark of a proved address: the domains say which ones are believed."""
    domains = _domains(_needed(given, "ENCOURS_SAML_DOMAINS"))
    attribute = given.get("ENCOURS_SAML_EMAIL_ATTRIBUTE", "")
    entity_id = given["ENCOURS_SAML_ENTITY_ID"]
    return {
        "provider_id": entity_id,  # another directory's identifiers are other people's
        "name": given.get("ENCOURS_SAML_NAME") or NAME,
        "client_id": SAML_SLUG,
        "settings": {
            "idp": {"entity_id": entity_id, **_identity_provider(given)},
            "attribute_mapping": {
                "uid": ["urn:oasis:names:tc:SAML:attribute:subject-id"],
                "email": [attribute] if attribute else list(EMAIL_ATTRIBUTES),
            },
            "advanced": {
                "strict": True,
                "want_assertion_signed": True,
                "want_attribute_statement": False,  # the address may be the NameID
                "allow_single_label_domains": True,  # an intranet's names
                "reject_idp_initiated_sso": given.get("ENCOURS_SAML_UNSOLICITED") != "1",
            },
            **_trust(domains),
        },
    }


def _identity_provider(given: Mapping[str, str]) -> dict[str, str]:
    if given.get("ENCOURS_SAML_METADATA_URL"):
        return {"metadata_url": given["ENCOURS_SAML_METADATA_URL"]}
    path = Path(_needed(given, "ENCOURS_SAML_CERTIFICATE"))
    try:
        certificate = path.read_text("ascii")
    except (OSError, ValueError) as problem:
        raise ImproperlyConfigured(
            f"ENCOURS_SAML_CERTIFICATE : {path} ne se lit pas comme un certificat PEM."
        ) from problem
    return {"sso_url": _needed(given, "ENCOURS_SAML_SSO_URL"), "x509cert": certificate}


def _trust(domains: list[str]) -> dict[str, Any]:
    """Join a proved address to its account; with domains, those alone, and without other proof."""
    return {"email_authentication": True, "verified_email": domains, "domains": domains}


def _domains(text: str) -> list[str]:
    return [one.strip().lower().lstrip("@") for one in text.split(",") if one.strip(" @")]


def _needed(given: Mapping[str, str], name: str) -> str:
    if not given.get(name, "").strip(" ,@"):
        raise ImproperlyConfigured(
            f"{name} manque : voir le guide « Se connecter par l'annuaire »."
        )
    return given[name]
