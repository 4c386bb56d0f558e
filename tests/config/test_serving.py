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
    for _ in range(600):
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return str(answer.read().decode())
        except OSError:
            time.sleep(0.1)
    raise AssertionError(address)


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
