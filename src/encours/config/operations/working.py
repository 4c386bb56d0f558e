"""Runs the background jobs."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from typing import cast

from django.utils.module_loading import autodiscover_modules
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from encours.config.operations import isolation


def work(*, concurrency: int, queues: list[str]) -> None:
    """Work until told to stop; without queues, on all of them."""
    isolation.assert_isolated()
    autodiscover_modules("jobs")
    with app.replace_connector(_connector().get_worker_connector()) as worker_app:
        asyncio.run(_run(worker_app, concurrency, queues))


def _connector() -> DjangoConnector:
    return cast("DjangoConnector", app.connector)


async def _run(worker_app: App, concurrency: int, queues: list[str]) -> None:
    async with worker_app.open_async():
        if queues:
            await worker_app.run_worker_async(concurrency=concurrency, queues=queues)
        else:
            await worker_app.run_worker_async(concurrency=concurrency)


def in_background() -> subprocess.Popen[bytes]:
    """Start a worker beside this process, for a small installation or the demonstration."""
    words = [sys.executable, "-m", "encours.config.entry", "worker"]
    return subprocess.Popen(words, env=dict(os.environ))  # noqa: S603 - our own words
