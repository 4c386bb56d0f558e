"""Calls subscribers over HTTPS: the address is checked when it is connected to, never before only.

The name is resolved here, every address it gives is checked, and the connection is made to the
checked address itself: a name that changes its mind between two look-ups leads nowhere. No
redirect is followed, no proxy is asked; the whole call has a deadline and the answer a size.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable
from typing import Any, Final

import httpcore
import httpx

from encours.webhooks import rules
from encours.webhooks.ports import Answer, Call, Unreached

TIMEOUT_S: Final = 5.0
DEADLINE_S: Final = 15.0
BODY_MAX: Final = 2_000
HEAD_MAX: Final = 4_000
READ_MAX: Final = 65_536


class GuardedCaller:
    """The caller of an installation; `loopback` is for tests, where the subscriber is here."""

    code = "guarded"

    def __init__(
        self,
        *,
        loopback: bool = False,
        timeout_s: float = TIMEOUT_S,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        """Prepare the certificates."""
        self._ssl: ssl.SSLContext = httpx.create_ssl_context()
        self._loopback = loopback
        self._timeout_s, self._deadline_s = timeout_s, deadline_s

    def post(self, call: Call) -> Answer:
        """Post once; raises Unreached with a French sentence."""
        fault = rules.url_fault(call.url, loopback=self._loopback)
        if fault:
            raise Unreached(fault)
        until = time.monotonic() + self._deadline_s
        try:
            with httpcore.ConnectionPool(
                ssl_context=self._ssl,
                network_backend=_CheckedNetwork(until, loopback=self._loopback),
            ) as pool:
                return self._posted(pool, call)
        except httpcore.TimeoutException as problem:
            raise Unreached("Pas de réponse dans le temps imparti.") from problem
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as problem:
            raise Unreached(f"Connexion impossible : {problem}"[:200]) from problem

    def _posted(self, pool: httpcore.ConnectionPool, call: Call) -> Answer:
        each = dict.fromkeys(("connect", "read", "write", "pool"), self._timeout_s)
        with pool.stream(
            "POST",
            call.url,
            headers=list(call.headers.items()),
            content=call.body,
            extensions={"timeout": each},
        ) as response:
            head = "\n".join(
                f"{name.decode('latin-1')}: {value.decode('latin-1')}"
                for name, value in response.headers
            )
            body = _beginning(response.iter_stream())
            return Answer(response.status, head[:HEAD_MAX], body)


def _beginning(chunks: Iterable[bytes]) -> str:
    """Read the beginning of an answer and leave the rest."""
    read = b""
    for chunk in chunks:
        read += chunk
        if len(read) >= READ_MAX:
            break
    return read[: 4 * BODY_MAX].decode("utf-8", "replace").replace("\0", "")[:BODY_MAX]


class _CheckedNetwork(httpcore.SyncBackend):
    """Connects to checked addresses only, and to the very address that was checked."""

    def __init__(self, until: float, *, loopback: bool) -> None:
        self._until, self._loopback = until, loopback

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
        for address in self._allowed(host, port):
            try:
                stream = super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as found:
                problem = found
            else:
                return _Timed(stream, self._until)
        raise problem

    def _allowed(self, host: str, port: int) -> list[str]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as problem:
            raise Unreached(f"Le nom « {host} » n'existe pas.") from problem
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
        for address in addresses:
            here = self._loopback and rules.is_loopback(address)
            if not here and not rules.is_public(address):
                raise Unreached("Cette adresse mène à un réseau privé : elle n'est pas appelée.")
        return addresses


class _Timed(httpcore.NetworkStream):
    """A connection with a deadline for the whole call: a byte now and then does not hold it."""

    def __init__(self, stream: httpcore.NetworkStream, until: float) -> None:
        self._stream, self._until = stream, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read until the deadline at most."""
        return self._stream.read(max_bytes, self._left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write until the deadline at most."""
        self._stream.write(buffer, self._left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Speak TLS with the name that was asked for: its certificate must be of it."""
        left = self._left(timeout, httpcore.ConnectTimeout)
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, left), self._until)

    def get_extra_info(self, info: str) -> Any:
        """Return what the connection knows of itself."""
        return self._stream.get_extra_info(info)

    def _left(self, timeout: float | None, over: type[httpcore.TimeoutException]) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise over("deadline")
        return left if timeout is None else min(timeout, left)
