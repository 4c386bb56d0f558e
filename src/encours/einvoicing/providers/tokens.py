"""OAuth 2 client credentials, kept until shortly before they end (RFC 6749, 4.4)."""

from __future__ import annotations

import time
from typing import Final

import httpx

from encours.einvoicing.ports import Access, AccessDenied, RefusedByPlatform, TryLater

MARGIN_S: Final = 30
LIFE_S: Final = 300
RETRY_S: Final = 60
BODY_MAX: Final = 25 * 1024 * 1024
DENIED: Final = frozenset({400, 401, 403})
BUSY: Final = frozenset({429, 503})


class Tokens:
    """The bearer token of one access; asked again when the platform no longer takes it."""

    def __init__(self, http: httpx.Client, access: Access, *, scope: str = "") -> None:
        self._http, self._access, self._scope = http, access, scope
        self._token, self._until = "", 0.0

    def bearer(self) -> str:
        """Return a token that is good for a while; raises AccessDenied."""
        if self._token and time.monotonic() < self._until:
            return self._token
        asked = {
            "grant_type": "client_credentials",
            "client_id": self._access.client_id,
            "client_secret": self._access.client_secret,
        }
        answer = self._http.post(
            self._access.token_url, data=asked | ({"scope": self._scope} if self._scope else {})
        )
        if answer.status_code in DENIED:
            raise AccessDenied("La plateforme refuse l'identifiant ou le secret.")
        answer.raise_for_status()
        told = answer.json()
        self._token = str(told["access_token"])
        self._until = time.monotonic() + int(told.get("expires_in", LIFE_S)) - MARGIN_S
        return self._token

    def forget(self) -> None:
        """Ask for a new token next time."""
        self._token = ""


def call(http: httpx.Client, tokens: Tokens, request: httpx.Request) -> httpx.Response:
    """Send a request with a token, once more when it had ended; translate the refusals."""
    for is_last in (False, True):
        request.headers["Authorization"] = f"Bearer {tokens.bearer()}"
        answer = http.send(request)
        if answer.status_code != httpx.codes.UNAUTHORIZED or is_last:
            break
        tokens.forget()
    if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        raise AccessDenied("La plateforme refuse l'accès.")
    if answer.status_code in BUSY:
        raise TryLater("La plateforme est occupée.", _seconds(answer))
    if httpx.codes.BAD_REQUEST <= answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
        raise RefusedByPlatform(f"{answer.status_code} {_said(answer)}".strip())
    answer.raise_for_status()
    return answer


def _seconds(answer: httpx.Response) -> int:
    told = answer.headers.get("Retry-After", "")
    return int(told) if told.isascii() and told.isdecimal() else RETRY_S


def _said(answer: httpx.Response) -> str:
    try:
        told = answer.json()
    except ValueError:
        return ""
    if not isinstance(told, dict):
        return ""
    words = (told.get(name) for name in ("errorCode", "errorMessage", "libelle"))
    return " : ".join(str(one) for one in words if one)[:300]
