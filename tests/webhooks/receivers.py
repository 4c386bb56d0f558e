"""A subscriber on this machine: it answers as it is told to, and keeps what it heard."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.db import connection

from encours.config import subscriptions
from encours.tenancy.scope import in_tenant


@dataclass
class Receiver:
    """What the subscriber answers (`status`, `wait_s`, `body`), and what it heard."""

    url: str = ""
    status: int = 200
    wait_s: float = 0
    body: bytes = b"ok"
    headers: dict[str, str] = field(default_factory=dict)
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.heard]


@contextmanager
def receiving(port: int = 0) -> Iterator[Receiver]:
    """Listen on a port of this machine."""
    receiver = Receiver()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.heard.append((dict(self.headers), body))
            if receiver.wait_s:
                receiver.gate.wait(receiver.wait_s)
            self.send_response(receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(receiver.body)))
            self.end_headers()
            self.wfile.write(receiver.body)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Answering)
    server.daemon_threads = True
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        receiver.gate.set()
        server.shutdown()
        server.server_close()
        thread.join()


UNHEARD = """
select count(*) from tenancy_fact f join tenancy_listenerposition p on p.tenant_id = f.tenant_id
where f.tenant_id = %s and f.xid >= p.xid::text::xid8
"""


def listen_to_the_end(tenant_id: int, *, patience_s: float = 10) -> None:
    """Listen until nothing is unheard: open transactions of other tests hold the horizon."""
    until = time.monotonic() + patience_s
    while True:
        subscriptions.run(tenant_id, now=datetime.now(UTC))
        with in_tenant(tenant_id), connection.cursor() as cursor:
            cursor.execute(UNHEARD, [tenant_id])
            if not cursor.fetchone()[0] or time.monotonic() > until:
                return
        time.sleep(0.05)
