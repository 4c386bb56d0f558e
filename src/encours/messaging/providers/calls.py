"""One call that hands a message over by HTTPS, and what may be said of it afterwards.

Until the connection is made nothing was given: the channel is down. From the first byte on an
answer that does not come leaves a doubt, unless the provider knows our idempotency key. No
connection is kept: one that the other end closed meanwhile would look like a lost answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

import httpx

from encours.messaging.ports import PermanentRefusal, TemporaryRefusal, Uncertain

REPLY_MAX: Final = 300
NOT_KEPT: Final = httpx.Limits(max_keepalive_connections=0)
NEVER_LEFT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)
OUR_ACCOUNT: Final = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.PAYMENT_REQUIRED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
)
NOT_NOW: Final = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)

Refuse = Callable[[Mapping[str, Any], int], PermanentRefusal | TemporaryRefusal | None]


def client(*, timeout_s: float = 30.0) -> httpx.Client:
    """Return a client that waits so long and no longer, and goes where it was sent only."""
    return httpx.Client(
        timeout=httpx.Timeout(timeout_s, connect=10),
        limits=NOT_KEPT,
        follow_redirects=False,
        headers={"Accept": "application/json", "User-Agent": "encours"},
    )


def handed(
    http: httpx.Client,
    request: httpx.Request,
    *,
    refuse: Refuse,
    has_key: bool = False,
) -> dict[str, Any]:
    """Hand a message over and return the answer.

    `refuse` reads the provider's own words of a 4xx. With `has_key` the request carries a key
    that makes a second one harmless: a lost answer is then tried again, and is no doubt.
    """
    try:
        answer = http.send(request)
    except NEVER_LEFT as problem:
        message = "Le prestataire n'est pas joignable."
        raise TemporaryRefusal(message, phase="connection", reply=str(problem)) from problem
    except httpx.TransportError as problem:
        raise _lost(str(problem) or type(problem).__name__, has_key=has_key) from problem
    told = _read(answer)
    status = answer.status_code
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        if not told:
            raise _lost(_said(answer), has_key=has_key)
        return told
    if status in NOT_NOW:
        message = "Le prestataire demande d'attendre."
        raise TemporaryRefusal(message, phase="connection", code=status, reply=_said(answer))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise _lost(_said(answer), has_key=has_key, code=status)
    refusal = refuse(told, status)
    if refusal is not None:
        raise refusal
    if status in OUR_ACCOUNT:
        message = "Le prestataire refuse l'accès : identifiants, droits ou crédit du compte."
        raise TemporaryRefusal(message, phase="connection", code=status, reply=_said(answer))
    message = "Le prestataire refuse le message."
    raise PermanentRefusal(message, phase="content", code=status, reply=_said(answer))


def _lost(reply: str, *, has_key: bool, code: int = 0) -> Uncertain | TemporaryRefusal:
    if has_key:
        return TemporaryRefusal(phase="content", code=code, reply=reply)
    message = "Le prestataire n'a pas répondu après avoir reçu le message : il est peut-être parti."
    return Uncertain(message, code=code, reply=reply)


def _read(answer: httpx.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _said(answer: httpx.Response) -> str:
    return f"{answer.status_code} {' '.join(answer.text.split())}"[:REPLY_MAX]
