"""The site says in a sentence why it cannot be served."""

from __future__ import annotations

import socket

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
