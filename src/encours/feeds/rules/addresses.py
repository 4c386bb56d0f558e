"""Which addresses a source may call: public ones; private ones only when an admin said so."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from typing import Final

from encours.webhooks.rules import is_loopback, is_public

METADATA: Final = frozenset({"169.254.169.254", "fd00:ec2::254", "100.100.100.200"})
__all__ = ("is_allowed", "is_loopback")


def is_allowed(address: str, *, private: bool) -> bool:
    """Say whether an address may be called; those where clouds keep their keys never are."""
    if not private:
        return is_public(address)
    one = ip_address(address.partition("%")[0])
    inner = (one.ipv4_mapped or one.sixtofour or one) if isinstance(one, IPv6Address) else one
    never = inner.is_link_local or inner.is_multicast or inner.is_unspecified
    return not never and str(inner) not in METADATA
