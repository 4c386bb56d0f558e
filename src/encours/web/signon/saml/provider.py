"""The company's directory, by SAML, as allauth registers it; an answer counts once."""

from __future__ import annotations

import hashlib
import time
from typing import Any, Final

from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.saml.provider import SAMLProvider
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from onelogin.saml2.errors import OneLogin_Saml2_Error

DRIFT_S: Final = 600  # twice what python3-saml allows two clocks to differ
DAY_S: Final = 24 * 3600
# What python3-saml raises of a directory that is silent, or says what cannot be read (lxml's own
# error is a SyntaxError: named by its base, lxml stays out of the start of every command).
UNREADABLE: Final = (OneLogin_Saml2_Error, OSError, KeyError, SyntaxError)


class SamlDirectory(SAMLProvider):  # type: ignore[misc]
    """Leads to the directory; refuses an assertion that was already used."""

    package = "encours.web.signon.saml"

    def redirect(
        self,
        request: HttpRequest,
        process: str,
        next_url: str | None = None,
        data: Any = None,
        **kwargs: Any,
    ) -> HttpResponse:
        """Lead to the directory, or say that it does not answer."""
        try:
            response: HttpResponse = super().redirect(request, process, next_url, data, **kwargs)
        except UNREADABLE as problem:
            response = render_authentication_error(
                request, self, exception=problem, extra_context={}
            )
        return response

    def sociallogin_from_response(self, request: HttpRequest, response: Any) -> Any:
        """Use an assertion once (SAML profiles, 4.1.4.5), then read whom it names."""
        ends = response.get_last_assertion_not_on_or_after()
        lasts = max(ends - time.time(), 0) + DRIFT_S if ends else DAY_S
        key = f"{self.app.provider_id}.{response.get_last_assertion_id()}"
        if not cache.add(_digest(key), value=True, timeout=lasts):
            raise PermissionDenied("this assertion was already used")
        if not self.extract_uid(response):
            raise PermissionDenied("the assertion names nobody")
        return super().sociallogin_from_response(request, response)


def _digest(key: str) -> str:
    return f"saml.used.{hashlib.sha256(key.encode()).hexdigest()}"


provider_classes = [SamlDirectory]
