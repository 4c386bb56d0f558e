"""Which facts a subscriber hears, how a call is signed, when it is tried again, and where to."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

GIVE_UP_AFTER: Final = timedelta(days=3)
DELAYS: Final = tuple(timedelta(minutes=one) for one in (1, 5, 15, 30, 60, 120, 240))
THEN_EVERY: Final = timedelta(hours=6)
URL_MAX: Final = 500
PORT_MIN: Final = 1024
HTTPS: Final = 443
PATTERN: Final = re.compile(r"^(\*|[a-z_]+(\.[a-z_]+)*(\.\*)?)$")
NAT64: Final = ip_network("64:ff9b::/96")
LOCAL_NAMES: Final = re.compile(r"(^|\.)(localhost|local|internal|home\.arpa)$", re.IGNORECASE)
Address = IPv4Address | IPv6Address


def is_pattern(text: str) -> bool:
    """Say whether a text names facts: `*`, `invoice.*`, `invoice.recorded`."""
    return bool(PATTERN.match(text))


def hears(patterns: Iterable[str], verb: str) -> bool:
    """Say whether one of the patterns names a fact."""
    return any(
        one in ("*", verb) or (one.endswith(".*") and verb.startswith(one[:-1])) for one in patterns
    )


def signature(secret: str, *, timestamp: int, delivery: str, body: bytes) -> str:
    """Return the HMAC-SHA256 of a call: its time, its number, its body, so that none can change."""
    signed = f"{timestamp}.{delivery}.".encode() + body
    return "v1=" + hmac.new(secret.encode(), signed, sha256).hexdigest()


def next_attempt(*, failures: int, first_at: datetime, now: datetime) -> datetime | None:
    """Return when to try again after the nth failure; None when three days of it are enough."""
    assert failures >= 1, "a first call waits for nothing"
    delay = DELAYS[failures - 1] if failures <= len(DELAYS) else THEN_EVERY
    last = first_at + GIVE_UP_AFTER
    return None if now >= last else min(now + delay, last)


def is_public(address: str) -> bool:
    """Say whether an address is of the public internet, whatever wraps it."""
    return all(
        one.is_global and not one.is_multicast and not one.is_reserved
        for one in _unwrapped(ip_address(address.partition("%")[0]))
    )


def is_loopback(address: str) -> bool:
    """Say whether an address is this machine."""
    return ip_address(address.partition("%")[0]).is_loopback


def url_fault(url: str, *, loopback: bool = False) -> str:
    """Return what is wrong with a subscriber's address, in French; nothing when it is right.

    The address that the name gives is checked again at each call: this is only a first no.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "Cette adresse est illisible."
    host = parts.hostname or ""
    if loopback and host in ("127.0.0.1", "localhost", "::1"):
        return ""
    if parts.scheme != "https" or not host or len(url) > URL_MAX or not url.isascii():
        return "Donnez une adresse https complète, de 500 signes au plus."
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "L'adresse ne porte ni identifiant ni ancre."
    if port is not None and port != HTTPS and port < PORT_MIN:
        return "Ce port n'est pas permis : 443, ou 1024 et plus."
    return _host_fault(host)


def _host_fault(host: str) -> str:
    said = "Cette adresse est celle d'un réseau privé : elle n'est jamais appelée."
    try:
        return "" if is_public(host) else said
    except ValueError:
        is_bare = "." not in host.rstrip(".")
        return said if is_bare or LOCAL_NAMES.search(host.rstrip(".")) else ""


def _unwrapped(address: Address) -> list[Address]:
    """Return an address and the IPv4 ones that it carries (mapped, 6to4, Teredo, NAT64)."""
    found: list[Address] = []
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return [address.ipv4_mapped]
        if address.sixtofour is not None:
            found.append(address.sixtofour)
        if address.teredo is not None:
            found.extend(address.teredo)
        if address in NAT64:
            return [IPv4Address(int(address) & 0xFFFFFFFF)]
    return [address, *found]
