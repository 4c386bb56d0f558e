"""The language of the site, kept in a cookie so that the login page speaks it too."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse

YEAR_S = 365 * 24 * 3600


def keep_language(response: HttpResponse, language: str) -> None:
    """Remember the language in this browser."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=YEAR_S,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
