"""The directory proves an address; only an invitation gave it an account and a role."""

from __future__ import annotations

import logging
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest
from django.shortcuts import render
from requests import RequestException

FORBIDDEN = 403
logger = logging.getLogger(__name__)


class DirectoryAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Joins a proved address to its account; makes no account."""

    def can_authenticate_by_email(self, login: Any, email: str) -> bool:
        """Believe the directory for its own domains, where they are listed."""
        domains = login.provider.app.settings.get("domains")
        is_ours = not domains or email.rpartition("@")[2].lower() in domains
        return is_ours and bool(super().can_authenticate_by_email(login, email))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Say why this person has no account here."""
        proved = [one.email for one in sociallogin.email_addresses if one.verified]
        given = {"email": next(iter(proved), ""), "provider": sociallogin.provider}
        raise ImmediateHttpResponse(
            render(request, "signon/unknown_person.html", given, status=FORBIDDEN)
        )

    def on_authentication_error(
        self,
        request: HttpRequest,  # noqa: ARG002
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Write the reason in the program's log, on one line; the page tells a silence apart."""
        cause = getattr(exception, "__cause__", None)
        logger.warning("sign-in by %s: %s %.300r %.300r", provider.id, error, exception, cause)
        if extra_context is not None:
            is_silent = isinstance(exception, (RequestException, OSError))
            extra_context["is_silent"] = is_silent
