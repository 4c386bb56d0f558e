"""Workers killed in the middle of sending: nothing lost, nothing twice, doubts all listed.

`ENCOURS_KILLS` and `ENCOURS_MAILS` ask for more (20 and 2000 for a release).
"""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest
from tests.conftest import House
from tests.races import outboxes

from encours.messaging import jobs
from encours.messaging.models import Message
from encours.messaging.providers.sink import SmtpSink
from encours.tenancy.scope import in_tenant

KILLS = int(os.environ.get("ENCOURS_KILLS", "2"))
MAILS = int(os.environ.get("ENCOURS_MAILS", "120"))
PATIENCE_S = 240 + 60 * KILLS


@pytest.mark.slow
def test_nothing_is_lost_and_nothing_leaves_twice(house: House, tmp_path: Path) -> None:
    outboxes.fill(house, customers=MAILS)
    chance = random.Random(20261122)
    killed = 0
    with SmtpSink(tmp_path / "sink") as sink:
        jobs.wake(house.tenant_id)
        hands = [outboxes.worker(sink) for _ in range(2)]
        try:
            deadline = time.monotonic() + PATIENCE_S
            while time.monotonic() < deadline:
                seen = outboxes.counts(house)
                if not seen["reserved"] and not seen["sending"]:
                    break
                if killed < KILLS and sink.mails.count() > MAILS * killed // (KILLS + 1):
                    time.sleep(chance.random() * 0.4)
                    victim = chance.randrange(2)
                    hands[victim].send_signal(signal.SIGKILL)
                    hands[victim].wait()
                    killed += 1
                    hands[victim] = outboxes.worker(sink)
                time.sleep(0.3)
                outboxes.rescue()
                jobs.wake(house.tenant_id)
        finally:
            for hand in hands:
                hand.kill()
                hand.wait()
        stored = [mail.message_id for mail in sink.mails.stored(limit=MAILS * 2)]

    seen = outboxes.counts(house)
    with in_tenant(house.tenant_id):
        mine = {
            f"<{uuid.hex}@durand.example>"
            for uuid in Message.objects.of(house.tenant_id).values_list("uuid", flat=True)
        }
        stored = [one for one in stored if one in mine]
        doubtful = {
            f"<{one.uuid.hex}@durand.example>"
            for one in Message.objects.of(house.tenant_id).filter(state="uncertain")
        }
    assert killed == KILLS
    assert outboxes.sessions_left() == 0, "each thread gives its connection back"
    assert len(stored) == len(set(stored)), "twice"
    assert seen["sent"] + seen["uncertain"] == MAILS, seen
    assert seen["uncertain"] <= killed
    assert seen["sent"] <= len(stored) <= seen["sent"] + seen["uncertain"]
    assert len(set(stored) - doubtful) == seen["sent"], "lost"
