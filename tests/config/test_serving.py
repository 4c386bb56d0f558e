"""The site: why it cannot be served, and what its processes share."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import ClassVar

import pytest
from typer.testing import CliRunner

from encours.config.commands import running
from encours.config.operations import serving


def test_a_port_that_another_program_holds_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(serving.PortTaken, match=f"127.0.0.1:{port}"):
            serving.assert_port_free("127.0.0.1", port)
        told = CliRunner().invoke(running.app, ["demo", "--port", str(port)])

    assert told.exit_code == 1
    assert "--port" in told.stderr
    serving.assert_port_free("127.0.0.1", port)


def sockets(pid: int) -> set[str]:
    """Return the connections that a process holds; what listens is not one."""
    held = {str(one.readlink()) for one in Path(f"/proc/{pid}/fd").iterdir()}
    return {name for name in held if name.startswith("socket:")}


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs Linux's /proc")
def test_no_process_of_the_site_inherits_a_connection_to_the_database() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "encours.config.entry", "serve", "--workers", "1"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "encours.config.settings"}
    with subprocess.Popen([*words, "--port", str(port)], env=environment) as site:
        try:
            page = answered(f"http://localhost:{port}/compte/login/")
            (worker,) = children(site.pid)
            shared = sockets(site.pid) & sockets(worker)
        finally:
            site.send_signal(signal.SIGTERM)

    assert "Connexion" in page
    assert len(shared) <= 2, "besides the port and gunicorn's own"


def answered(address: str) -> str:
    """Return a page once the site is there."""
    for _ in range(1800):
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return str(answer.read().decode())
        except OSError:
            time.sleep(0.1)
    raise AssertionError(address)


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class Site:
    """What `serve_apart` starts, as far as it looks at it."""

    started: ClassVar[list[list[str]]] = []

    def __init__(self, words: list[str], *, env: dict[str, str]) -> None:
        self.started.append(words)
        self.stopped = 0

    def wait(self) -> int:
        if not self.stopped:
            os.kill(os.getpid(), signal.SIGTERM)
            assert self.stopped == 1, "the signal is handed over to the site"
        return 0

    def terminate(self) -> None:
        self.stopped += 1


def test_the_site_is_a_program_of_its_own_and_stops_with_us(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(serving.subprocess, "Popen", Site)
    before = signal.getsignal(signal.SIGTERM)

    serving.serve_apart(host="127.0.0.1", port=8017)

    words = ["-m", "encours.config.entry", "serve", "--host", "127.0.0.1", "--port", "8017"]
    assert Site.started == [[sys.executable, *words]]
    assert signal.getsignal(signal.SIGTERM) is before
