"""Asks a software over HTTPS: the address checked, each refusal a sentence, no float kept.

Names are resolved and checked where the connection is made (`network`), redirects are not
followed, answers have a size and a deadline, numbers are read as decimals.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final

import httpcore
import httpx

from encours.feeds.ports import SlowDown, Unreachable
from encours.feeds.providers import network

TIMEOUT_S: Final = 30.0
ANSWER_MAX: Final = 50 * 1024 * 1024
WAIT_USUAL_S: Final = 60
WAIT_MAX_S: Final = 24 * 3600


class _CheckedNetwork(httpcore.SyncBackend):
    """Connects to checked addresses only, and to the very address that was checked."""

    def __init__(self, *, private: bool) -> None:
        self._private = private

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve, check every address, connect to the first that answers."""
        problem: Exception = httpcore.ConnectError("aucune adresse")
        for address in network.addresses(host, port, private=self._private):
            try:
                return super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as found:
                problem = found
        raise problem


def client(
    base_url: str, *, private: bool, headers: Mapping[str, str] | None = None
) -> httpx.Client:
    """Return a client of one software; without TLS only where private addresses are allowed."""
    if base_url.startswith("http://") and not private:
        raise Unreachable("Sans HTTPS, la clé serait lue par d'autres : écrivez https://…")
    context = httpx.create_ssl_context()
    transport = httpx.HTTPTransport(verify=context, trust_env=False)
    transport._pool = httpcore.ConnectionPool(  # noqa: SLF001 - httpx gives no other way in
        ssl_context=context, network_backend=_CheckedNetwork(private=private)
    )
    return httpx.Client(
        base_url=base_url.rstrip("/") + "/",
        headers={"Accept": "application/json", "User-Agent": "encours", **(headers or {})},
        timeout=TIMEOUT_S,
        transport=transport,
        trust_env=False,
    )


def asked(http: httpx.Client, method: str, path: str, **how: Any) -> Any:
    """Ask and return the JSON of the answer; raises Unreachable, SlowDown."""
    try:
        with http.stream(method, path, **how) as answer:
            return _read(answer)
    except httpx.TimeoutException as problem:
        raise Unreachable("Le service ne répond pas dans le temps imparti.") from problem
    except httpx.TransportError as problem:
        raise Unreachable("La connexion au service a échoué.") from problem
    except httpx.InvalidURL as problem:
        raise Unreachable("Cette adresse n'est pas lisible.") from problem


def _read(answer: httpx.Response) -> Any:
    status = answer.status_code
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise SlowDown(_wait(answer.headers.get("retry-after", "")))
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise Refused("Le service refuse la clé ou le mot de passe de cette source.")
    if status == HTTPStatus.NOT_FOUND:
        raise NotThere("Le service ne connaît pas cette adresse : vérifiez celle de la source.")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Unreachable(f"Le service est en panne (réponse {status}).")
    if status != HTTPStatus.OK:
        raise Refused(f"Le service refuse la demande (réponse {status}).")
    body = bytearray()
    for chunk in answer.iter_bytes():
        body += chunk
        if len(body) > ANSWER_MAX:
            raise Unreachable("La réponse du service est trop grande.")
    try:
        return json.loads(bytes(body), parse_float=Decimal)
    except (ValueError, RecursionError) as problem:
        raise Unreachable("Le service n'a pas répondu en JSON : vérifiez l'adresse.") from problem


class Refused(Unreachable):
    """The other side said no: the key, or the question."""


class NotThere(Unreachable):
    """The other side has nothing at this address."""


def _wait(told: str) -> int:
    if told.isascii() and told.isdecimal():
        return min(max(int(told), 1), WAIT_MAX_S)
    try:
        left = (parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):
        return WAIT_USUAL_S
    return min(max(int(left), 1), WAIT_MAX_S)


def cents(value: Any) -> int:
    """Return an amount in cents, rounded half up; raises Unreachable on what is no amount."""
    try:
        amount = Decimal(str(value if value not in (None, "") else 0))
        return int((amount * 100).quantize(Decimal(1), ROUND_HALF_UP))
    except (InvalidOperation, ValueError, OverflowError) as problem:
        raise Unreachable(f"Le service donne un montant illisible : {value!s:.40}.") from problem


def listed(value: Any) -> list[dict[str, Any]]:
    """Return a list of objects, or say that the answer is not one."""
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise Unreachable("La réponse du service n'a pas la forme attendue.")
    return value
