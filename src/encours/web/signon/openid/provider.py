"""The company's directory, by OpenID Connect, as allauth registers it."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.http import HttpRequest, HttpResponse
from requests import RequestException

from encours.web.signon.openid.exchange import Exchange


class OpenIdDirectory(OpenIDConnectProvider):  # type: ignore[misc]
    """Sends each login with a nonce; believes an address only when the directory proves it."""

    package = "encours.web.signon.openid"
    oauth2_adapter_class = Exchange

    def redirect(
        self,
        request: HttpRequest,
        process: str,
        next_url: str | None = None,
        data: Any = None,
        **kwargs: Any,
    ) -> HttpResponse:
        """Lead to the directory, or say that it does not answer."""
        nonce = secrets.token_urlsafe(24)
        kwargs["auth_params"] = {**self.get_auth_params(), "nonce": nonce}
        kwargs["scope"] = self.get_scope()
        try:
            response: HttpResponse = super().redirect(
                request, process, next_url, data, nonce=nonce, **kwargs
            )
        except (OAuth2Error, RequestException) as problem:
            response = render_authentication_error(
                request, self, exception=problem, extra_context={}
            )
        return response

    def extract_common_fields(self, data: Any) -> dict[str, Any]:
        """Give the address apart, with its proof: allauth would take one without it."""
        fields: dict[str, Any] = super().extract_common_fields(data)
        fields.pop("email", None)
        return fields

    def extract_email_addresses(self, data: Any) -> list[EmailAddress]:
        """Return the address, unless the directory says that it did not check it.

        Entra ID says nothing: the listed domains decide (`verified_email`).
        """
        person = data["userinfo"]
        email = person.get(self.app.settings.get("email_claim", "email"))
        word = str(person.get("email_verified", "")).lower()
        if not isinstance(email, str) or word == "false":
            return []
        return [EmailAddress(email=email, verified=word == "true", primary=True)]


provider_classes = [OpenIdDirectory]
