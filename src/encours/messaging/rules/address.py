"""E-mail addresses: what may be written to, and how it is spelled on the wire (RFC 5321, 5890)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

LOCAL_MAX: Final = 64
ADDRESS_MAX: Final = 254
_LOCAL: Final = re.compile(r"^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$")
_LABEL: Final = re.compile(r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address with the name shown beside it."""

    address: str
    name: str = ""


def wire_address(text: str) -> str:
    """Return the address as SMTP takes it: trimmed, its domain in lower-case ASCII.

    Raises ValueError, with a French sentence, on what nobody can write to. Quoted local parts and
    address literals are refused: in a customer file they are typing mistakes.
    """
    local, at, domain = unicodedata.normalize("NFC", text.strip()).rpartition("@")
    if not at or not _LOCAL.match(local) or len(local.encode()) > LOCAL_MAX:
        raise ValueError(f"adresse e-mail illisible : « {text[:80]} »")
    try:
        wire = f"{local}@{_wire_domain(domain)}"
    except UnicodeError as problem:
        raise ValueError(f"domaine illisible : « {domain[:80]} »") from problem
    if len(wire.encode()) > ADDRESS_MAX:
        raise ValueError("adresse e-mail de plus de 254 caractères")
    return wire


def tagged(address: str, token: str) -> str:
    """Return the address with `+rTOKEN` before the @, so that an answer says what it answers.

    An address that has no room for it stays as it is.
    """
    local, _, domain = address.rpartition("@")
    marked = f"{local}+r{token}"
    return f"{marked}@{domain}" if local and len(marked.encode()) <= LOCAL_MAX else address


def needs_utf8(address: str) -> bool:
    """Say whether the server must speak SMTPUTF8 to take this address (RFC 6531)."""
    return not address.isascii()


def _wire_domain(domain: str) -> str:
    ascii_domain = domain.encode("idna").decode().lower()
    labels = ascii_domain.split(".")
    if len(labels) < 2 or not all(_LABEL.match(label) for label in labels):  # noqa: PLR2004
        raise UnicodeError(domain)
    return ascii_domain
