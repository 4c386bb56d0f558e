"""What every e-mail channel promises; a new one is one line in `CHANNELS`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.messaging.samples import email

from encours.messaging.ports import (
    EmailChannel,
    PermanentRefusal,
    TemporaryRefusal,
    Uncertain,
    Undelivered,
)
from encours.messaging.providers.memory import MemoryEmailChannel
from encours.messaging.providers.sink import Fault, SmtpSink
from encours.messaging.providers.smtp import SmtpChannel, SmtpSettings


@dataclass(frozen=True)
class Rig:
    """A channel, what arrived at the other end, and how to make one address fail."""

    channel: EmailChannel
    arrived: Callable[[], list[bytes]]
    fail: Callable[[str, type[Undelivered]], None]


@contextmanager
def memory(_folder: Path) -> Iterator[Rig]:
    channel = MemoryEmailChannel()

    def fail(address: str, outcome: type[Undelivered]) -> None:
        channel.outcomes[address] = lambda: outcome(phase="recipient", code=1, reply="no")

    yield Rig(channel, lambda: [mail.content for mail in channel.sent], fail)


FAULTS = {
    TemporaryRefusal: Fault("rcpt", "450 4.2.0 greylisted"),
    PermanentRefusal: Fault("rcpt", "550 5.1.1 unknown"),
    Uncertain: Fault("data", stores=True),
}


@contextmanager
def smtp(folder: Path) -> Iterator[Rig]:
    with SmtpSink(folder) as sink:
        channel = SmtpChannel(SmtpSettings("127.0.0.1", sink.port, "none", timeout_s=5.0))

        def arrived() -> list[bytes]:
            keys = [mail.key for mail in reversed(sink.mails.stored())]
            raw = [(folder / "new" / key).read_bytes() for key in keys]
            return [content[content.index(b"Date:") :] for content in raw]

        def fail(address: str, outcome: type[Undelivered]) -> None:
            sink.faults[address] = FAULTS[outcome]

        yield Rig(channel, arrived, fail)
        channel.close()


CHANNELS: dict[str, Callable[[Path], AbstractContextManager[Rig]]] = {
    "memory": memory,
    "smtp": smtp,
}


@pytest.fixture(params=CHANNELS)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    with CHANNELS[request.param](tmp_path) as made:
        assert made.channel.code == request.param
        yield made


def test_what_is_sent_arrives_to_the_byte(rig: Rig) -> None:
    first, second = email(number=1), email(number=2, text="…\n.\n..\n")

    assert rig.channel.send(first).reference
    rig.channel.send(second)
    assert rig.arrived() == [first.content, second.content]


@pytest.mark.parametrize("outcome", [TemporaryRefusal, PermanentRefusal])
def test_a_refused_message_did_not_arrive(rig: Rig, outcome: type[Undelivered]) -> None:
    rig.fail("zoe@dupain.example", outcome)
    with pytest.raises(outcome) as raised:
        rig.channel.send(email())

    assert type(raised.value) is outcome
    assert raised.value.phase == "recipient"
    assert raised.value.reply
    assert rig.arrived() == []
    rig.channel.send(email("autre@dupain.example", number=2))
    assert len(rig.arrived()) == 1


def test_an_uncertain_one_may_have_arrived_and_the_next_one_leaves(rig: Rig) -> None:
    rig.fail("zoe@dupain.example", Uncertain)
    with pytest.raises(Uncertain):
        rig.channel.send(email())
    rig.channel.send(email("autre@dupain.example", number=2))

    assert len(rig.arrived()) == 2


def test_one_refused_recipient_stops_the_message_for_all(rig: Rig) -> None:
    rig.fail("zoe@dupain.example", PermanentRefusal)
    draft = email("autre@dupain.example")
    both = type(draft)(
        draft.message_id,
        draft.sender,
        ("autre@dupain.example", "zoe@dupain.example"),
        draft.content,
    )
    with pytest.raises(PermanentRefusal):
        rig.channel.send(both)

    assert rig.arrived() == []


def test_a_closed_channel_opens_again(rig: Rig) -> None:
    rig.channel.close()
    rig.channel.send(email())
    rig.channel.close()
    rig.channel.close()
    rig.channel.send(email(number=2))

    assert len(rig.arrived()) == 2
