"""Several workers empty a limited sender's outbox at the same time: never one too many."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from tests.conftest import House
from tests.messaging.test_outbox import Facts, limited, outbox, reserve, urgent

from encours.messaging import limits
from encours.messaging.actions import Outbox
from encours.messaging.models import Message
from encours.messaging.ports import CHANNEL_FACTORIES, PREPARERS
from encours.messaging.providers.memory import MemoryEmailChannel
from encours.tenancy.scope import in_tenant

HANDS = 4
DAILY = 7
NOON = datetime(2026, 11, 20, 11, tzinfo=UTC)
WAIT_S = 0.5


@pytest.fixture
def facts() -> Iterator[Facts]:
    kept, one = dict(PREPARERS._adapters), Facts()
    PREPARERS.fill({**kept, "test": one})
    yield one
    PREPARERS.fill(kept)


@pytest.fixture
def channel() -> Iterator[MemoryEmailChannel]:
    kept, one = dict(CHANNEL_FACTORIES._adapters), MemoryEmailChannel()
    CHANNEL_FACTORIES.fill({**kept, "memory": lambda account: one})
    yield one
    CHANNEL_FACTORIES.fill(kept)


def empty_together(house: House) -> None:
    """Run several outboxes at once, each as a worker would."""
    start = threading.Barrier(HANDS)

    def work(job: int) -> None:
        start.wait()
        try:
            Outbox(house.tenant_id, job, clock=lambda: NOON).run()
        finally:
            connection.close()

    hands = [threading.Thread(target=work, args=(job,)) for job in range(1, HANDS + 1)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()


def states(house: House) -> list[str]:
    with in_tenant(house.tenant_id):
        return sorted(Message.objects.of(house.tenant_id).values_list("state", flat=True))


def test_workers_together_never_pass_the_limit_and_lose_nothing(
    house: House, facts: Facts, channel: MemoryEmailChannel
) -> None:
    subjects = range(1, 41)
    reserve(house, *subjects)
    urgent(house, *subjects)
    limited(house, daily=DAILY)
    empty_together(house)

    assert len(channel.sent) == DAILY
    assert len({one.recipients for one in channel.sent}) == DAILY, "none twice"
    assert states(house) == ["reserved"] * (40 - DAILY) + ["sent"] * DAILY
    assert not outbox(house, NOON + timedelta(hours=6)).run().sent


def test_without_the_lock_they_do(
    house: House,
    facts: Facts,
    channel: MemoryEmailChannel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The lock is what holds the limit: workers that count without it pass it."""
    count, meeting = limits.turn, threading.Barrier(HANDS)

    def unlocked(message: Message, *, now: datetime, is_last_look: bool = False) -> Any:
        found = count(message, now=now)
        if is_last_look:
            with suppress(threading.BrokenBarrierError):
                meeting.wait(WAIT_S)
        return found

    monkeypatch.setattr(limits, "turn", unlocked)
    reserve(house, *range(1, 13))
    urgent(house, *range(1, 13))
    limited(house, daily=1)
    empty_together(house)

    assert len(channel.sent) > 1
