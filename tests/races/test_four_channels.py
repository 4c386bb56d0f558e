"""Four channels, providers that refuse, delay, answer twice and die, workers killed at random.

`ENCOURS_CHANNEL_KILLS` and `ENCOURS_CHANNEL_MESSAGES` ask for more (50 and 10000 for a release).
"""

from __future__ import annotations

import json
import logging
import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from tests.conftest import House
from tests.messaging import far_ends
from tests.messaging.far_ends import FarEnd
from tests.races import outboxes

from encours.messaging import jobs
from encours.messaging.models import ChannelAccount, Message
from encours.messaging.providers.sink import Fault, SmtpSink
from encours.tenancy import vault
from encours.tenancy.scope import in_tenant

FIGURES = logging.getLogger(__name__)
KILLS = int(os.environ.get("ENCOURS_CHANNEL_KILLS", "3"))
MESSAGES = int(os.environ.get("ENCOURS_CHANNEL_MESSAGES", "160"))
CHANNELS = "letter+email+sms+whatsapp"
PATIENCE_S = 300 + 60 * KILLS + MESSAGES // 5
HANDS = 2
ON_PHONE = ("sms", "whatsapp")
ENDED = {"sent", "uncertain", "bounced", "failed", "withdrawn"}
MOODS = {
    "accept": 90,
    "slow": 3,
    "400": 2,
    "429": 1,
    "503": 1,
    "500": 1,
    "cut": 1,
    "taken+cut": 1,
}
ACCOUNTS = {
    "sms": (
        "ovh",
        {"service": "sms-ab1-1", "sender": "DURAND"},
        {"application": "AK", "secret": "AS", "consumer": "CK"},
    ),
    "whatsapp": (
        "twilio",
        {
            "sid": "AC1",
            "sender": "+33755555555",
            "callback": "https://e.example/r/t",
            "templates": "relance_1 fr HX1",
        },
        {"token": "secret"},
    ),
    "letter": ("posting", {}, {}),
}


def moody(seed: int) -> Callable[[], str]:
    """Return what a provider does next: mostly its work."""
    chance = random.Random(seed)
    return lambda: chance.choices(list(MOODS), list(MOODS.values()))[0]


@dataclass
class Ends:
    """The other ends of the four channels."""

    sink: SmtpSink
    whatsapp: FarEnd = field(default_factory=far_ends.twilio)
    sms: FarEnd = field(default_factory=far_ends.ovh)
    letter: FarEnd = field(default_factory=far_ends.letters)

    def every(self) -> tuple[FarEnd, ...]:
        return self.whatsapp, self.sms, self.letter

    def environ(self) -> dict[str, str]:
        return {
            "ENCOURS_TEST_WHATSAPP": self.whatsapp.url,
            "ENCOURS_TEST_SMS": self.sms.url,
            "ENCOURS_TEST_LETTERS": self.letter.url,
        }

    def received(self) -> int:
        return self.sink.mails.count() + sum(len(one.kept) for one in self.every())

    def keys(self) -> dict[str, list[str]]:
        """Return by which key each message was kept, by channel."""
        mails = self.sink.mails.stored(limit=MESSAGES * 2)
        asked = [parse_qs(urlsplit(one["StatusCallback"]).query) for one in self.whatsapp.kept]
        return {
            "email": [one.message_id[1:33] for one in mails],
            "sms": [one["tag"] for one in self.sms.kept],
            "whatsapp": [one["m"][0].replace("-", "") for one in asked],
            "letter": [one["key"].replace("-", "") for one in self.letter.kept],
        }


def open_accounts(house: House) -> None:
    with in_tenant(house.tenant_id):
        for channel, (provider, settings, secrets) in ACCOUNTS.items():
            ChannelAccount.objects.create(
                tenant_id=house.tenant_id,
                creditor_id=house.creditor_id,
                channel=channel,
                provider=provider,
                settings=settings,
                secrets=vault.sealed(json.dumps(secrets)),
            )


