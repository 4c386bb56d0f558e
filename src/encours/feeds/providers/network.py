"""Connects to a host that somebody typed: to a checked address, and to that very address.

A name is resolved here, every address it gives is checked, and the connection is made to the
checked address itself: a name that changes its mind between two look-ups leads nowhere.
"""

from __future__ import annotations

import socket
from typing import Final

from encours.feeds.ports import Unreachable
from encours.feeds.rules.addresses import is_allowed

TIMEOUT_S: Final = 20.0
PORT_MAX: Final = 65_535


def addresses(host: str, port: int, *, private: bool) -> list[str]:
    """Return the addresses of a host, all of them allowed; raises Unreachable."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise Unreachable(f"Le nom « {host} » n'existe pas.") from problem
    every = list(dict.fromkeys(str(one[4][0]) for one in found))
    if not all(is_allowed(one, private=private) for one in every):
        raise Unreachable(
            f"« {host} » mène à un réseau privé : un administrateur doit le permettre pour cette "
            "source."
        )
    return every


def connected(
    host: str, port: int, *, private: bool, timeout_s: float = TIMEOUT_S
) -> socket.socket:
    """Connect to the first address that answers; raises Unreachable."""
    problem: OSError | None = None
    for address in addresses(host, port, private=private):
        try:
            return socket.create_connection((address, port), timeout=timeout_s)
        except OSError as found:
            problem = found
    if isinstance(problem, TimeoutError):
        raise Unreachable(f"« {host} » ne répond pas sur le port {port}.") from problem
    raise Unreachable(f"« {host} » refuse la connexion sur le port {port}.") from problem


def port_of(text: str, usual: int) -> int:
    """Return the port that somebody typed, or the usual one; raises Unreachable."""
    if not text.strip():
        return usual
    if not (text.strip().isascii() and text.strip().isdecimal()) or not 0 < int(text) <= PORT_MAX:
        raise Unreachable(f"« {text} » n'est pas un port.")
    return int(text)
