"""A loopback mail server in a process of its own, that counts and keeps nothing."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.sharedctypes import Synchronized
from typing import Any, Final

from aiosmtpd.smtp import SMTP, Envelope, Session

STARTUP_S: Final = 20


class Sink:
    """A port and the number of messages taken there."""

    def __init__(self, port: int, taken: Synchronized[int]) -> None:
        """Keep both."""
        self.port = port
        self._taken = taken

    @property
    def taken(self) -> int:
        """Return how many messages came."""
        return self._taken.value


class _Counter:
    def __init__(self, taken: Synchronized[int]) -> None:
        self._taken = taken

    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's own name
        with self._taken.get_lock():
            self._taken.value += 1
        return "250 2.0.0 taken"


def _serve(port: Synchronized[int], taken: Synchronized[int]) -> None:
    async def forever() -> None:
        loop = asyncio.get_running_loop()
        handler: Any = _Counter(taken)
        server = await loop.create_server(lambda: SMTP(handler, loop=loop), "127.0.0.1", 0)
        port.value = server.sockets[0].getsockname()[1]
        await server.serve_forever()

    asyncio.run(forever())


@contextmanager
def sink() -> Iterator[Sink]:
    """Run a sink while the block runs."""
    context = multiprocessing.get_context("spawn")
    port, taken = context.Value("i", 0), context.Value("i", 0)
    process = context.Process(target=_serve, args=(port, taken), daemon=True)
    process.start()
    try:
        for _ in range(STARTUP_S * 50):
            if port.value:
                break
            process.join(0.02)
        assert port.value, "the sink did not start"
        yield Sink(port.value, taken)
    finally:
        process.terminate()
        process.join()
