"""What tests of replies share: a desk of answers, and a channel that keeps what leaves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.conftest import House
from tests.replies.house import Desk

from encours.messaging.ports import CHANNEL_FACTORIES
from encours.messaging.providers.memory import MemoryEmailChannel


@pytest.fixture
def desk(house: House) -> Desk:
    one = Desk(house)
    one.open()
    return one


@pytest.fixture
def channel() -> Iterator[MemoryEmailChannel]:
    one = MemoryEmailChannel()
    kept = dict(CHANNEL_FACTORIES._adapters)
    CHANNEL_FACTORIES.fill({**kept, "smtp": lambda account: one})
    yield one
    CHANNEL_FACTORIES.fill(kept)
