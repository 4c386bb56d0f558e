"""An OAuth 2 token by password (RFC 6749, 4.3), kept until shortly before it ends."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

import httpx

from encours.messaging.providers import postal_calls as calls

MARGIN_S: Final = 30
LIFE_S: Final = 300


class Password:
    """The bearer token of one account; asked again when the provider no longer takes it."""

    def __init__(self, http: httpx.Client, url: str, given: Mapping[str, str]) -> None:
        """Take the settings `client_id`, `client_secret`, `username` and `password`."""
        self._http, self._url, self._given = http, url, given
        self._token, self._until = "", 0.0

    def bearer(self) -> str:
        """Return a token that is good for a while, or raise the refusal of the account."""
        if self._token and time.monotonic() < self._until:
            return self._token
        names = ("client_id", "client_secret", "username", "password")
        form = {"grant_type": "password", **{name: self._given.get(name, "") for name in names}}
        answer = calls.sent(self._http, self._http.build_request("POST", self._url, data=form))
        if answer.is_client_error and answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
            raise calls.denied(calls.words(answer), answer.status_code)
        told = calls.json_of(calls.accepted(answer, phase_of=lambda _said: "content"))
        self._token = str(told.get("access_token") or "")
        self._until = time.monotonic() + int(told.get("expires_in") or LIFE_S) - MARGIN_S
        return self._token

    def forget(self) -> None:
        """Ask for a new token next time."""
        self._token = ""
