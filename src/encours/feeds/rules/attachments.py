"""Files in an e-mail that anybody may have written: bounded, named safely, the rest left alone."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage, Message
from typing import Final

from encours.feeds.rules.names import safe_name

PARTS_MAX: Final = 200
TAKEN_MAX: Final = 50
# What a display name says counts for nothing: the address in the last brackets, or all there is.
_ADDRESS: Final = re.compile(r"<([^<>@\s,;]+@[^<>@\s,;]+)>$|^([^<>@\s,;]+@[^<>@\s,;]+)$")
TAKEN: Final = (
    ".txt", ".csv", ".tsv", ".xls", ".xlsx", ".xlsm", ".xlsb", ".ods", ".xml", ".pdf", ".zip",
    ".fec",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file of a message."""

    name: str
    content: bytes


def attachments(raw: bytes) -> Iterator[Attachment]:
    """Yield the files of a message whose name says a kind that may be taken in.

    Never raises on what a message contains: a part that cannot be decoded is passed over.
    """
    message = email.message_from_bytes(raw, policy=email.policy.default)
    taken = 0
    for count, part in enumerate(_leaves(message)):
        if count >= PARTS_MAX or taken >= TAKEN_MAX:
            return
        found = _attachment(part)
        if found is not None:
            taken += 1
            yield found


def is_from(sender: str, allowed: str) -> bool:
    """Say whether a sender is in a list of addresses and domains (`@client.fr`)."""
    found = _ADDRESS.search(sender.strip())
    if found is None:
        return False
    address = (found[1] or found[2]).lower()
    domain = address.rpartition("@")[2]
    wanted = [one.strip().lower() for one in allowed.replace(";", ",").split(",") if one.strip()]
    return any(address == one or (one.startswith("@") and one[1:] == domain) for one in wanted)


def _leaves(message: Message) -> Iterator[Message]:
    """Walk without recursion: messages nest as deeply as somebody likes."""
    waiting: list[Message] = [message]
    for _ in range(4 * PARTS_MAX):
        if not waiting:
            return
        part = waiting.pop()
        payload = part.get_payload() if part.is_multipart() else None
        if isinstance(payload, list):
            waiting += [one for one in reversed(payload) if isinstance(one, Message)]
        else:
            yield part


def _attachment(part: Message) -> Attachment | None:
    try:
        name = safe_name(part.get_filename() or "")
        if not name.lower().endswith(TAKEN) or not isinstance(part, EmailMessage):
            return None
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, AttributeError, TypeError, IndexError):
        return None
    return Attachment(name, content) if isinstance(content, bytes) and content else None
