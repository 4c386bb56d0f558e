"""An SMTP server on loopback that delivers nothing: every mail becomes a file of a Maildir.

For the demo, for rehearsals and for tests, which can make it refuse, hang or die.
"""

from __future__ import annotations

import asyncio
import contextlib
import email.policy
import itertools
import os
import re
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser, HeaderParser
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal, Self

from aiosmtpd.smtp import SMTP, Envelope, Session

from encours.messaging.ports import OpenedMail, StoredMail

LOOPBACK: Final = "127.0.0.1"
PORT_FILE: Final = "smtp.port"
HEADERS_READ: Final = 64 * 1024
SIZE_MAX: Final = 30 * 1024 * 1024
_KEY: Final = re.compile(r"^[0-9]{1,20}\.[0-9]{1,10}\.[0-9]{1,10}$")
_SERIAL: Final = itertools.count(1)


class MailFolder:
    """Reads what a sink stored, whatever it holds; a page must still show HTML in a sandbox."""

    code = "folder"

    def __init__(self, folder: Path) -> None:
        """Name the folder; it may not exist yet."""
        self.folder = folder

    def count(self) -> int:
        """Return how many mails are kept."""
        return len(self._keys())

    def stored(self, *, limit: int = 50, offset: int = 0) -> Sequence[StoredMail]:
        """Return the latest mails first; reads the headers of those returned only."""
        keys = sorted(self._keys(), key=_order, reverse=True)
        read = (self._summary(key) for key in keys[offset : offset + limit])
        return [summary for summary in read if summary is not None]

    def opened(self, key: str) -> OpenedMail | None:
        """Read one mail, or nothing if there is no such key."""
        summary = self._summary(key) if _KEY.match(key) else None
        if summary is None:
            return None
        content = self._path(key).read_bytes()
        message = BytesParser(policy=email.policy.compat32).parsebytes(content)
        parts = [part for part in message.walk() if not part.is_multipart()]
        return OpenedMail(
            summary=summary,
            headers=tuple((name, _decoded(value)) for name, value in _headers(content).items()),
            text=_first_text(parts, "text/plain"),
            html=_first_text(parts, "text/html"),
            attachments=tuple(_attachments(parts)),
        )

    def clear(self) -> None:
        """Forget every mail."""
        for key in self._keys():
            self._path(key).unlink(missing_ok=True)

    def _keys(self) -> list[str]:
        with contextlib.suppress(FileNotFoundError):
            return [name for name in os.listdir(self.folder / "new") if _KEY.match(name)]  # noqa: PTH208
        return []

    def _path(self, key: str) -> Path:
        return self.folder / "new" / key

    def _summary(self, key: str) -> StoredMail | None:
        try:
            with self._path(key).open("rb") as stored:
                top = stored.read(HEADERS_READ)
                size = os.fstat(stored.fileno()).st_size
        except FileNotFoundError:
            return None
        headers = _headers(top)
        return StoredMail(
            key=key,
            stored_at=datetime.fromtimestamp(_order(key)[0] / 1e9, UTC),
            sender=_decoded(headers["Return-Path"]).strip("<>"),
            recipients=tuple(map(_decoded, headers.get_all("Delivered-To", []))),
            subject=_decoded(headers["Subject"]),
            message_id=_decoded(headers["Message-ID"]),
            size=size,
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """What the sink does for one recipient instead of accepting.

    `reply` empty closes the connection without a word; `stores` keeps the mail all the same, as a
    server does that dies between taking a message and saying so; `delay_s` waits first.
    """

    at: Literal["rcpt", "data"] = "rcpt"
    reply: str = ""
    stores: bool = False
    delay_s: float = 0.0


class SmtpSink:
    """The server, in a thread of its own; `with SmtpSink(folder) as sink: sink.port`."""

    def __init__(
        self, folder: Path, *, port: int = 0, size_max: int = SIZE_MAX, **options: Any
    ) -> None:
        """Prepare the Maildir; options go to aiosmtpd's SMTP (TLS, authentication)."""
        self.folder = folder
        self.mails = MailFolder(folder)
        self.faults = dict[str, Fault]()
        self.port = port
        self._options = {"data_size_limit": size_max, "enable_SMTPUTF8": True, **options}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="smtp-sink", daemon=True)
        for name in ("tmp", "new", "cur"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def start(self) -> int:
        """Listen on loopback and write the port beside the mails; the last one again if free."""
        listening = self._bound()
        self.port = int(listening.getsockname()[1])
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._serve(listening), self._loop).result(timeout=10)
        (self.folder / PORT_FILE).write_text(f"{self.port}\n")
        return self.port

    def stop(self) -> None:
        """Stop listening and close what is open; the mails stay."""
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(timeout=10)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(timeout=10)
        if not self._loop.is_closed():
            self._loop.close()

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        self.stop()

    async def handle_RCPT(  # noqa: N802 — aiosmtpd's own name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Accept a recipient, or do what its fault says."""
        fault = self.faults.get(address)
        if fault is not None and fault.at == "rcpt":
            await asyncio.sleep(fault.delay_s)
            return fault.reply or _closed(server)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 — aiosmtpd's own name
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Store the mail, or do what the fault of one of its recipients says."""
        found = (self.faults.get(address) for address in envelope.rcpt_tos)
        fault = next((fault for fault in found if fault is not None and fault.at == "data"), None)
        if fault is None:
            return f"250 2.0.0 OK: {self._store(envelope)}"
        if fault.stores:
            self._store(envelope)
        await asyncio.sleep(fault.delay_s)
        return fault.reply or _closed(server)

    def _store(self, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        key = f"{time.time_ns()}.{os.getpid()}.{next(_SERIAL)}"
        received = "".join(f"Delivered-To: {address}\r\n" for address in envelope.rcpt_tos)
        top = f"Return-Path: <{envelope.mail_from or ''}>\r\n{received}"
        written = self.folder / "tmp" / key
        written.write_bytes(top.encode("utf-8", "replace") + content)
        written.rename(self.folder / "new" / key)
        return key

    def _bound(self) -> socket.socket:
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        for port in (self.port or last_port(self.folder) or 0, 0):
            with contextlib.suppress(OSError):
                listening.bind((LOOPBACK, port))
                break
        return listening

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _serve(self, listening: socket.socket) -> None:
        self._server = await self._loop.create_server(
            lambda: SMTP(self, hostname="encours-sink", loop=self._loop, **self._options),
            sock=listening,
        )

    async def _end(self) -> None:
        self._server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def last_port(folder: Path) -> int | None:
    """Return the port that a sink of this folder wrote, running or not."""
    with contextlib.suppress(FileNotFoundError, ValueError):
        return int((folder / PORT_FILE).read_text())
    return None


def _closed(server: SMTP) -> str:
    if isinstance(server.transport, asyncio.Transport):
        server.transport.abort()
    return "421 4.3.2 closed"


def _headers(content: bytes) -> Message:
    """Read headers as text: the bytes parser gives up on UTF-8 written as it is (RFC 6532)."""
    top = content[:HEADERS_READ].decode("utf-8", "replace")
    return HeaderParser(policy=email.policy.compat32).parsestr(top)


def _order(key: str) -> tuple[int, ...]:
    return tuple(int(part) for part in key.split("."))


def _decoded(value: object) -> str:
    if value is None:
        return ""
    text = str(value)
    with contextlib.suppress(HeaderParseError, LookupError, UnicodeError, ValueError):
        text = str(make_header(decode_header(text)))
    return " ".join(text.split())


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _first_text(parts: Sequence[Message], kind: str) -> str:
    for part in parts:
        if part.get_content_type() == kind and part.get_content_disposition() != "attachment":
            charset = part.get_content_charset() or "utf-8"
            with contextlib.suppress(LookupError):
                return _payload(part).decode(charset, "replace")
            return _payload(part).decode("utf-8", "replace")
    return ""


def _attachments(parts: Sequence[Message]) -> Iterator[tuple[str, str, bytes]]:
    for part in parts:
        if part.get_content_disposition() == "attachment":
            name = _decoded(part.get_filename() or "document")
            yield name, part.get_content_type(), _payload(part)
