"""Nobody signs up by themselves: people are invited; each one's language follows them."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from encours.web.shell.language import keep_language


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closes self-registration; at login, shows the site in the person's own language."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Refuse: an invitation is the only way in."""
        return False

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Go on to the site, in the language of the profile."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        keep_language(response, user.language)
        return response
