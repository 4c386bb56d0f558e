"""The envelope of a mail (RFC 5322): whose it is, what it answers, what it brings back.

Nothing here trusts a mail: every list has a length, every text too, and nothing is raised on what
a header contains.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from typing import Final
from uuid import UUID

PARTS_MAX: Final = 200
IDS_MAX: Final = 50
ADDRESSES_MAX: Final = 50
TEXT_MAX: Final = 300
HEADER_MAX: Final = 20_000
NAMES_MAX: Final = 20
_ID: Final = re.compile(r"<([^<>\s]{1,250})>")
_OURS: Final = re.compile(r"^([0-9a-f]{32})@", re.IGNORECASE)
_TOKEN: Final = re.compile(r"\+r([0-9a-f]{32})@", re.IGNORECASE)
_RETURNED_ID: Final = re.compile(
    rb"^message-id:\s*(<[^<>\s]{1,250}>)", re.IGNORECASE | re.MULTILINE
)
_ADDRESS: Final = re.compile(r"^[^@\s<>]{1,64}@[^@\s<>]{1,253}$")
TO: Final = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What threads a mail: identifiers without their brackets, addresses in lower case.

    `returned` are the identifiers of messages that a notice brings back; `tokens` stand in the
    addresses it was sent to.
    """

    message_id: str = ""
    references: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    tokens: tuple[UUID, ...] = ()
    sender: str = ""
    sender_name: str = ""
    subject: str = ""
    sent_at: datetime | None = None
    attachments: tuple[str, ...] = ()

    def ours(self) -> tuple[UUID, ...]:
        """Return the messages of our outbox that it answers or brings back, the last first."""
        found = [_ours(one) for one in (*self.returned, *reversed(self.references))]
        return tuple(dict.fromkeys(one for one in found if one is not None))


def envelope_of(raw: bytes) -> Envelope:
    """Read the headers of a mail and of what it brings back."""
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    parts = list(_parts(message))
    name, sender = _sender(message)
    identifiers = _ids(message, "Message-ID")
    return Envelope(
        message_id=identifiers[0] if identifiers else "",
        references=(*_ids(message, "References"), *_ids(message, "In-Reply-To")),
        returned=tuple(_returned(parts)),
        tokens=_tokens(message),
        sender=sender,
        sender_name=name,
        subject=header_text(message.get("Subject"))[:TEXT_MAX],
        sent_at=_sent_at(message),
        attachments=tuple(_names(parts)),
    )


def _parts(message: Message) -> Iterator[Message]:
    """Walk without recursion: messages nest as deeply as somebody likes."""
    waiting = [message]
    for _ in range(PARTS_MAX):
        if not waiting:
            return
        part = waiting.pop()
        yield part
        payload = part.get_payload()
        if isinstance(payload, list):
            waiting += [one for one in reversed(payload) if isinstance(one, Message)]


def _ids(message: Message, header: str) -> tuple[str, ...]:
    found = _ID.findall(str(message.get(header) or "")[-HEADER_MAX:])
    return tuple(dict.fromkeys(found[-IDS_MAX:]))


def _ours(identifier: str) -> UUID | None:
    found = _OURS.match(identifier)
    return UUID(found[1]) if found else None


def _returned(parts: list[Message]) -> Iterator[str]:
    """Yield the identifiers of the messages that a notice carries, whole or by their headers."""
    for before, part in zip([None, *parts], parts, strict=False):
        if before is not None and before.get_content_type() == "message/rfc822":
            yield from _ids(part, "Message-ID")
        if part.get_content_type() == "text/rfc822-headers":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                found = _RETURNED_ID.findall(content[:HEADER_MAX])
                yield from (one.decode("ascii", "replace")[1:-1] for one in found[:1])


def _tokens(message: Message) -> tuple[UUID, ...]:
    """Return what stands behind the `+r` of the addresses it was sent to."""
    told = " ".join(str(one) for name in TO for one in message.get_all(name, [])[:NAMES_MAX])
    return tuple(dict.fromkeys(UUID(one) for one in _TOKEN.findall(told[:HEADER_MAX])))[:IDS_MAX]


def _sender(message: Message) -> tuple[str, str]:
    told = header_text(message.get("From"))[:HEADER_MAX]
    for name, address in getaddresses([told])[:ADDRESSES_MAX]:
        if _ADDRESS.match(address):
            return " ".join(name.split())[:TEXT_MAX], address.lower()
    return "", ""


def header_text(header: object) -> str:
    """Return a header as read by people, without control characters."""
    told = str(header or "")[:HEADER_MAX]
    try:
        told = str(make_header(decode_header(told)))
    except (LookupError, ValueError, email.errors.MessageError):
        told = told.encode("ascii", "replace").decode()
    clean = told.encode("utf-8", "replace").decode()
    return " ".join("".join(one if one.isprintable() else " " for one in clean).split())


def _sent_at(message: Message) -> datetime | None:
    try:
        found = parsedate_to_datetime(str(message.get("Date") or "")[:100])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _names(parts: list[Message]) -> Iterator[str]:
    taken = 0
    for part in parts:
        try:
            name = header_text(part.get_filename())
        except (LookupError, ValueError, TypeError, AttributeError):
            continue
        if name and taken < NAMES_MAX:
            taken += 1
            yield name[:TEXT_MAX]
