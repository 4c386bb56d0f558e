"""Reads a message back from its bytes (RFC 5322, 2045): headers, both bodies, attachments."""

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Final

HEADERS: Final = ("From", "To", "Reply-To", "Subject", "Date", "Message-ID")


@dataclass(frozen=True, slots=True)
class ReadMail:
    """A mail as a person reads it."""

    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    attachments: tuple[tuple[str, str, bytes], ...]


def read_mail(content: bytes) -> ReadMail:
    """Read the bytes that left; what they lack is empty."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    found = [(name, str(message[name])) for name in HEADERS if message[name]]
    attached = tuple(
        (part.get_filename() or "document", part.get_content_type(), _bytes(part))
        for part in message.iter_attachments()
        if isinstance(part, EmailMessage)
    )
    return ReadMail(tuple(found), _body(message, "plain"), _body(message, "html"), attached)


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""


def _bytes(part: EmailMessage) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
