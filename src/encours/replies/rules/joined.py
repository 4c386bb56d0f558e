"""The files that somebody joined to a mail; pictures that only dress the text are none of them."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.message import Message
from itertools import islice
from typing import Final

from encours.replies.rules.envelope import TEXT_MAX, header_text
from encours.replies.rules.mail import leaves

FILES_MAX: Final = 20
NAMED_MAX: Final = 40
FILES_BYTES: Final = 25 * 1024 * 1024
"""What is taken of one mail; the rest stays in the mailbox, and is named."""


@dataclass(frozen=True, slots=True)
class JoinedFile:
    """A file as it came: nothing was looked at but its name; empty: beyond what is taken."""

    name: str
    content: bytes


def joined_files(raw: bytes) -> tuple[JoinedFile, ...]:
    """Return the files of a mail; nothing is raised on what it contains."""
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    found, size = list[JoinedFile](), 0
    for one in islice(_files(message), NAMED_MAX):
        size += len(one.content)
        is_taken = len(found) < FILES_MAX and size <= FILES_BYTES
        found.append(one if is_taken else JoinedFile(one.name, b""))
    return tuple(found)


def _files(message: Message) -> Iterator[JoinedFile]:
    for part in leaves(message):
        if _dresses(part):
            continue
        try:
            name, content = header_text(part.get_filename()), part.get_payload(decode=True)
        except (LookupError, ValueError, TypeError, AttributeError, MessageError):
            continue
        if name and isinstance(content, bytes) and content:
            yield JoinedFile(name[-TEXT_MAX:], content)


def _dresses(part: Message) -> bool:
    """Say whether a picture belongs to the text (a logo, a signature): cited by its Content-ID."""
    is_picture = part.get_content_maintype() == "image"
    return is_picture and bool(part.get("Content-ID")) and not _is_attachment(part)


def _is_attachment(part: Message) -> bool:
    try:
        return part.get_content_disposition() == "attachment"
    except (LookupError, ValueError, TypeError, AttributeError):
        return False
