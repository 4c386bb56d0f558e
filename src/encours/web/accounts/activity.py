"""Keeps the list of open sessions up to date without a write on every page."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse

EVERY_S: Final = 600
SESSION_KEY: Final = "seen_at"


class ActivityMiddleware:
    """Notes where and when a session was last seen, at most once in ten minutes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Note the session before the view runs."""
        if request.user.is_authenticated and request.session.session_key:
            now = int(time.time())
            if now - int(request.session.get(SESSION_KEY, 0)) >= EVERY_S:
                request.session[SESSION_KEY] = now
                UserSession.objects.create_from_request(request)
        return self.get_response(request)
