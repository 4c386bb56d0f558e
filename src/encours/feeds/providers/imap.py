"""A mailbox by IMAP (RFC 3501): attachments of allowed senders, nothing marked, nothing read twice.

Messages are looked at with PEEK and stay as they are; UIDVALIDITY and the last UID say how far
we read.
"""

from __future__ import annotations

import hashlib
import imaplib
import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from email.parser import BytesHeaderParser
from typing import Any, Final

from encours.feeds.ports import Account, Unreachable, Waiting
from encours.feeds.providers import imap_link
from encours.feeds.rules.attachments import attachments, is_from

MEGABYTE: Final = 1024 * 1024
MESSAGES_MAX: Final = 500
TRANSFER: Final = 1.4  # base64 and line ends
_SIZE: Final = re.compile(rb"RFC822\.SIZE (\d+)")


class Imap:
    """`host`, `port`, `security`, `user`, `folder`, `senders`, `max_mb`; `password` or `token`."""

    code = "imap"

    def __init__(self, account: Account, *, context: ssl.SSLContext | None = None) -> None:
        """Connect and open the folder read-only; raises Unreachable."""
        self._settings = account.settings
        self._found: dict[str, bytes] = {}
        self._client, self._validity = imap_link.opened(account, context)
        before = account.position
        same = str(before.get("uidvalidity", "")) == self._validity
        self._last = int(before.get("uid", 0)) if same else 0

    def check(self) -> str:
        """Count the messages that would be looked at."""
        return f"Boîte ouverte : {len(self._uids())} message(s) à regarder."

    def waiting(self, is_known: Callable[[str], bool]) -> Iterator[Waiting | Unreachable]:
        """Yield the attachments of new messages, message after message."""
        for uid in self._uids()[:MESSAGES_MAX]:
            try:
                for one in self._of_message(uid):
                    if not isinstance(one, Waiting) or not is_known(one.identity):
                        yield one
            except (imaplib.IMAP4.error, OSError) as problem:
                raise Unreachable(imap_link.sentence(problem)) from problem
            self._found.clear()
            self._last = uid

    def read(self, one: Waiting) -> Iterator[bytes]:
        """Yield an attachment of the message that is being looked at."""
        yield self._found[one.place]

    def done(self, one: Waiting) -> None:
        """Leave the message as it is."""

    def position(self) -> Mapping[str, Any]:
        """Return how far the mailbox was read."""
        return {"uidvalidity": self._validity, "uid": self._last}

    def close(self) -> None:
        """Log out."""
        imap_link.leave(self._client)

    @property
    def _max_bytes(self) -> int:
        text = self._settings.get("max_mb", "") or "25"
        return int(text) * MEGABYTE if text.isascii() and text.isdecimal() else 25 * MEGABYTE

    def _uids(self) -> list[int]:
        answer, data = self._client.uid("SEARCH", f"UID {self._last + 1}:*")
        if answer != "OK":
            raise Unreachable("La boîte ne répond pas à la recherche des nouveaux messages.")
        found = sorted(int(one) for one in (data[0] or b"").split())
        return [uid for uid in found if uid > self._last]  # `n:*` always gives the last one

    def _of_message(self, uid: int) -> Iterator[Waiting | Unreachable]:
        head, size = self._head(uid)
        parsed = BytesHeaderParser().parsebytes(head)
        sender = str(parsed.get("From", ""))
        if not is_from(sender, self._settings.get("senders", "")):
            return
        if size > self._max_bytes * TRANSFER:
            limit = self._max_bytes // MEGABYTE
            yield Unreachable(f"Un message de plus de {limit} Mo a été laissé dans la boîte.")
            return
        message_id = str(parsed.get("Message-ID", ""))
        for place, one in enumerate(attachments(self._fetched(uid, "(BODY.PEEK[])"))):
            digest = hashlib.sha256(one.content).hexdigest()
            words = f"{self._validity}\0{uid}\0{message_id}\0{place}\0{digest}"
            identity = hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()
            self._found[identity] = one.content
            yield Waiting(one.name, identity, len(one.content), identity)

    def _head(self, uid: int) -> tuple[bytes, int]:
        wanted = "(RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM MESSAGE-ID)])"
        answer, data = self._client.uid("FETCH", str(uid), wanted)
        for one in data if answer == "OK" else ():
            if isinstance(one, tuple):
                size = _SIZE.search(b" ".join(part for part in data if isinstance(part, bytes)))
                size = _SIZE.search(one[0]) or size
                return one[1], int(size[1]) if size else 0
        return b"", 0

    def _fetched(self, uid: int, what: str) -> bytes:
        answer, data = self._client.uid("FETCH", str(uid), what)
        for one in data if answer == "OK" else ():
            if isinstance(one, tuple):
                content: bytes = one[1]
                return content
        return b""
