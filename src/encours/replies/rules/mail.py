"""An e-mail as it came (RFC 5322): its text, whether a machine answered, what was not delivered."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Final

from encours.replies.rules.bounces import bounce_of_status
from encours.replies.rules.markup import text_of
from encours.replies.rules.values import Bounce

PARTS_MAX: Final = 60
SUBJECT_MAX: Final = 1_000
BLOCKS_MAX: Final = 20
RAW_MAX: Final = 20_000_000
_TOP_FIELD: Final = re.compile(
    rb"\A(?:From |[A-Za-z][A-Za-z0-9-]{1,60}: ?[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*)"
)
_KNOWN_FIELDS: Final = re.compile(
    rb"^(?:received|message-id|mime-version|return-path|delivered-to|content-type|date|subject"
    rb"|from|auto-submitted):",
    re.IGNORECASE | re.MULTILINE,
)
_AUTOMATIC_SUBJECT: Final = re.compile(
    r"^\W*(?:r[eé]ponse automatique|automatic reply|auto(?:matic)?[- ]?(?:reply|response)"
    r"|out of (?:the )?office|absence du bureau|absent)",
    re.IGNORECASE,
)
_HEAD: Final = 4_000
_LEAST_FIELDS: Final = 2


@dataclass(frozen=True, slots=True)
class Mail:
    """What an e-mail says before its words are read."""

    text: str
    subject: str = ""
    received: date | None = None
    is_automatic: bool = False
    bounce: Bounce | None = None


def is_mail(raw: bytes) -> bool:
    """Say whether bytes begin with the header of a message, rather than with its words."""
    if not _TOP_FIELD.match(raw[:_HEAD]):
        return False
    head = re.split(rb"\r?\n\r?\n", raw[:_HEAD], maxsplit=1)[0]
    return len(set(_KNOWN_FIELDS.findall(head))) >= _LEAST_FIELDS


def mail_of(raw: bytes) -> Mail:
    """Read a message; a part that cannot be decoded is passed over, nothing is raised."""
    message = email.message_from_bytes(raw[:RAW_MAX], policy=email.policy.compat32)
    parts = list(leaves(message))
    subject = _decoded(message.get("Subject"))
    return Mail(
        _text(parts),
        subject,
        _received(message),
        _is_automatic(message, subject),
        bounce_of_status(block for part in parts for block in _status_blocks(part)),
    )


def leaves(message: Message) -> Iterator[Message]:
    """Yield the parts that hold something, a delivery status whole; nesting costs no stack."""
    waiting = [message]
    for _ in range(4 * PARTS_MAX):
        if not waiting:
            return
        part = waiting.pop()
        kind = part.get_content_type()
        payload = part.get_payload()
        if kind == "message/delivery-status" or not isinstance(payload, list):
            yield part
        elif kind != "message/rfc822":
            waiting += [one for one in reversed(payload) if isinstance(one, Message)]


def _text(parts: list[Message]) -> str:
    """Return the plain text, else that of the HTML; attachments are not the message."""
    shown = [part for part in parts if part.get_content_disposition() != "attachment"]
    for kind in ("text/plain", "text/html"):
        texts = [_content(part) for part in shown if part.get_content_type() == kind]
        text = "\n".join(one for one in texts if one.strip())
        if text:
            return text_of(text) if kind == "text/html" else text
    return ""


def _content(part: Message) -> str:
    try:
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            return ""
        return content.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError, AttributeError, TypeError, MessageError):
        fallback = part.get_payload()
        return fallback if isinstance(fallback, str) else ""


def _decoded(field: object) -> str:
    try:
        return str(make_header(decode_header(str(field or "")[:SUBJECT_MAX])))
    except (LookupError, ValueError, MessageError):
        return str(field or "")[:SUBJECT_MAX]


def _received(message: Message) -> date | None:
    try:
        return parsedate_to_datetime(str(message.get("Date") or "")[:100]).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _is_automatic(message: Message, subject: str) -> bool:
    """Say whether a machine answered (RFC 3834, and what mailers wrote before it)."""
    submitted = str(message.get("Auto-Submitted") or "no").partition(";")[0].strip().lower()
    if submitted != "no":
        return True
    if any(message.get(one) for one in ("X-Autoreply", "X-Autorespond", "X-Mail-Autoreply")):
        return True
    if str(message.get("Precedence") or "").strip().lower() == "auto_reply":
        return True
    return bool(_AUTOMATIC_SUBJECT.match(subject[:200]))


def _status_blocks(part: Message) -> Iterator[dict[str, str]]:
    if part.get_content_type() != "message/delivery-status":
        return
    payload = part.get_payload()
    if isinstance(payload, list):
        for block in payload[:BLOCKS_MAX]:
            if isinstance(block, Message):
                yield {name.lower(): str(value) for name, value in block.items()}
