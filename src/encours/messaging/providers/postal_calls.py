"""Calls to the providers of letters: what went wrong becomes one of the channel's refusals.

`commits` says that the call is the one after which a letter leaves: only there may silence mean
that it has left. A call that only prepares is tried again.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

import httpx

from encours.messaging.ports import PermanentRefusal, Phase, TemporaryRefusal, Uncertain

SAID_MAX: Final = 400
PROOF_MAX: Final = 20 * 1024 * 1024
NOT_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)
DENIED: Final = frozenset({401, 402, 403})
BUSY: Final = frozenset({429, 503})


def sent(http: httpx.Client, request: httpx.Request, *, commits: bool = False) -> httpx.Response:
    """Send and return the answer whatever its status; silence becomes a refusal."""
    try:
        return http.send(request)
    except NOT_SENT as problem:
        raise unreachable(problem) from problem
    except httpx.TransportError as problem:
        if commits:
            raise Uncertain(reply=type(problem).__name__) from problem
        raise unreachable(problem) from problem


def accepted(
    answer: httpx.Response, *, commits: bool = False, phase_of: Callable[[str], Phase]
) -> httpx.Response:
    """Return an answer that is a yes, or raise; `phase_of` reads whose fault a refusal is."""
    status, said = answer.status_code, words(answer)
    if answer.is_success:
        return answer
    if status in DENIED:
        raise denied(said, status)
    if status in BUSY:
        raise TemporaryRefusal(
            "Le prestataire demande d'attendre.", phase="connection", code=status, reply=said
        )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        if commits:
            raise Uncertain(code=status, reply=said)
        raise TemporaryRefusal(
            "Le prestataire est en panne.", phase="connection", code=status, reply=said
        )
    raise PermanentRefusal(
        "Le prestataire refuse ce courrier.", phase=phase_of(said), code=status, reply=said
    )


def denied(said: str, code: int = 0) -> TemporaryRefusal:
    """Return the refusal of an account: nobody's letter would pass, nobody's address is wrong."""
    return TemporaryRefusal(
        "Le prestataire refuse le compte : vérifiez ses identifiants et son crédit.",
        phase="connection",
        code=code,
        reply=said,
    )


def unreachable(problem: Exception) -> TemporaryRefusal:
    """Return the refusal of a provider that does not answer."""
    return TemporaryRefusal(
        "Le prestataire n'est pas joignable.", phase="connection", reply=type(problem).__name__
    )


def words(answer: httpx.Response) -> str:
    """Return what a refusal says: codes and messages, wherever the provider puts them."""
    if answer.is_success:
        return ""
    try:
        told = answer.json()
    except ValueError:
        return ""
    errors = told.get("errors") if isinstance(told, dict) else None
    every = errors if isinstance(errors, list) else [told]
    parts = [str(one.get(key, "")) for one in every if isinstance(one, dict) for key in SAID]
    return " ".join(part for part in parts if part)[:SAID_MAX]


SAID: Final = ("code", "message", "error", "error_description", "detail")


def json_of(answer: httpx.Response) -> dict[str, Any]:
    """Return the object an answer carries; what is none is an outage, not a refusal."""
    try:
        told = answer.json()
    except ValueError as problem:
        raise unreachable(problem) from problem
    return told if isinstance(told, dict) else {}


def proof(answer: httpx.Response) -> bytes:
    """Return a proof's bytes; one that is empty or without measure is not there yet."""
    if not 0 < len(answer.content) <= PROOF_MAX:
        raise TemporaryRefusal("La preuve n'est pas lisible.", phase="connection")
    return answer.content
