"""Serves the site with gunicorn, once the files are collected and the role is checked."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from typing import Any

from django.core.management import call_command
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.urls import get_resolver
from gunicorn.app.base import BaseApplication

from encours.config.operations import isolation, schema
from encours.kernel.refusal import Refusal


class PortTaken(Refusal):
    """Another program, often an encours already started, listens there."""


class Site(BaseApplication):  # type: ignore[misc]
    """Our WSGI application with our settings, no configuration file."""

    def __init__(self, options: dict[str, Any]) -> None:
        """Keep gunicorn's settings."""
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        """Hand the settings over."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Return the application, its pages imported: the first visitor does not wait for them."""
        from encours.config.wsgi import application  # noqa: PLC0415 - in the worker process

        get_resolver().url_patterns  # noqa: B018 - asking for them imports them
        return application


def collect_assets() -> None:
    """Put the files of the site where they are served from."""
    call_command("collectstatic", interactive=False, verbosity=0)


def assert_port_free(host: str, port: int) -> None:
    """Raise PortTaken where nobody could connect to us; before any long work."""
    family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(address)
        except OSError as problem:
            raise PortTaken(
                f"Impossible d'écouter sur {host}:{port}, sans doute déjà pris par un autre "
                "programme : arrêtez-le ou choisissez un autre port avec --port."
            ) from problem


def leave_connections() -> None:
    """Close what this process opened before it forks.

    A pool does not survive a fork: its threads stay behind, its sockets are shared, and the site
    would answer until the first connection grows old, then never again.
    """
    for connection in connections.all(initialized_only=True):
        connection.close()
        if isinstance(connection, DatabaseWrapper):
            connection.close_pool()


def serve(*, host: str, port: int, workers: int) -> None:
    """Serve until told to stop; the schema is brought up to date first."""
    assert_port_free(host, port)
    schema.migrate(quiet=True)
    isolation.assert_isolated()
    collect_assets()
    leave_connections()
    Site(
        {
            "bind": f"{host}:{port}",
            "workers": workers,
            "threads": 4,
            "worker_class": "gthread",
            "timeout": 60,
            "accesslog": None,
            "proc_name": "encours",
            "control_socket_disable": True,  # a socket in the home of whoever starts us: no use
        }
    ).run()


def serve_apart(*, host: str, port: int) -> None:
    """Serve in a process of its own until told to stop.

    Frames are worked on by threads that do not survive a fork: in the children of a process that
    used them, the first page with a table would wait for ever.
    """
    words = [sys.executable, "-m", "encours.config.entry", "serve"]
    words += ["--host", host, "--port", str(port)]
    site = subprocess.Popen(words, env=dict(os.environ))  # noqa: S603 - our own words
    before = signal.signal(signal.SIGTERM, lambda *_: site.terminate())
    try:
        site.wait()
    finally:
        site.terminate()
        site.wait()
        signal.signal(signal.SIGTERM, before)
