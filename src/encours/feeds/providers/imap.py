"""A mailbox by IMAP (RFC 3501): attachments of allowed senders, nothing marked, nothing read twice.

Messages are looked at with PEEK and stay as they are; UIDVALIDITY and the last UID say how far
we read. An OAuth token goes by XOAUTH2.
"""

from __future__ import annotations

import hashlib
import imaplib
import re
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from email.parser import BytesHeaderParser
from typing import Any, Final

from encours.feeds.ports import Account, Unreachable, Waiting
from encours.feeds.providers import network
from encours.feeds.rules.addresses import is_loopback
from encours.feeds.rules.attachments import attachments, is_from

MEGABYTE: Final = 1024 * 1024
MESSAGES_MAX: Final = 500
TRANSFER: Final = 1.4  # base64 and line ends
PORTS: Final = {"tls": 993, "starttls": 143, "none": 143}
_SIZE: Final = re.compile(rb"RFC822\.SIZE (\d+)")
_SAFE: Final = re.compile(r"^[^\x00-\x1f\x7f\"\\]{1,200}$")


class Imap:
    """`host`, `port`, `security`, `user`, `folder`, `senders`, `max_mb`; `password` or `token`."""

    code = "imap"

    def __init__(self, account: Account, *, context: ssl.SSLContext | None = None) -> None:
        """Connect and open the folder read-only; raises Unreachable."""
        self._settings = account.settings
        self._found: dict[str, bytes] = {}
        try:
            self._client = _connected(account, context or ssl.create_default_context())
            _log_in(self._client, account)
            self._validity = self._select()
        except (imaplib.IMAP4.error, ssl.SSLError, OSError) as problem:
            raise Unreachable(_sentence(problem)) from problem
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
                raise Unreachable(_sentence(problem)) from problem
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
        try:
            self._client.logout()
        except (imaplib.IMAP4.error, OSError):
            self._client.shutdown()

    @property
    def _max_bytes(self) -> int:
        text = self._settings.get("max_mb", "") or "25"
        return int(text) * MEGABYTE if text.isascii() and text.isdecimal() else 25 * MEGABYTE

    def _select(self) -> str:
        folder = self._settings.get("folder", "") or "INBOX"
        if not _SAFE.match(folder):
            raise Unreachable("Ce nom de dossier n'est pas possible.")
        answer, _ = self._client.select(f'"{_utf7(folder)}"', readonly=True)
        if answer != "OK":
            raise Unreachable(f"Le dossier « {folder} » n'existe pas dans cette boîte.")
        _, told = self._client.response("UIDVALIDITY")
        return (told[0] or b"0").decode() if told else "0"

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


def _connected(account: Account, context: ssl.SSLContext) -> imaplib.IMAP4:
    given = account.settings
    security = given.get("security", "") or "tls"
    port = network.port_of(given.get("port", ""), PORTS.get(security, PORTS["tls"]))
    host = given.get("host", "").strip()
    if security == "none" and not all(
        is_loopback(one) for one in network.addresses(host, port, private=account.private)
    ):
        raise Unreachable("Sans TLS, le mot de passe serait lu par d'autres : choisissez TLS.")
    wrapped = context if security == "tls" else None
    client = _Checked(host, port, private=account.private, context=wrapped)
    if security == "starttls":
        client.starttls(context)
    return client


class _Checked(imaplib.IMAP4):
    """IMAP over a connection to an address that was checked."""

    def __init__(
        self, host: str, port: int, *, private: bool, context: ssl.SSLContext | None
    ) -> None:
        self._private, self._context = private, context
        super().__init__(host, port, timeout=network.TIMEOUT_S)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        link = network.connected(
            self.host, self.port, private=self._private, timeout_s=timeout or network.TIMEOUT_S
        )
        return self._context.wrap_socket(link, server_hostname=self.host) if self._context else link


def _log_in(client: imaplib.IMAP4, account: Account) -> None:
    user = account.settings.get("user", "")
    try:
        if token := account.secrets.get("token"):
            said = f"user={user}\x01auth=Bearer {token}\x01\x01".encode()
            client.authenticate("XOAUTH2", lambda _challenge: said)
        else:
            client.login(user, account.secrets.get("password", ""))
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as problem:
        raise Unreachable("La boîte refuse cet utilisateur ou son mot de passe.") from problem


def _sentence(problem: Exception) -> str:
    if isinstance(problem, ssl.SSLCertVerificationError):
        return f"Le certificat du serveur n'est pas valable : {problem.verify_message}."
    if isinstance(problem, ssl.SSLError):
        return "Le serveur ne parle pas TLS sur ce port : vérifiez le port et la sécurité."
    if isinstance(problem, TimeoutError):
        return "La boîte ne répond pas dans le temps imparti."
    return "La connexion à la boîte s'est interrompue."


def _utf7(name: str) -> str:
    """Encode a folder's name as IMAP does (RFC 3501, 5.1.3)."""
    found = []
    for piece in re.findall(r"[\x20-\x7e]+|[^\x20-\x7e]+", name):
        if piece.isascii():
            found.append(piece.replace("&", "&-"))
        else:
            coded = piece.encode("utf-7").decode().strip("+-").replace("/", ",")
            found.append(f"&{coded}-")
    return "".join(found)
