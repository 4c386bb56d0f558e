"""Mails of a mailbox by IMAP, one after the other: read with PEEK, bounded.

UIDVALIDITY and the last UID say how far we read. `after` says what becomes of a mail that was
taken: nothing (`leave`), a flag (`flag`), or another folder (`move`); nothing is ever deleted.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from encours.feeds.ports import Account, NewMail, Unreachable
from encours.feeds.providers import imap_link

MAIL_MAX: Final = 36 * 1024 * 1024  # 25 MiB of files, in base64
MAILS_MAX: Final = 300
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SIZE: Final = re.compile(rb"RFC822\.SIZE (\d+)")
_FLAG: Final = "\\Flagged"


class ImapMailbox:
    """Settings of `imap_link`, then `after`, `done_folder` and `since` (ISO date)."""

    code = "imap"

    def __init__(self, account: Account, *, context: ssl.SSLContext | None = None) -> None:
        """Connect and open the folder, read-only unless mails are marked; raises Unreachable."""
        given = account.settings
        self._after = given.get("after", "") or "leave"
        self._folder = given.get("done_folder", "")
        self._since = given.get("since", "")
        readonly = self._after == "leave"
        self._client, self._validity = imap_link.opened(account, context, readonly=readonly)
        before = account.position
        same = str(before.get("uidvalidity", "")) == self._validity
        self._last = int(before.get("uid", 0)) if same else 0

    def check(self) -> str:
        """Count the messages that would be looked at."""
        return f"Boîte ouverte : {len(self._uids())} message(s) à regarder."

    def new(self) -> Iterator[NewMail]:
        """Yield new messages; the position moves once what was made of a message is known."""
        for uid in self._uids()[:MAILS_MAX]:
            try:
                found = self._mail(uid)
            except imap_link.ERRORS as problem:
                raise Unreachable(imap_link.sentence(problem)) from problem
            if found is not None:
                yield found
            self._last = uid

    def done(self, one: NewMail) -> None:
        """Flag a message, or move it, where the settings say so."""
        try:
            if self._after == "flag":
                self._client.uid("STORE", str(one.place), "+FLAGS.SILENT", f"({_FLAG})")
            elif self._after == "move" and self._folder:
                self._move(one.place)
        except imap_link.ERRORS as problem:
            raise Unreachable(imap_link.sentence(problem)) from problem

    def position(self) -> Mapping[str, Any]:
        """Return how far the mailbox was read."""
        return {"uidvalidity": self._validity, "uid": self._last}

    def close(self) -> None:
        """Log out."""
        imap_link.leave(self._client)

    def _uids(self) -> list[int]:
        """Return what follows the position; without one, what came since the day it began."""
        wanted = f"UID {self._last + 1}:*"
        if not self._last and self._since:
            day = date.fromisoformat(self._since)
            wanted = f"SINCE {day.day}-{MONTHS[day.month - 1]}-{day.year}"
        answer, data = self._client.uid("SEARCH", wanted)
        if answer != "OK":
            raise Unreachable("La boîte ne répond pas à la recherche des nouveaux messages.")
        found = sorted(int(one) for one in (data[0] or b"").split())
        return [uid for uid in found if uid > self._last]  # `n:*` always gives the last one

    def _mail(self, uid: int) -> NewMail | None:
        wanted = f"(RFC822.SIZE INTERNALDATE BODY.PEEK[]<0.{MAIL_MAX}>)"
        answer, data = self._client.uid("FETCH", str(uid), wanted)
        for one in data if answer == "OK" else ():
            if isinstance(one, tuple):
                told = b" ".join(part[0] if isinstance(part, tuple) else part for part in data)
                size = _SIZE.search(told)
                return NewMail(uid, one[1], int(size[1]) if size else len(one[1]), _received(told))
        return None

    def _move(self, uid: int) -> None:
        """Move where the server can (RFC 6851); else copy and flag: nothing is deleted by us."""
        folder = imap_link.quoted(self._folder)
        _, able = self._client.capability()  # some servers say more once one is logged in
        can_move = b"MOVE" in b" ".join(one for one in able if isinstance(one, bytes)).split()
        answer, told = self._client.uid("MOVE" if can_move else "COPY", str(uid), folder)
        if answer != "OK":
            raise Unreachable(
                f"Le dossier « {self._folder} » n'existe pas dans cette boîte : {_said(told)}."
            )
        if not can_move:
            self._client.uid("STORE", str(uid), "+FLAGS.SILENT", f"({_FLAG})")


def _received(told: bytes) -> datetime | None:
    found = imaplib.Internaldate2tuple(told)
    if found is None:
        return None
    return datetime(*found[:6]).astimezone(UTC)  # the tuple is in local time


def _said(told: Any) -> str:
    one = told[0] if told else b""
    return one.decode("utf-8", "replace")[:100] if isinstance(one, bytes) else ""
