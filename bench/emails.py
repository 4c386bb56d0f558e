"""E-mails of the day through the outbox, its states written, beside a bare loop of smtplib."""

from __future__ import annotations

from typing import Final

from bench import limits
from bench.figures import Figure, spaced, timed
from bench.sinks import sink

WORKERS: Final = 2


def measure(size: int) -> list[Figure]:
    """Send a hundredth of `size` e-mails without attachment to a loopback sink."""
    messages = max(100, size // 100)
    with sink() as taking:
        limit = timed(lambda: limits.send_bare(taking.port, messages), runs=1)
        assert taking.taken == messages
    label = f"{spaced(messages)} e-mails, {WORKERS} workers"
    return [Figure(label, _ours(messages), limit, to_reach=3)]


def _ours(_messages: int) -> float | None:
    """Return None until the day's plan can be approved and sent from the command line."""
    return None
