"""Keeps the list of open sessions up to date, and pages out of the browser's cache."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse

EVERY_S: Final = 600
SESSION_KEY: Final = "seen_at"


class ActivityMiddleware:
    """Notes where and when a session was last seen, at most once in ten minutes.

    A shared computer must not show a ledger to the next person who presses « back ».
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Note the session before the view runs; what a member saw is stored nowhere."""
        if request.user.is_authenticated and request.session.session_key:
            now = int(time.time())
            if now - int(request.session.get(SESSION_KEY, 0)) >= EVERY_S:
                request.session[SESSION_KEY] = now
                UserSession.objects.create_from_request(request)
        response = self.get_response(request)
        if request.user.is_authenticated and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-store"
        return response
