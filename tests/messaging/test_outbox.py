"""The outbox: what leaves, leaves once; what is in doubt is said; what changed is decided again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.conftest import House

from encours.messaging import actions, limits
from encours.messaging.models import ChannelAccount, Message, MessageContent
from encours.messaging.ports import (
    CHANNEL_FACTORIES,
    PREPARERS,
    Account,
    Email,
    File,
    Letter,
    PermanentRefusal,
    Prepared,
    TemporaryRefusal,
    Text,
    Uncertain,
    Withdrawn,
)
from encours.messaging.providers.memory import MemoryChannel, MemoryEmailChannel
from encours.messaging.rules import pace
from encours.messaging.rules.pace import FIRST, Limit
from encours.tenancy.scope import in_tenant

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
JOB = 7


class Facts:
    """A preparer whose facts the test changes."""

    def __init__(self) -> None:
        self.marks: dict[int, str] = {}
        self.withdrawn: set[int] = set()
        self.alone: set[int] = set()
        self.prepared: list[int] = []
        self.concluded: list[tuple[int, str]] = []

    def fingerprint(self, *, tenant_id: int, subject_id: int, now: datetime) -> str:
        return self.marks.get(subject_id, "same")

    def prepare(
        self, *, tenant_id: int, channel: str, subject_ids: Sequence[int], now: datetime
    ) -> dict[int, Prepared | Withdrawn]:
        self.prepared.extend(subject_ids)
        return {subject: self._one(subject, channel) for subject in subject_ids}

    def _one(self, subject: int, channel: str) -> Prepared | Withdrawn:
        mark = self.marks.get(subject, "same")
        if subject in self.withdrawn:
            alone = subject in self.alone
            return Withdrawn("Facture réglée.", mark, by_this_channel=alone)
        if channel == "sms":
            text = Text(f"u{subject}", "sms", "DURAND", f"+3360000000{subject}", "Bonjour")
            return Prepared(text, Account("memory-text"), "", mark)
        if channel == "letter":
            letter = Letter(f"u{subject}", "letter", ("Durand",), ("Dupont", "Lyon"), b"%PDF")
            return Prepared(letter, Account("memory-letter"), "", mark)
        email = Email(f"<{subject}@x>", "a@x", (f"c{subject}@example.com",), b"mail %d" % subject)
        files = (File("lettre.pdf", "application/pdf", b"%PDF"),)
        return Prepared(email, Account("memory"), f"Relance {subject}", mark, files)

    def conclude(
        self, *, tenant_id: int, channel: str, subject_id: int, outcome: str, now: datetime
    ) -> None:
        self.concluded.append((subject_id, outcome))


@pytest.fixture
def facts() -> Iterator[Facts]:
    one = Facts()
    kept = dict(PREPARERS._adapters)
    PREPARERS.fill({**kept, "test": one})
    yield one
    PREPARERS.fill(kept)


@pytest.fixture
def channel() -> Iterator[MemoryEmailChannel]:
    one = MemoryEmailChannel()
    kept = dict(CHANNEL_FACTORIES._adapters)
    CHANNEL_FACTORIES.fill({**kept, "memory": lambda account: one})
    yield one
    CHANNEL_FACTORIES.fill(kept)


@pytest.fixture
def ways(channel: MemoryEmailChannel) -> dict[str, MemoryChannel]:
    """Add channels of texts and letters beside the e-mails."""
    made = {"memory-text": MemoryChannel("memory-text"), "memory-letter": MemoryChannel("letter")}
    opened = {code: (lambda account, one=one: one) for code, one in made.items()}
    CHANNEL_FACTORIES.fill({**CHANNEL_FACTORIES._adapters, **opened})
    return made


def reserve(house: House, *subjects: int, channel: str = "email") -> None:
    with in_tenant(house.tenant_id):
        for subject in subjects:
            Message.objects.create(
                tenant_id=house.tenant_id,
                creditor_id=house.creditor_id,
                kind="test",
                subject_id=subject,
                channel=channel,
                send_after=NOW - timedelta(hours=3),
            )


def outbox(house: House, at: datetime = NOW) -> actions.Outbox:
    return actions.Outbox(house.tenant_id, JOB, clock=lambda: at)


def states(house: House) -> dict[int, str]:
    with in_tenant(house.tenant_id):
        return dict(Message.objects.of(house.tenant_id).values_list("subject_id", "state"))


def test_all_leave_once_and_are_recorded(
    house: House, facts: Facts, channel: MemoryEmailChannel
) -> None:
    reserve(house, 1, 2, 3)
    first = outbox(house).run()
    second = outbox(house).run()

    assert (first.sent, second.sent) == (3, 0)
    assert [email.content for email in channel.sent] == [b"mail 1", b"mail 2", b"mail 3"]
    assert facts.concluded == [(1, "sent"), (2, "sent"), (3, "sent")]
    assert states(house) == {1: "sent", 2: "sent", 3: "sent"}
    with in_tenant(house.tenant_id):
        assert MessageContent.objects.of(house.tenant_id).count() == 6


def test_facts_that_changed_after_preparing_are_decided_again(
    house: House, facts: Facts, channel: MemoryEmailChannel
) -> None:
    reserve(house, 1, 2)
    send = channel.send

    def pays_meanwhile(email: Email) -> object:
        facts.marks[2], facts.withdrawn = "paid", {2}
        return send(email)

    channel.send = pays_meanwhile  # type: ignore[method-assign, assignment]
    tally = outbox(house).run()

    assert (tally.sent, tally.withdrawn) == (1, 1)
    assert facts.prepared == [1, 2, 2]
    assert facts.concluded == [(1, "sent"), (2, "withdrawn")]


@pytest.mark.parametrize(
    ("refusal", "state"),
    [
        pytest.param(lambda: PermanentRefusal(phase="recipient"), "bounced", id="no such box"),
        pytest.param(lambda: PermanentRefusal(phase="policy"), "failed", id="refused as spam"),
        pytest.param(Uncertain, "uncertain", id="no answer after the content"),
        pytest.param(lambda: TemporaryRefusal(phase="recipient"), "reserved", id="greylisted"),
    ],
)
def test_each_refusal_has_its_state(
    house: House, facts: Facts, channel: MemoryEmailChannel, refusal: object, state: str
) -> None:
    reserve(house, 1, 2)
    channel.outcomes["c1@example.com"] = refusal  # type: ignore[assignment]
    outbox(house).run()

    assert states(house) == {1: state, 2: "sent"}


def test_a_temporary_refusal_is_tried_again_later(
    house: House, facts: Facts, channel: MemoryEmailChannel
) -> None:
    reserve(house, 1)
    channel.outcomes["c1@example.com"] = lambda: TemporaryRefusal(phase="recipient")
    outbox(house).run()
    channel.outcomes.clear()
    soon = outbox(house, NOW + timedelta(minutes=1)).run()
    later = outbox(house, NOW + timedelta(minutes=30)).run()

    assert (soon.sent, later.sent) == (0, 1)


def test_a_channel_that_is_down_stops_the_run_and_blames_nobody(
    house: House, facts: Facts, channel: MemoryEmailChannel
) -> None:
    reserve(house, 1, 2)
    channel.outcomes["c1@example.com"] = lambda: TemporaryRefusal(phase="connection")
    tally = outbox(house).run()

    assert tally.stopped
    assert states(house) == {1: "reserved", 2: "reserved"}
    with in_tenant(house.tenant_id):
        assert Message.objects.of(house.tenant_id).get(subject_id=1).attempts == 0


def test_what_the_former_self_was_sending_is_in_doubt(
    house: House, facts: Facts, channel: MemoryEmailChannel
) -> None:
    reserve(house, 1, 2)
    with in_tenant(house.tenant_id):
        Message.objects.of(house.tenant_id).filter(subject_id=1).update(
            state="sending", claimed_by=JOB, claimed_at=NOW
        )
    tally = outbox(house).run()

    assert tally.uncertain == 1
    assert states(house) == {1: "uncertain", 2: "sent"}
    assert len(channel.sent) == 1


def test_a_person_decides_of_a_doubt_after_ten_minutes(
    house: House, facts: Facts, channel: MemoryEmailChannel
) -> None:
    reserve(house, 1)
    with in_tenant(house.tenant_id):
        message = Message.objects.of(house.tenant_id).get()
        message.state, message.claimed_by, message.claimed_at = "uncertain", JOB, NOW
        message.save()

    def decide(*, minutes: int, has_left: bool) -> None:
        with in_tenant(house.tenant_id):
            actions.resolve_uncertain(
                tenant_id=house.tenant_id,
                message_id=message.pk,
                has_left=has_left,
                user_id=1,
                now=NOW + timedelta(minutes=minutes),
            )

    with pytest.raises(actions.TooSoonToDecide):
        decide(minutes=9, has_left=False)
    decide(minutes=11, has_left=False)
    with pytest.raises(actions.NotUncertain):
        decide(minutes=11, has_left=False)
    assert outbox(house, NOW + timedelta(minutes=12)).run().sent == 1


def open_account(house: House, channel: str, *, is_enabled: bool = True) -> None:
    with in_tenant(house.tenant_id):
        ChannelAccount.objects.create(
            tenant_id=house.tenant_id,
            creditor_id=house.creditor_id,
            channel=channel,
            provider="memory",
            is_enabled=is_enabled,
        )


def test_what_has_no_account_waits_and_the_e_mails_leave(
    house: House, facts: Facts, channel: MemoryEmailChannel, ways: dict[str, MemoryChannel]
) -> None:
    reserve(house, 1, channel="letter")
    reserve(house, 2, channel="sms")
    reserve(house, 3)
    open_account(house, "sms", is_enabled=False)
    tally = outbox(house).run()

    assert tally.sent == 1
    assert states(house) == {1: "reserved", 2: "reserved", 3: "sent"}


def test_every_channel_with_an_account_leaves_and_keeps_what_left(
    house: House, facts: Facts, channel: MemoryEmailChannel, ways: dict[str, MemoryChannel]
) -> None:
    reserve(house, 1)
    reserve(house, 2, channel="sms")
    reserve(house, 3, channel="letter")
    open_account(house, "sms")
    open_account(house, "letter")
    tally = outbox(house).run()

    assert tally.sent == 3
    assert (len(ways["memory-text"].sent), len(ways["memory-letter"].sent)) == (1, 1)
    with in_tenant(house.tenant_id):
        kept = MessageContent.objects.of(house.tenant_id).select_related("message")
        found = {(one.message.channel, one.name) for one in kept}
        text = Message.objects.of(house.tenant_id).get(channel="sms")
    assert found == {
        ("email", "message.eml"),
        ("email", "lettre.pdf"),
        ("sms", "message.txt"),
        ("letter", "courrier.pdf"),
    }
    assert text.recipient == {"to": ["+33600000002"]}


def test_a_dead_channel_is_set_aside_and_the_others_go_on(
    house: House, facts: Facts, channel: MemoryEmailChannel, ways: dict[str, MemoryChannel]
) -> None:
    open_account(house, "sms")
    ways["memory-text"].outcome = lambda parcel: TemporaryRefusal(phase="connection")
    reserve(house, 1, 2, channel="sms")
    reserve(house, 3, 4)
    tally = outbox(house).run()

    assert (tally.stopped, tally.sent) == (True, 2)
    assert states(house) == {1: "reserved", 2: "reserved", 3: "sent", 4: "sent"}
    assert ways["memory-text"].asked == 1, "the second is not even tried"


@pytest.mark.parametrize("alone", [False, True], ids=["the whole reminder", "this way only"])
def test_what_is_withdrawn_takes_its_other_ways_with_it(
    house: House,
    facts: Facts,
    channel: MemoryEmailChannel,
    ways: dict[str, MemoryChannel],
    alone: bool,
) -> None:
    reserve(house, 1)
    reserve(house, 1, channel="letter")
    facts.withdrawn, facts.alone = {1}, {1} if alone else set()
    outbox(house).run()

    with in_tenant(house.tenant_id):
        found = dict(Message.objects.of(house.tenant_id).values_list("channel", "state"))
    assert found == {"email": "withdrawn", "letter": "reserved" if alone else "withdrawn"}


def limited(house: House, *, hourly: int = 0, daily: int = 0, channel: str = "email") -> None:
    with in_tenant(house.tenant_id):
        limits.set_limit(
            tenant_id=house.tenant_id,
            creditor_id=house.creditor_id,
            channel=channel,
            limit=Limit(hourly, daily),
            actor_id=1,
            now=NOW,
        )


def urgent(house: House, *subjects: int, precedence: int = FIRST) -> None:
    with in_tenant(house.tenant_id):
        rows = Message.objects.of(house.tenant_id).filter(subject_id__in=subjects)
        rows.update(precedence=precedence)


def waits_until(house: House) -> set[datetime]:
    with in_tenant(house.tenant_id):
        rows = Message.objects.of(house.tenant_id).filter(state="reserved")
        return set(rows.values_list("send_after", flat=True))


def through_the_day(house: House, first: datetime, last: datetime) -> list[int]:
    """Wake the outbox every half hour; return how many left each time that some did."""
    gone = []
    while first < last:
        gone.append(outbox(house, first).run().sent)
        first += timedelta(minutes=30)
    return [one for one in gone if one]


def test_a_limited_sender_spreads_its_day_and_keeps_the_rest_for_tomorrow(
    house: House, facts: Facts, channel: MemoryEmailChannel
) -> None:
    reserve(house, *range(1, 9))
    limited(house, daily=5)
    gone = through_the_day(house, at_paris(9), at_paris(19))

    assert gone == [1] * 5, "one by one, two hours apart"
    assert waits_until(house) == {at_paris(9, day=23)}, "Monday: the 21st is a Saturday"
    assert not outbox(house, at_paris(20)).run().sent
    facts.withdrawn = {8}
    tomorrow = through_the_day(house, at_paris(9, day=23), at_paris(19, day=23))

    assert sum(tomorrow) == 2, "decided again: one was paid meanwhile"
    assert facts.concluded[-1] == (8, "withdrawn")


def test_what_somebody_waits_for_goes_first_and_does_not_wait(
    house: House, facts: Facts, channel: MemoryEmailChannel
) -> None:
    reserve(house, 1, 2, 3, 4)
    urgent(house, 3, 4)
    limited(house, daily=10)
    tally = outbox(house, at_paris(9)).run()

    assert tally.sent == 2
    assert [subject for subject, _ in facts.concluded] == [3, 4]


def test_no_message_at_all_passes_the_hour_or_the_day(
    house: House, facts: Facts, channel: MemoryEmailChannel
) -> None:
    reserve(house, *range(1, 9))
    urgent(house, *range(1, 9))
    limited(house, hourly=3, daily=5)
    hours = [outbox(house, at_paris(hour, 1)).run().sent for hour in (9, 10, 11, 12)]

    assert hours == [3, 2, 0, 0]
    assert waits_until(house) == {at_paris(9, day=23)}


def test_now_is_at_any_hour_and_the_rest_waits_for_the_opening(
    house: House, facts: Facts, channel: MemoryEmailChannel
) -> None:
    reserve(house, 1, 2)
    urgent(house, 2, precedence=pace.NOW)
    limited(house, daily=10)
    tally = outbox(house, at_paris(20)).run()

    assert (tally.sent, facts.concluded) == (1, [(2, "sent")])
    assert waits_until(house) == {at_paris(9, day=23)}


def test_a_debtor_abroad_is_written_to_by_its_own_clock(
    house: House, facts: Facts, channel: MemoryEmailChannel
) -> None:
    reserve(house, 1, 2)
    with in_tenant(house.tenant_id):
        rows = Message.objects.of(house.tenant_id)
        rows.filter(subject_id=2).update(clock="America/New_York")
    limited(house, daily=1000)
    tally = outbox(house, at_paris(20)).run()

    assert (tally.sent, facts.concluded) == (1, [(2, "sent")]), "it is two in the afternoon there"
    assert waits_until(house) == {at_paris(9, day=23)}


def test_a_refusal_counts_for_nothing_and_another_channel_is_not_limited(
    house: House, facts: Facts, channel: MemoryEmailChannel, ways: dict[str, MemoryChannel]
) -> None:
    reserve(house, 1, 2)
    open_account(house, "sms")
    reserve(house, 3, 4, channel="sms")
    limited(house, hourly=1)
    channel.outcomes["c1@example.com"] = lambda: TemporaryRefusal(phase="recipient")
    tally = outbox(house, at_paris(9)).run()

    assert states(house) == {1: "reserved", 2: "sent", 3: "sent", 4: "sent"}
    assert tally.sent == 3


def test_a_limit_that_is_lifted_lets_what_waits_leave(
    house: House, facts: Facts, channel: MemoryEmailChannel
) -> None:
    reserve(house, 1, 2, 3)
    limited(house, hourly=1)
    first = outbox(house, at_paris(9)).run().sent
    limited(house)

    assert (first, outbox(house, at_paris(9, 1)).run().sent) == (1, 2)


@pytest.mark.parametrize(("hourly", "daily"), [(-1, 5), (6, 5), (0, 10**7)])
def test_a_limit_that_says_nothing_is_refused(house: House, hourly: int, daily: int) -> None:
    with pytest.raises(limits.InvalidLimit):
        limited(house, hourly=hourly, daily=daily)


def at_paris(hour: int, minute: int = 0, *, day: int = 20) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo("Europe/Paris"))
