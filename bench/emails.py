"""E-mails of the day through the outbox, its states written, beside a bare loop of smtplib."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime
from datetime import time as clock
from typing import Final

from bench import doors, limits, open_items
from bench.aged_balance import TODAY
from bench.figures import Figure, spaced, timed
from bench.installation import Books, found_books
from bench.plan import go_live
from bench.sinks import Sink, sink

WORKERS: Final = 2
AT: Final = datetime.combine(TODAY, clock(10), UTC)


def measure(size: int) -> list[Figure]:
    """Send a hundredth of `size` e-mails without attachment to a loopback sink."""
    messages = max(100, size // 100)
    with sink() as taking:
        limit = timed(lambda: limits.send_bare(taking.port, messages), runs=1)
        assert taking.taken == messages
    ours = None
    if doors.has("dunning"):
        with sink() as taking:
            ours = _ours(messages, taking)
    label = f"{spaced(messages)} e-mails, {WORKERS} workers"
    return [Figure(label, ours, limit, to_reach=3)]


def _ours(messages: int, taking: Sink) -> float:
    """Plan and approve the day apart, then time two workers until the outbox is empty."""
    books = found_books("BANC-MAIL")
    open_items.fill(books, lines=messages, customers=messages, today=TODAY, late=True)
    go_live(books)
    _approve(books, taking.port)
    lanes = [_lane(books, number) for number in range(1, WORKERS + 1)]
    start = time.perf_counter()
    for lane in lanes:
        assert lane.stdin is not None
        lane.stdin.write("go\n")
        lane.stdin.flush()
    sent = [int(lane.communicate()[0]) for lane in lanes]
    duration = time.perf_counter() - start
    assert sum(sent) == taking.taken > messages * 0.95, (sent, taking.taken, messages)
    return duration * messages / taking.taken


def _approve(books: Books, port: int) -> None:
    """Reserve and approve the day's messages, on the sink as the creditor's own server."""
    from encours.dunning import actions  # noqa: PLC0415 - once Django is set up
    from encours.tenancy.models import Creditor  # noqa: PLC0415 - idem
    from encours.tenancy.scope import in_tenant  # noqa: PLC0415 - idem

    with in_tenant(books.tenant_id):
        Creditor.objects.of(books.tenant_id).filter(pk=books.creditor_id).update(
            smtp={"host": "127.0.0.1", "port": port, "security": "", "user": ""},
            minimum_cents=0,
        )
    doors.run(
        "plan", "--creditor", books.code, "--on", TODAY.isoformat(), "--allow-stale", "--json"
    )
    with in_tenant(books.tenant_id):
        actions.approve(
            tenant_id=books.tenant_id,
            creditor_id=books.creditor_id,
            user_id=None,
            on=TODAY,
            now=AT,
            at_once=True,
        )


def _lane(books: Books, number: int) -> subprocess.Popen[str]:
    """Start a worker and wait until it is ready to send."""
    words = [sys.executable, "-m", "bench.lane", str(books.tenant_id), str(number), AT.isoformat()]
    lane = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert lane.stdout is not None
    assert lane.stdout.readline().strip() == "ready"
    return lane
