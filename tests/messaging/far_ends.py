"""Providers at the other end of a loopback socket: real HTTP, each with its own checks.

`script` says how the next calls are answered: a status, or `slow`, `cut`, `taken+cut` (kept, then
the connection is cut), `empty`. What is not scripted is accepted.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from base64 import b64decode
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha1
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

SLOW_S = 1.0
UUID_SIGNS = 36
DOUBTFUL = ("cut", "taken+cut", "500", "empty")
Answer = tuple[int, dict[str, Any]]


@dataclass
class FarEnd:
    """What a provider received, and how it answers next."""

    check: Callable[[FarEnd, Call], Answer | None]
    accept: Callable[[FarEnd, Call], Answer]
    words: Callable[[int], dict[str, Any]]
    script: deque[str] = field(default_factory=deque)
    kept: list[Any] = field(default_factory=list)
    calls: int = 0
    faults: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    url: str = ""
    moods: Callable[[], str] | None = None
    doubts: int = 0
    slow_s: float = SLOW_S


@dataclass
class Call:
    """One request as it came over the wire."""

    method: str
    url: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


class Handler(BaseHTTPRequestHandler):
    """Answers as the script of its server's far end says."""

    protocol_version = "HTTP/1.1"
    end: FarEnd

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = Call("POST", f"{self.end.url}{self.path}", self.path, headers, body)
        with self.end.lock:
            self.end.calls += 1
            answer, delay_s = self._decided(call)
        time.sleep(delay_s)
        if answer is None:
            self.close_connection = True
            self.connection.close()
            return
        self._say(*answer)

    def _decided(self, call: Call) -> tuple[Answer | None, float]:
        end = self.end
        usual = end.moods() if end.moods else "accept"
        wanted = end.script.popleft() if end.script else usual
        refused = end.check(end, call)
        if refused is not None:
            end.faults.append(str(refused))
            return refused, 0
        end.doubts += wanted in DOUBTFUL
        if wanted == "cut":
            return None, 0
        if wanted.isdecimal():
            return (int(wanted), end.words(int(wanted))), 0
        answer = end.accept(end, call)
        if wanted == "taken+cut":
            return None, 0
        said = (answer[0], {}) if wanted == "empty" else answer
        return said, end.slow_s if wanted == "slow" else 0

    def _say(self, status: int, told: dict[str, Any]) -> None:
        content = json.dumps(told).encode()
        with contextlib.suppress(OSError):
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def handle(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            super().handle()


class Server(ThreadingHTTPServer):
    """A loopback server whose threads do not outlive the test."""

    daemon_threads = True
    request_queue_size = 64


@contextmanager
def serving(end: FarEnd, *, port: int = 0) -> Iterator[FarEnd]:
    """Serve a far end on a loopback port."""
    server = Server(("127.0.0.1", port), type("Bound", (Handler,), {"end": end}))
    end.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield end
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


def twilio() -> FarEnd:
    """Twilio: basic authorization, a form, a sid back; no idempotency key."""

    def check(_end: FarEnd, call: Call) -> Answer | None:
        given = b64decode(call.headers.get("authorization", " ").split(" ")[1]).decode()
        if given != "AC1:secret" or call.path != "/2010-04-01/Accounts/AC1/Messages.json":
            return 401, {"code": 20003, "message": "Authenticate"}
        if call.form["To"].endswith("+33600000404"):
            return 400, {"code": 21211, "message": "Invalid 'To' Phone Number"}
        if call.form["To"].endswith("+33600000610"):
            return 400, {"code": 21610, "message": "Attempt to send to unsubscribed recipient"}
        return None

    def accept(end: FarEnd, call: Call) -> Answer:
        end.kept.append(call.form)
        return 201, {"sid": f"SM{len(end.kept)}", "status": "queued", "error_code": None}

    return FarEnd(check, accept, lambda status: {"code": 20000 + status, "message": "no"})


def ovh() -> FarEnd:
    """OVHcloud: a signature over everything, a job of one receiver, ids back."""

    def check(_end: FarEnd, call: Call) -> Answer | None:
        at = call.headers.get("x-ovh-timestamp", "")
        said = f"AS+CK+POST+{call.url}+{call.body.decode()}+{at}"
        signed = "$1$" + sha1(said.encode()).hexdigest()
        keys = (call.headers.get("x-ovh-application"), call.headers.get("x-ovh-consumer"))
        if keys != ("AK", "CK") or call.headers.get("x-ovh-signature") != signed:
            return 403, {"errorCode": "INVALID_SIGNATURE", "message": "Invalid signature"}
        return None

    def accept(end: FarEnd, call: Call) -> Answer:
        job = json.loads(call.body)
        (number,) = job["receivers"]
        if number.endswith("404"):
            told = {"ids": [], "invalidReceivers": [number], "validReceivers": []}
            return 200, {**told, "totalCreditsRemoved": 0}
        end.kept.append(job)
        told = {"ids": [1000 + len(end.kept)], "invalidReceivers": [], "validReceivers": [number]}
        return 200, {**told, "totalCreditsRemoved": 1}

    return FarEnd(check, accept, lambda status: {"message": f"no {status}"})


def letters() -> FarEnd:
    """A provider of letters with idempotency keys: the same key again gives the same answer."""
    known: dict[str, str] = {}

    def check(_end: FarEnd, call: Call) -> Answer | None:
        key = call.headers.get("idempotency-key", "")
        if len(key) != UUID_SIGNS:
            return 400, {"message": "no key"}
        return (201, {"tracking": known[key]}) if key in known else None

    def accept(end: FarEnd, call: Call) -> Answer:
        key = call.headers["idempotency-key"]
        known[key] = f"L{len(known) + 1}"
        end.kept.append({"key": key})
        return 201, {"tracking": known[key]}

    return FarEnd(check, accept, lambda status: {"message": f"no {status}"})