def trouble_mails(sink: SmtpSink) -> int:
    """Refuse some addresses in each way; return how many will be in doubt."""
    chance = random.Random(7)
    doubts = 0
    for number in range(1, MESSAGES // 4 + 1):
        luck = chance.random()
        if luck < 0.01:
            sink.faults[f"c{number}@example.com"] = Fault("rcpt", "550 5.1.1 unknown")
        elif luck < 0.02:
            sink.faults[f"c{number}@example.com"] = Fault("rcpt", "450 4.2.0 greylisted")
        elif luck < 0.03:
            sink.faults[f"c{number}@example.com"] = Fault("data", stores=True)
            doubts += 1
    return doubts


def let_time_pass(house: House) -> None:
    """Make the waits of refused messages end: the workers' clock stands still."""
    with in_tenant(house.tenant_id):
        waiting = Message.objects.of(house.tenant_id).filter(state="reserved")
        waiting.exclude(next_attempt_at=None).update(next_attempt_at=None)


@dataclass
class Run:
    """The workers at their task, and how many were killed."""

    house: House
    ends: Ends
    killed: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(20261201))
    hands: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def hire(self) -> subprocess.Popen[bytes]:
        return outboxes.worker(self.ends.sink, **self.ends.environ())

    def step(self) -> bool:
        """Let some time pass, perhaps kill a worker; say whether something is still to do."""
        seen = outboxes.counts(self.house)
        if not seen["reserved"] and not seen["sending"]:
            return False
        if self.killed < KILLS and self.ends.received() > MESSAGES * self.killed // (KILLS + 2):
            time.sleep(self.chance.random() * 0.4)
            victim = self.chance.randrange(HANDS)
            self.hands[victim].send_signal(signal.SIGKILL)
            self.hands[victim].wait()
            self.killed += 1
            self.hands[victim] = self.hire()
        time.sleep(0.3)
        let_time_pass(self.house)
        outboxes.rescue()
        jobs.wake(self.house.tenant_id)
        return True


def work(run: Run, whatsapp: ExitStack) -> None:
    """Empty the outbox; half way the WhatsApp provider dies, and comes back."""
    run.hands = [run.hire() for _ in range(HANDS)]
    port, dead_at, is_back = int(run.ends.whatsapp.url.rsplit(":", 1)[1]), 0.0, False
    try:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and run.step():
            if not dead_at and run.ends.received() > MESSAGES // 2:
                whatsapp.close()
                dead_at = time.monotonic()
            elif dead_at and not is_back and time.monotonic() - dead_at > 2:
                whatsapp.enter_context(far_ends.serving(run.ends.whatsapp, port=port))
                is_back = True
    finally:
        for hand in run.hands:
            hand.kill()
            hand.wait()


@pytest.mark.slow
def test_nothing_is_lost_and_nothing_leaves_twice_by_four_channels(
    house: House, tmp_path: Path
) -> None:
    outboxes.fill(house, customers=MESSAGES // 4, channels=CHANNELS)
    open_accounts(house)
    with SmtpSink(tmp_path / "sink") as sink, ExitStack() as served, ExitStack() as whatsapp:
        doubts, ends = trouble_mails(sink), Ends(sink)
        for seed, end in enumerate(ends.every()):
            end.moods, end.slow_s = moody(seed), 0.2
        whatsapp.enter_context(far_ends.serving(ends.whatsapp))
        for end in (ends.sms, ends.letter):
            served.enter_context(far_ends.serving(end))
        jobs.wake(house.tenant_id)
        run = Run(house, ends)
        work(run, whatsapp)
        kept = ends.keys()
        doubts += ends.sms.doubts + ends.whatsapp.doubts

    states, names = outcome(house)
    found = dict(Counter((channel, state) for (channel, _), state in states.items()))
    FIGURES.info("%s; kills %d, doubts of providers %d", found, run.killed, doubts)
    uncertain = {key for key, state in states.items() if state == "uncertain"}
    sent = {key for key, state in states.items() if state == "sent"}
    arrived = {
        (channel, names[channel, key])
        for channel, keys in kept.items()
        for key in keys
        if (channel, key) in names  # the workers serve every tenant, those of other tests too
    }

    assert run.killed == KILLS
    withdrawn = {key for key, state in states.items() if state == "withdrawn"}
    assert set(states.values()) <= ENDED, "all have ended"
    assert withdrawn <= unreachable(house), "but what goes to a number refused meanwhile"
    assert all(len(keys) == len(set(keys)) for keys in kept.values()), "twice"
    assert sent <= arrived, "lost"
    assert arrived <= sent | uncertain, "what left is known to have left, or listed in doubt"
    assert len(uncertain) <= run.killed + doubts
    assert Counter(channel for channel, _ in states) == Counter(
        dict.fromkeys(CHANNELS.split("+"), MESSAGES // 4)
    )


def unreachable(house: House) -> set[tuple[str, UUID]]:
    """Return the messages that share the number of one whose provider refused it."""
    with in_tenant(house.tenant_id):
        rows = Message.objects.of(house.tenant_id)
        refused = rows.filter(channel__in=ON_PHONE, state="bounced").values("subject_id")
        mine = rows.filter(channel__in=ON_PHONE, subject_id__in=refused)
        return set(mine.values_list("channel", "uuid"))


def outcome(house: House) -> tuple[dict[tuple[str, UUID], str], dict[tuple[str, str], UUID]]:
    """Return the state of each message, and which one each provider's key names."""
    with in_tenant(house.tenant_id):
        rows = list(Message.objects.of(house.tenant_id).values_list("channel", "uuid", "state"))
    names = {
        (channel, uuid.hex[:20] if channel == "sms" else uuid.hex): uuid
        for channel, uuid, _ in rows
    }
    return {(channel, uuid): state for channel, uuid, state in rows}, names
