"""An SMTP server that follows a script, for the outcomes no polite server offers."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

CLOSE = ""
GREETING = "220 scripted"
ANSWERS = {
    "EHLO": "250-scripted\r\n250 SIZE 100000",
    "MAIL": "250 2.1.0 OK",
    "RCPT": "250 2.1.5 OK",
    "DATA": "354 go on",
    ".": "250 2.0.0 taken",
    "RSET": "250 2.0.0 OK",
    "QUIT": "221 2.0.0 bye",
}


@dataclass
class Scripted:
    """What to answer by verb, connection by connection; an empty answer closes."""

    scripts: Sequence[Mapping[str, str]]
    port: int = 0
    heard: list[str] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)
    talking: socket.socket | None = None

    def serve(self, listening: socket.socket) -> None:
        for script in self.scripts:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            self.talking = connection
            with connection, contextlib.suppress(OSError):
                self._converse(connection, {"": GREETING, **ANSWERS, **script})

    def _converse(self, connection: socket.socket, answers: Mapping[str, str]) -> None:
        lines = connection.makefile("rb")
        if not self._say(connection, answers[""]):
            return
        while line := lines.readline():
            verb = line.decode("utf-8").strip().upper()[:4] or "nothing"
            self.heard.append(line.decode("utf-8").strip())
            if not self._say(connection, answers[verb]):
                return
            if verb == "DATA" and answers[verb].startswith("354"):
                if answers.get("content") == CLOSE:
                    lines.readline()
                    return
                self.contents.append(self._content(lines))
                if not self._say(connection, answers["."]):
                    return

    @staticmethod
    def _content(lines: object) -> bytes:
        content = b""
        while (line := lines.readline()) not in (b".\r\n", b""):  # type: ignore[attr-defined]
            content += line
        return content

    @staticmethod
    def _say(connection: socket.socket, answer: str) -> bool:
        if answer:
            connection.sendall(answer.encode() + b"\r\n")
        return bool(answer)


@contextlib.contextmanager
def scripted(*scripts: Mapping[str, str]) -> Iterator[Scripted]:
    """Serve one connection per script."""
    server = Scripted(scripts or ({},))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server.port = listening.getsockname()[1]
        thread = threading.Thread(target=server.serve, args=(listening,), daemon=True)
        thread.start()
        yield server
        for opened in (listening, server.talking):
            with contextlib.suppress(OSError, AttributeError):
                opened.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]
    thread.join(timeout=5)
